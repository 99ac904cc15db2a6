"""One kind's rows grouped by customer: the inner part of a composed statement. Equal questions are asked once.

Inside, `f` is a fact (a stored row) and `b` the customer's aggregates; `n0`, `n1`, … are the newest rows that `latest` asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ..model import ACCOUNT, KINDS, Type
from .aggregate import Clock, Extras, Part
from .dialect import Dialect, Fragment, quote
from .expression import Expression, names_of
from .instant import DAY, day_text, to_ms
from .sources import Sources
from .sql import Writer, filled

_EVERYTHING = Fragment("*")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an aggregate's value stands in the outer statement, and the instants (in ms, or null) that end it."""

    value: Fragment
    changes: tuple[Fragment, ...]


@dataclass(slots=True)
class _Newest:
    """Rows ranked in some order that share a condition; `columns` maps what is asked of the first one to its alias."""

    alias: str
    order: Fragment
    condition: Fragment
    columns: dict[str, Fragment] = field(default_factory=dict)

    def column(self, fragment: Fragment) -> str:
        """The outer name of a column of the newest row."""
        for alias, known in self.columns.items():
            if known == fragment:
                return f"{self.alias}.{alias}"
        alias = f"v{len(self.columns)}"
        self.columns[alias] = fragment
        return f"{self.alias}.{alias}"


