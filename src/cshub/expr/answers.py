"""Composed statements and how their rows become answers, customer by customer. The SQL itself is made by `compose`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple, TypeAlias

from ..model import Scalar, Type
from .closure import Closure
from .decaying import Reduce
from .instant import from_ms, next_day_since, next_day_until

#: A row as the database gives it: the customer, the values, then the instants of change.
StoredRow: TypeAlias = Sequence[object]


class Answers(NamedTuple):
    """One customer's values and, beside each, the next instant at which it may change with the same facts.

    Both in the order of the composition's metrics. A value is None where nothing is known; dates are `YYYY-MM-DD` text.
    """

    customer: str
    values: tuple[Scalar, ...]
    valid_until: tuple[datetime | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement over one kind: a row per customer that has rows of the kind, ordered by customer.

    `columns` are the metrics answered here; `metric/aggregate` is a part of a metric that spans several kinds. After the
    customer a row holds the values of all columns, then the instant of change of each in epoch milliseconds, or null.
    `blank` are the values of a customer without rows; `reduce` says by place what Python makes of values the database only gathered.
    """

    kind: str
    sql: str
    params: tuple[object, ...]
    columns: tuple[str, ...]
    types: tuple[Type, ...]
    blank: tuple[Scalar, ...]
    reduce: Mapping[int, Reduce] = field(default_factory=dict)

    def read(self, row: StoredRow) -> Answers:
        """The row in Python's terms."""
        width = len(self.columns) + 1
        values = tuple(row[1:width])
        if self.reduce:
            values = tuple([_reduced(self.reduce.get(place), value) for place, value in enumerate(values)])
        if not _AS_STORED.issuperset(self.types):
            values = tuple([_DECODE[type](value) for type, value in zip(self.types, values, strict=True)])
        until = tuple([None if ms is None else from_ms(ms) for ms in row[width:]])  # type: ignore[arg-type]  # whole milliseconds, as composed
        return Answers(str(row[0]), values, until)  # type: ignore[arg-type]  # scalars, by the composed types


@dataclass(frozen=True, slots=True, kw_only=True)
class Spanning:
    """What is finished in Python from parts of several statements, or of gathered facts.

    `types` are those of the parts, `places` where they stand among all columns; `days` the functions of days and the parts they are about.
    """

    types: Mapping[str, Type]
    finish: Closure
    days: tuple[tuple[str, str], ...]
    places: Mapping[str, int]

    def answer(
        self, values: Sequence[Scalar], until: Sequence[datetime | None], as_of: datetime
    ) -> tuple[Scalar, datetime | None]:
        """The metric's value and its next instant of change."""
        known = {name: _dated(values[place], self.types[name]) for name, place in self.places.items()}
        changes = [until[place] for place in self.places.values()]
        later = [instant for instant in (*changes, *self._days(known, as_of)) if instant is not None]
        return plain(self.finish(known)), min(later, default=None)

    def _days(self, known: Mapping[str, object], as_of: datetime) -> Iterator[datetime]:
        for function, name in self.days:
            fact = known[name]
            if isinstance(fact, date):
                yield from_ms(_NEXT_DAY[function](fact, as_of))


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """All query metrics in one statement per kind. `metrics` is the order of values in every `Answers` it gives."""

    as_of: datetime
    metrics: tuple[str, ...]
    statements: tuple[Statement, ...]
    finished: tuple[int, ...]
    spanning: tuple[Spanning, ...]

    def blank(self) -> Answers:
        """The answers of a customer who has no rows at all: counts are 0, the rest null. Its `customer` is empty."""
        return self._answers("", {})

    def merge(self, rows: Mapping[str, Iterable[StoredRow]]) -> Iterator[Answers]:
        """The answers of every customer for whom some statement has a row, ordered by customer.

        `rows` holds each statement's result under its kind, in the order the statement gives it; all are read once, in step.
        """
        if len(self.statements) == 1 and not self.spanning:
            yield from map(self.statements[0].read, rows[self.statements[0].kind])
            return
        ahead = {one.kind: _Ahead(map(one.read, rows[one.kind])) for one in self.statements}
        while True:
            waiting = [one.head.customer for one in ahead.values() if one.head is not None]
            if not waiting:
                return
            customer = min(waiting)
            yield self._answers(customer, {kind: one.take(customer) for kind, one in ahead.items()})

    def _answers(self, customer: str, found: Mapping[str, Answers | None]) -> Answers:
        values: list[Scalar] = []
        until: list[datetime | None] = []
        for statement in self.statements:
            part = found.get(statement.kind)
            values += part.values if part else statement.blank
            until += part.valid_until if part else [None] * len(statement.columns)
        if not self.spanning:
            return Answers(customer, tuple(values), tuple(until))
        spans = [span.answer(values, until, self.as_of) for span in self.spanning]
        return Answers(
            customer,
            (*[values[place] for place in self.finished], *[value for value, _ in spans]),
            (*[until[place] for place in self.finished], *[instant for _, instant in spans]),
        )


class _Ahead:
    """A stream of answers with its next one in view."""

    __slots__ = ("_rest", "head")

    def __init__(self, rest: Iterator[Answers]) -> None:
        self._rest = rest
        self.head = next(rest, None)

    def take(self, customer: str) -> Answers | None:
        """The next answers, if they are this customer's."""
        head = self.head
        if head is None or head.customer != customer:
            return None
        self.head = next(self._rest, None)
        return head


def plain(value: object) -> Scalar:
    """A closure's answer as the value of a reading: a date becomes its text."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value  # type: ignore[return-value]  # closures give scalars and dates alone


def _dated(value: Scalar, type: Type) -> object:
    return date.fromisoformat(value) if type is Type.DATE and isinstance(value, str) else value


def _time(value: object) -> object:
    return from_ms(value) if isinstance(value, int) else None


def _flag(value: object) -> object:
    return None if value is None else bool(value)


def _reduced(reduce: Reduce | None, value: object) -> object:
    """What Python makes of a value; infinite where a gathered amount is."""
    try:
        return value if reduce is None else reduce(value)
    except ValueError:
        return math.inf


def _same(value: object) -> object:
    return value


_NEXT_DAY: Mapping[str, Callable[[datetime | date, datetime], int]] = {
    "days_since": next_day_since,
    "days_until": next_day_until,
}
_AS_STORED = frozenset({Type.TEXT, Type.NUMBER, Type.INTEGER, Type.DATE})
_DECODE: Mapping[Type, Callable[[object], object]] = {
    Type.TIME: _time,
    Type.FLAG: _flag,
    **dict.fromkeys(_AS_STORED, _same),
}
