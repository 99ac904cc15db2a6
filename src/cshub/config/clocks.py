"""When rules may answer otherwise though no fact changed: the days that their comparisons with time speak of. Pure."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from ..expr import Expression
from ..expr.instant import days_since, days_until
from ..expr.nodes import Call, Compare, IsNull, Literal, Name, Node, Within, walk

_DAY = timedelta(days=1)
_MOMENT = timedelta(milliseconds=1)
#: Nobody lives to see a customer of so many days.
_MOST_DAYS = 1_000_000
#: The words for tenure with the days in one of their units.
_TENURE = {"tenure": 1.0, "tenure_months": 30.0}


@dataclass(frozen=True, slots=True)
class _Clock:
    """Days since a fact, or until it, counted in `unit`s. `fact` is a field; None is the customer's start."""

    is_since: bool
    fact: str | None
    unit: float = 1.0


@dataclass(slots=True)
class _Marks:
    """The numbers of days at which an answer may change; `is_daily`: at any."""

    days: set[int] = field(default_factory=set)
    is_daily: bool = False

    def add(self, clock: _Clock, value: float) -> None:
        at = value * clock.unit
        if abs(at) > _MOST_DAYS:
            return
        self.days |= {math.ceil(at), math.floor(at) + 1} if clock.is_since else {math.floor(at), math.ceil(at) - 1}


class Clocks:
    """The clocks of some rules. `derived` are metrics that are another name for tenure; `also` are days of tenure that count anyway."""

    def __init__(
        self, rules: Iterable[Expression], start: str, derived: Mapping[str, str], *, also: Iterable[float] = ()
    ) -> None:
        self._start = start
        self._words = _TENURE | {name: _TENURE[of] for name, of in derived.items() if of in _TENURE}
        marks: dict[tuple[bool, str | None], _Marks] = {}
        for rule in rules:
            self._gather(rule.node, marks)
        tenure = _Clock(True, None)
        for days in also:
            marks.setdefault((True, None), _Marks()).add(tenure, days)
        if (True, None) in marks:
            marks[True, None].add(tenure, 0)  # before its start a customer has no tenure
        self._marks = [(*key, sorted(found.days), found.is_daily) for key, found in marks.items()]

    def next(self, row: Mapping[str, object], start: date | None, as_of: datetime) -> datetime | None:
        """The first instant after `as_of` at which some comparison with time may turn out otherwise."""
        found = []
        for is_since, name, days, is_daily in self._marks:
            fact = start if name is None else row.get(name)
            if isinstance(fact, date):
                ahead = _since if is_since else _until
                with suppress(OverflowError):  # beyond the last day there is
                    found.append(ahead(fact, days, as_of, is_daily=is_daily))
        return min((one for one in found if one is not None), default=None)

    def _gather(self, node: Node, marks: dict[tuple[bool, str | None], _Marks]) -> None:
        compared: set[int] = set()
        for part in walk(node):
            for side, value in _comparisons(part):
                clock = self._clock(side)
                if clock is not None:
                    compared.add(id(side))
                    marks.setdefault((clock.is_since, clock.fact), _Marks()).add(clock, value)
        for part in walk(node):
            clock = self._clock(part)
            if clock is not None and id(part) not in compared:
                marks.setdefault((clock.is_since, clock.fact), _Marks()).is_daily = True

    def _clock(self, node: Node) -> _Clock | None:
        if isinstance(node, Name) and node.name in self._words:
            return _Clock(True, None, self._words[node.name])
        if isinstance(node, Call) and node.function in ("days_since", "days_until"):
            name = node.arguments[0]
            return _Clock(node.function == "days_since", name.name if isinstance(name, Name) else None)
        return None


def _comparisons(node: Node) -> Iterator[tuple[Node, float]]:
    """What is compared with a written number, and the number."""
    match node:
        case Compare(left=side, right=Literal(value=int() | float() as value)):
            yield side, value
        case Compare(left=Literal(value=int() | float() as value), right=side):
            yield side, value
        case Within(part=side, choices=choices):
            yield from ((side, one.value) for one in choices if isinstance(one.value, int | float))
        case IsNull(part=side):  # known from the start on
            yield side, 0


def _since(fact: date, days: list[int], as_of: datetime, *, is_daily: bool) -> datetime | None:
    now = days_since(fact, as_of)
    place = bisect_right(days, now)
    ahead = now + 1 if is_daily else days[place] if place < len(days) else None
    return None if ahead is None else _instant(fact) + ahead * _DAY


def _until(fact: date, days: list[int], as_of: datetime, *, is_daily: bool) -> datetime | None:
    now = days_until(fact, as_of)
    place = bisect_left(days, now)
    ahead = now - 1 if is_daily else days[place - 1] if place else None
    if ahead is None:
        return None
    if isinstance(fact, datetime):
        return fact - (ahead + 1) * _DAY + _MOMENT
    return _instant(fact) - ahead * _DAY


def _instant(fact: date) -> datetime:
    return fact if isinstance(fact, datetime) else datetime.combine(fact, time(), tzinfo=UTC)