class Grouping:
    """Collects the aggregates of one kind and writes the FROM clause that computes them."""

    def __init__(
        self, kind: str, dialect: Dialect, as_of: datetime, sources: Sources, extras: Extras, *, due: bool
    ) -> None:
        self._kind = kind
        self._dialect = dialect
        self._as_of = as_of
        self._now = to_ms(as_of)
        self._sources = sources
        self._own = names_of(KINDS[kind])
        self._extra = extras.get(kind, {})
        self._due = due
        self._columns: dict[Fragment, str] = {}
        self._newest: dict[tuple[Fragment, Fragment], _Newest] = {}

    def add(self, part: Part) -> Place:
        """Makes sure the aggregate is computed, and tells where."""
        conditions = self._conditions(part)
        if part.function == "latest":
            return self._latest(part, conditions)
        if part.function == "any" and part.value and self._kind == ACCOUNT.name:
            return Place(self._unified(part.value, conditions), ())
        value = self._sql(part.value) if part.value else _EVERYTHING
        aggregate = Fragment(self._column(self._aggregate(part, value, conditions)))
        return Place(aggregate, self._changes(part, conditions))

    def milliseconds(self, column: str, type: Type) -> Fragment:
        """A column of the outer statement that holds a time or a date, as epoch milliseconds."""
        return Fragment(f"({self._dialect.day.format(column)} * {DAY})" if type is Type.DATE else column)

    def source(self) -> Fragment:
        """The FROM clause: aggregates by customer, with the newest rows joined to them."""
        columns = [filled(f"{{}} AS {alias}", [fragment]) for fragment, alias in self._columns.items()]
        picked = filled(", ".join(["f.customer AS customer", *["{}"] * len(columns)]), columns)
        inner = filled(f"(SELECT {{}} {self._facts()} GROUP BY f.customer) AS b", [picked])
        joins = [self._ranked(newest) for newest in self._newest.values()]
        return filled(" ".join(["FROM {}", *["{}"] * len(joins)]), [inner, *joins])

    def _facts(self) -> str:
        due = " AND f.customer IN (SELECT customer FROM due)" if self._due else ""
        return f"FROM {quote(self._kind)} AS f WHERE NOT f.deleted AND f.customer IS NOT NULL{due}"

    def _ranked(self, newest: _Newest) -> Fragment:
        columns = [filled(f", {{}} AS {alias}", [fragment]) for alias, fragment in newest.columns.items()]
        rank = "ROW_NUMBER() OVER (PARTITION BY f.customer ORDER BY {}) AS rank"
        template = " ".join([
            "LEFT JOIN (SELECT f.customer AS customer, ", rank, "{}" * len(columns), self._facts(), "AND", "{}",
            f") AS {newest.alias} ON {newest.alias}.customer = b.customer AND {newest.alias}.rank = 1",
        ])  # fmt: skip
        return filled(template, [newest.order, *columns, newest.condition])

    def _column(self, fragment: Fragment) -> str:
        return f"b.{self._columns.setdefault(fragment, f'a{len(self._columns)}')}"

    def _sql(self, expression: Expression) -> Fragment:
        return expression.sql(self._dialect, self._place, self._as_of)

    def _place(self, name: str) -> str:
        if name in self._own or name not in self._extra:
            return f"f.{quote(name)}"
        return self._dialect.field("f.extra", name)

    def _aggregate(self, part: Part, value: Fragment, conditions: list[Fragment]) -> Fragment:
        match part.function:
            case "any":
                return self._any(value, conditions)
            case "distinct":
                return filled("NULLIF({}, 0)", [_over("COUNT(DISTINCT {})", value, conditions)])
            case "sum":
                return _over("SUM({})", Fragment(self._dialect.real.format(value.sql), value.params), conditions)
            case function:
                return _over(f"{function.upper()}({{}})", value, conditions)

    def _any(self, value: Fragment, conditions: list[Fragment]) -> Fragment:
        """The value of the first connection, in the given order, that knows one; the least of several rows of one connection."""
        return _first([_over("MIN({})", value, [*conditions, self._of(one)]) for one in self._sources.connections])

    def _of(self, connection: str) -> Fragment:
        return Fragment(f"f.connection = {self._dialect.placeholder}", (connection,))

    def _unified(self, value: Expression, conditions: list[Fragment]) -> Fragment:
        """What is asked of the customer's accounts, each name in it unified by itself."""
        names = {name: Fragment(self._field(name, conditions)) for name in value.names}
        return Writer(self._dialect, names.__getitem__, self._as_of).write(value.node)

    def _field(self, name: str, conditions: list[Fragment]) -> str:
        """Where one field of the customer stands: the value of the account that its priority chooses."""
        leader, priority = self._sources.of(name)
        if leader == name and not priority.is_newest:
            value = self._known(name)
            return self._column(
                _first([
                    _over("MIN({})", value, [*conditions, self._of(one), *only])
                    for one in priority.connections
                    for only in self._sources.homes
                ])
            )  # fmt: skip
        of_these = self._sources.among(priority, self._dialect)
        condition = _all([filled("{} IS NOT NULL", [self._known(leader)]), of_these, *conditions])
        order = self._sources.order(priority, self._known(leader), self._dialect)
        newest = self._newest.setdefault((order, condition), _Newest(f"n{len(self._newest)}", order, condition))
        return newest.column(self._known(name))

    def _known(self, name: str) -> Fragment:
        """A field of an account; an empty text is none."""
        is_text = self._own.get(name, self._extra.get(name)) is Type.TEXT
        return Fragment(f"NULLIF({self._place(name)}, '')" if is_text else self._place(name))

    def _latest(self, part: Part, conditions: list[Fragment]) -> Place:
        assert part.clock is not None
        assert part.value is not None
        at = self._place(part.clock.column)
        condition = _all([Fragment(f"{at} IS NOT NULL"), *conditions])
        order = Fragment(f"{at} DESC, f.connection, f.stream, f.id")
        newest = self._newest.setdefault((order, condition), _Newest(f"n{len(self._newest)}", order, condition))
        changes = self._changes(part, None)
        if part.window_ms is not None:
            happened = self.milliseconds(newest.column(Fragment(at)), part.clock.type)
            changes = (*changes, filled(f"({{}} + {part.window_ms + 1})", [happened]))
        return Place(Fragment(newest.column(self._sql(part.value))), changes)

    def _conditions(self, part: Part) -> list[Fragment]:
        """What a fact must fulfil to count; the comparisons of time come first, being the cheapest."""
        found: list[Fragment] = []
        if part.clock is not None:
            at = self._place(part.clock.column)
            if part.window_ms is None:
                found.append(self._bound(f"({at} > {{}}) IS NOT TRUE", part.clock, self._now))
            else:
                found.append(self._bound(f"{at} >= {{}}", part.clock, self._now - part.window_ms, up=True))
                found.append(self._bound(f"{at} <= {{}}", part.clock, self._now))
        if part.where is not None:
            found.append(self._sql(part.where))
        return found

    def _bound(self, template: str, clock: Clock, ms: int, *, up: bool = False) -> Fragment:
        """A comparison with an instant; for dates with the day it falls on, or (up) the first day not before it."""
        bound = ms if clock.type is Type.TIME else day_text(-(-ms // DAY) if up else ms // DAY)
        return Fragment(template.format(self._dialect.placeholder), (bound,))

    def _changes(self, part: Part, conditions: list[Fragment] | None) -> tuple[Fragment, ...]:
        """When the answer ends: the next dated fact of the kind begins to count, or the oldest that counts leaves the window."""
        if part.clock is None:
            return ()
        at = Fragment(self._place(part.clock.column))
        later = self._bound(f"{at.sql} > {{}}", part.clock, self._now)
        found = [self.milliseconds(self._column(_over("MIN({})", at, [later])), part.clock.type)]
        if part.window_ms is not None and conditions is not None:
            oldest = self.milliseconds(self._column(_over("MIN({})", at, conditions)), part.clock.type)
            found.append(filled(f"({{}} + {part.window_ms + 1})", [oldest]))
        return tuple(found)


def _first(tries: list[Fragment]) -> Fragment:
    """The first of these that is known."""
    if len(tries) < 2:
        return tries[0] if tries else Fragment("NULL")
    return filled(f"COALESCE({', '.join(['{}'] * len(tries))})", tries)


def _over(template: str, value: Fragment, conditions: list[Fragment]) -> Fragment:
    aggregate = filled(template, [value])
    return filled("{} FILTER (WHERE {})", [aggregate, _all(conditions)]) if conditions else aggregate


def _all(conditions: list[Fragment]) -> Fragment:
    return filled(" AND ".join(["{}"] * len(conditions)), conditions)
