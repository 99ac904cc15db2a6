"""One kind's rows grouped by customer: the inner part of a composed statement. Equal questions are asked once.

Inside, `f` is a fact (a stored row) and `b` the customer's aggregates; `n0`, `n1`, … are the newest rows that `latest` asks for.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..model import ACCOUNT, Type
from .aggregate import Part
from .dialect import Fragment
from .expression import Expression
from .facts import Facts, all_of, first_of, over
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

    def __init__(self, facts: Facts, sources: Sources) -> None:
        self._facts = facts
        self._dialect = facts.dialect
        self._sources = sources
        self._columns: dict[Fragment, str] = {}
        self._newest: dict[tuple[Fragment, Fragment], _Newest] = {}

    def add(self, part: Part) -> Place:
        """Makes sure the aggregate is computed, and tells where."""
        place = self._gathered(part) if part.gathered else self._place(part)
        if part.otherwise is None:
            return place
        otherwise = Fragment(f"COALESCE({place.value.sql}, {self._dialect.placeholder})")
        return Place(Fragment(otherwise.sql, (*place.value.params, part.otherwise)), place.changes)

    def source(self) -> Fragment:
        """The FROM clause: aggregates by customer, with the newest rows joined to them."""
        columns = [filled(f"{{}} AS {alias}", [fragment]) for fragment, alias in self._columns.items()]
        picked = filled(", ".join(["f.customer AS customer", *["{}"] * len(columns)]), columns)
        inner = filled("(SELECT {} {} GROUP BY f.customer) AS b", [picked, self._facts.source()])
        joins = [self._ranked(newest) for newest in self._newest.values()]
        return filled(" ".join(["FROM {}", *["{}"] * len(joins)]), [inner, *joins])

    def _place(self, part: Part) -> Place:
        if part.function == "latest":
            return self._latest(part)
        conditions = self._facts.conditions(part)
        if part.function == "any" and part.value and self._facts.kind == ACCOUNT.name:
            return Place(self._unified(part.value, conditions), ())
        value = self._facts.sql(part.value) if part.value else _EVERYTHING
        aggregate = self._column(self._aggregate(part, value, conditions))
        return Place(aggregate, self._changes(part, conditions))

    def _ranked(self, newest: _Newest) -> Fragment:
        columns = [filled(f", {{}} AS {alias}", [fragment]) for alias, fragment in newest.columns.items()]
        rank = "ROW_NUMBER() OVER (PARTITION BY f.customer ORDER BY {}) AS rank"
        template = " ".join([
            "LEFT JOIN (SELECT f.customer AS customer, ", rank, "{}" * len(columns), f"FROM {self._facts.rows()}", "AND", "{}",
            f") AS {newest.alias} ON {newest.alias}.customer = b.customer AND {newest.alias}.rank = 1",
        ])  # fmt: skip
        return filled(template, [newest.order, *columns, newest.condition])

    def _column(self, fragment: Fragment) -> Fragment:
        return Fragment(f"b.{self._columns.setdefault(fragment, f'a{len(self._columns)}')}")

    def _aggregate(self, part: Part, value: Fragment, conditions: list[Fragment]) -> Fragment:
        match part.function:
            case "any":
                return self._any(value, conditions)
            case "distinct":
                return filled("NULLIF({}, 0)", [over("COUNT(DISTINCT {})", value, conditions)])
            case "texts":
                return over(self._dialect.different.replace("{0}", "{}"), value, conditions)
            case "sum":
                return over("SUM({})", Fragment(self._dialect.real.format(value.sql), value.params), conditions)
            case function:
                return over(f"{function.upper()}({{}})", value, conditions)

    def _any(self, value: Fragment, conditions: list[Fragment]) -> Fragment:
        """The value of the first connection, in the given order, that knows one; the least of several rows of one connection."""
        return first_of([over("MIN({})", value, [*conditions, self._of(one)]) for one in self._sources.connections])

    def _of(self, connection: str) -> Fragment:
        return Fragment(f"f.connection = {self._dialect.placeholder}", (connection,))

    def _unified(self, value: Expression, conditions: list[Fragment]) -> Fragment:
        """What is asked of the customer's accounts, each name in it unified by itself."""
        names = {name: self._field(name, conditions) for name in value.names}
        return Writer(self._dialect, names.__getitem__, self._facts.as_of).write(value.node)

    def _field(self, name: str, conditions: list[Fragment]) -> Fragment:
        """Where one field of the customer stands: the value of the account that its priority chooses."""
        leader, priority = self._sources.of(name)
        if leader == name and not priority.is_newest:
            value = self._known(name)
            return self._column(
                first_of([
                    over("MIN({})", value, [*conditions, self._of(one), *only])
                    for one in priority.connections
                    for only in self._sources.homes
                ])
            )  # fmt: skip
        of_these = self._sources.among(priority, self._dialect)
        condition = all_of([filled("{} IS NOT NULL", [self._known(leader)]), of_these, *conditions])
        order = self._sources.order(priority, self._known(leader), self._dialect)
        newest = self._newest.setdefault((order, condition), _Newest(f"n{len(self._newest)}", order, condition))
        return Fragment(newest.column(self._known(name)))

    def _known(self, name: str) -> Fragment:
        """A field of an account; an empty text is none."""
        is_text = self._facts.own.get(name, self._facts.extra.get(name)) is Type.TEXT
        return Fragment(f"NULLIF({self._facts.place(name)}, '')" if is_text else self._facts.place(name))

    def _latest(self, part: Part) -> Place:
        assert part.clock is not None
        assert part.value is not None
        at = self._facts.place(part.clock.column)
        condition = all_of([Fragment(f"{at} IS NOT NULL"), *self._facts.conditions(part)])
        order = Fragment(f"{at} DESC, f.connection, f.stream, f.id")
        newest = self._newest.setdefault((order, condition), _Newest(f"n{len(self._newest)}", order, condition))
        changes = self._changes(part, None)
        if part.window_ms is not None:
            happened = self._facts.ms(newest.column(Fragment(at)), part.clock.type)
            changes = (*changes, filled(f"({{}} + {part.window_ms + 1})", [happened]))
        return Place(Fragment(newest.column(self._facts.sql(part.value))), changes)

    def _changes(self, part: Part, conditions: list[Fragment] | None) -> tuple[Fragment, ...]:
        """When the answer ends: the next dated fact of the kind begins to count, or the oldest that counts leaves the window."""
        if part.clock is None:
            return ()
        at = self._facts.place(part.clock.column)
        if part.ago_ms:  # what happened between then and now is still to come
            later = self._facts.bound(f"{at} >= {{}}", part.clock, self._facts.now - part.ago_ms, up=True)
            where = [self._facts.sql(part.where)] if part.where is not None else []
            found = [filled(f"({{}} + {part.ago_ms + 1})", [self._first("MIN({})", part, [later, *where])])]
        else:
            found = list(self._to_come(part))
        if part.window_ms is not None and conditions is not None:
            oldest = self._first("MIN({})", part, conditions)
            found.append(filled(f"({{}} + {part.ago_ms + part.window_ms + 1})", [oldest]))
        return tuple(found)

    def _first(self, template: str, part: Part, conditions: list[Fragment]) -> Fragment:
        """When the first (or last) of the facts that fulfil the conditions happened, in ms."""
        assert part.clock is not None
        at = Fragment(self._facts.place(part.clock.column))
        return self._facts.ms(self._column(over(template, at, conditions)).sql, part.clock.type)

    # Facts that Python reckons with

    def _gathered(self, part: Part) -> Place:
        """The ages of the facts that count, in steps, and their amounts; see `decaying` and `periods` for how they are read."""
        assert part.clock is not None
        grid = self._facts.steps(part)
        conditions, ever = self._facts.conditions(part), self._facts.up_to_now(part)
        if part.series is not None and part.series.ask == "without":
            newest = self._first("MAX({})", part, ever)
            until = filled(f"CASE WHEN {{}} IS NOT NULL THEN {grid.end} END", [newest])
            return Place(grid.age(newest), (until, *self._to_come(part)))
        value = self._facts.sql(part.value) if part.value else None
        if value is not None:
            known = filled("{} IS NOT NULL", [value])
            conditions, ever = [*conditions, known], [*ever, known]
        age = grid.age(self._facts.at_ms(part.clock))
        if part.series is not None and part.series.ask == "with":
            ages = self._column(over(self._dialect.different.replace("{0}", "{}"), age, conditions))
            return Place(ages, (self._while(ages, grid.end), *self._to_come(part)))
        ages = self._column(self._joined(age, conditions))
        amounts = Fragment("''") if value is None else self._or_empty(self._column(self._joined(value, conditions)))
        first = self._first("MIN({})", part, ever)
        return self._listed(part, first, ages, amounts, conditions)

    def _listed(
        self, part: Part, first: Fragment, ages: Fragment, amounts: Fragment, conditions: list[Fragment]
    ) -> Place:
        grid, told = self._facts.steps(part), filled("{} || ';' || {}", [self._or_empty(ages), amounts])
        if part.series is None:
            text = filled("CASE WHEN {} IS NOT NULL THEN {} END", [first, told])
            leaving = () if part.window_ms is None else self._changes(part, conditions)
            return Place(text, (self._while(ages, grid.end), *leaving, *self._to_come(part)))
        begun = filled(f"{{}} >= {grid.before(part.periods)}", [first])
        until = filled(f"CASE WHEN {{}} IS NOT NULL OR {{}} THEN {grid.end} END", [ages, begun])
        text = filled(
            "CASE WHEN {} < {} THEN {} || ';' || {} END", [first, Fragment(str(grid.start)), grid.age(first), told]
        )
        return Place(text, (until, *self._to_come(part)))

    def _joined(self, value: Fragment, conditions: list[Fragment]) -> Fragment:
        return over(self._dialect.joined.replace("{0}", "{}"), value, conditions)

    def _or_empty(self, text: Fragment) -> Fragment:
        return filled("COALESCE({}, '')", [text])

    def _while(self, known: Fragment, end: int) -> Fragment:
        return filled(f"CASE WHEN {{}} IS NOT NULL THEN {end} END", [known])

    def _to_come(self, part: Part) -> tuple[Fragment, ...]:
        """When the next fact that is dated in the future begins to count."""
        assert part.clock is not None
        at = self._facts.place(part.clock.column)
        return (self._first("MIN({})", part, [self._facts.bound(f"{at} > {{}}", part.clock, self._facts.now)]),)
