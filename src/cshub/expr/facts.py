"""One kind's facts in SQL, where `f` is a stored row: where a column stands, and which facts count at an instant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from ..model import KINDS, Type
from .aggregate import Clock, Extras, Part
from .decaying import weights
from .dialect import Dialect, Fragment, quote
from .expression import Expression, names_of
from .instant import DAY, day_text, to_ms
from .sql import filled
from .steps import Steps, steps

#: Whose facts are read: of customers in the table `due(customer)`, of all that are active, or of everybody.
WHOSE: Mapping[str, str] = {
    "due": " AND f.customer IN (SELECT customer FROM due)",
    "active": " AND f.customer IN (SELECT id FROM customer WHERE state = 'active')",
    "all": "",
}
#: The person behind a row, as far as the row says; a row that does not is a person of its own.
_PERSON = (
    "COALESCE('e:' || NULLIF(f.contact_email, ''), 'c:' || f.connection || ':' || NULLIF(f.contact_id, ''),"
    " 'r:' || f.connection || ':' || f.id)"
)
#: Columns that statements name by themselves.
_ALWAYS = ("customer", "connection", "stream", "id")


class Facts:
    """The rows of one kind; rows ranked by person are told apart by columns `p0`, `p1` and so on."""

    def __init__(self, kind: str, dialect: Dialect, as_of: datetime, extras: Extras, whose: str) -> None:
        self.kind = kind
        self.dialect = dialect
        self.as_of = as_of
        self.now = to_ms(as_of)
        self.own = names_of(KINDS[kind])
        self.extra = extras.get(kind, {})
        self._whose = whose
        self._used = dict.fromkeys(_ALWAYS)
        self._persons: dict[tuple[Fragment, str], str] = {}

    def place(self, name: str) -> str:
        """Where a column or an extra field stands."""
        is_own = name in self.own or name not in self.extra
        self._used[name if is_own else "extra"] = None
        return f"f.{quote(name)}" if is_own else self.dialect.field("f.extra", name)

    def sql(self, expression: Expression) -> Fragment:
        """A rule about a fact."""
        return expression.sql(self.dialect, self.place, self.as_of)

    def ms(self, column: str, type: Type) -> Fragment:
        """A column that holds a time or a date, as epoch milliseconds."""
        return Fragment(f"({self.dialect.day.format(column)} * {DAY})" if type is Type.DATE else column)

    def at_ms(self, clock: Clock) -> Fragment:
        """When a fact happened."""
        return self.ms(self.place(clock.column), clock.type)

    def steps(self, part: Part) -> Steps:
        """The periods of a series, or the steps of a decay."""
        length = part.series.per if part.series is not None else part.decay.step if part.decay is not None else None
        assert length is not None
        return steps(self.as_of, length)

    def conditions(self, part: Part) -> list[Fragment]:
        """What a fact must fulfil to count; the comparisons of time come first, being the cheapest."""
        found = list(self._in_time(part))
        if part.per_person is not None:
            assert part.clock is not None
            dated = Fragment(f"{self.place(part.clock.column)} IS NOT NULL")
            candidate = all_of([dated, *found, self.sql(part.per_person)])
            found = [Fragment(f"f.{self._person(part.clock, candidate)} = 1"), candidate]
        return found if part.where is None else [*found, self.sql(part.where)]

    def up_to_now(self, part: Part) -> list[Fragment]:
        """The same of any time up to now."""
        assert part.clock is not None
        past = self.bound(f"{self.place(part.clock.column)} <= {{}}", part.clock, self.now)
        return [past, *([self.sql(part.where)] if part.where is not None else ())]

    def bound(self, template: str, clock: Clock, ms: int, *, up: bool = False) -> Fragment:
        """A comparison with an instant; for dates with the day it falls on, or (up) the first day not before it."""
        bound = ms if clock.type is Type.TIME else day_text(-(-ms // DAY) if up else ms // DAY)
        return Fragment(template.format(self.dialect.placeholder), (bound,))

    def source(self) -> Fragment:
        """FROM and WHERE for all of them."""
        if not self._persons:
            return Fragment(f"FROM {self.rows()}")
        rank = "ROW_NUMBER() OVER (PARTITION BY f.customer, ({{}}), {} ORDER BY {}) AS {}"
        ranks = [
            filled(rank.format(_PERSON, order, alias), [condition])
            for (condition, order), alias in self._persons.items()
        ]
        columns = ", ".join(f"f.{quote(name)} AS {quote(name)}" for name in self._used)
        picked = filled(", ".join([columns, *["{}"] * len(ranks)]), ranks)
        return filled("FROM (SELECT {} FROM {}) AS f", [picked, Fragment(self.rows())])

    def rows(self) -> str:
        """The table and the rows that are read of it, without FROM."""
        return f"{quote(self.kind)} AS f WHERE NOT f.deleted AND f.customer IS NOT NULL{WHOSE[self._whose]}"

    def _person(self, clock: Clock, condition: Fragment) -> str:
        self._used |= dict.fromkeys(("contact_email", "contact_id"))
        order = f"{self.place(clock.column)} DESC, f.connection, f.stream, f.id"
        return self._persons.setdefault((condition, order), f"p{len(self._persons)}")

    def _in_time(self, part: Part) -> Iterator[Fragment]:
        if part.clock is None:
            return
        low, high = self._span(part)
        at = self.place(part.clock.column)
        if low is None and high is None:
            yield self.bound(f"({at} > {{}}) IS NOT TRUE", part.clock, self.now)
            return
        if low is not None:
            yield self.bound(f"{at} >= {{}}", part.clock, low, up=True)
        if high is not None:
            yield self.bound(f"{at} < {{}}", part.clock, high, up=True)
        else:
            yield self.bound(f"{at} <= {{}}", part.clock, self.now)

    def _span(self, part: Part) -> tuple[int | None, int | None]:
        """The first instant that counts and the first after those that do; None is any time, and now."""
        if part.series is not None:
            if part.series.ask == "without":
                return None, None
            grid = self.steps(part)
            return grid.before(part.periods), None if part.series.ask == "with" else grid.start
        lows = [] if part.window_ms is None else [self.now - part.ago_ms - part.window_ms]
        if part.decay is not None:
            lows.append(self.steps(part).before(len(weights(part.decay)[0]) - 1))
        return max(lows, default=None), self.now - part.ago_ms if part.ago_ms else None


def all_of(conditions: list[Fragment]) -> Fragment:
    """All of these at once."""
    return filled(" AND ".join(["{}"] * len(conditions)), conditions)


def over(template: str, value: Fragment, conditions: list[Fragment]) -> Fragment:
    """An aggregate over the facts that fulfil the conditions."""
    aggregate = filled(template, [value])
    return filled("{} FILTER (WHERE {})", [aggregate, all_of(conditions)]) if conditions else aggregate


def first_of(tries: list[Fragment]) -> Fragment:
    """The first of these that is known."""
    if len(tries) < 2:
        return tries[0] if tries else Fragment("NULL")
    return filled(f"COALESCE({', '.join(['{}'] * len(tries))})", tries)
