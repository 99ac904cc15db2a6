"""Answers of query metrics as readings, customer by customer in order; what is no answer gets its reason here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeAlias

from ...expr.answers import Answers
from ...expr.compose import compose
from ...expr.question import ABOUT, DATE, PEERS, WEIGHT, WHY
from ...model import Priority, Query, Reading, Scalar, Status, Type
from ...scoring.rounding import HUGE
from ...scoring.words import plain
from ...store import Reader
from .peers import Standing

#: Readings that are remembered to be shared.
_SHARED = 20_000
#: Digits of a sum or a mean that do not depend on the order of rows.
_DIGITS = 14
_PLACES = 9
_MILLISECOND = timedelta(milliseconds=1)
_Asides: TypeAlias = tuple[Scalar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What all questions of a run have in common; `several` says that customers may have several accounts of one connection."""

    connections: Sequence[str]
    fields: Mapping[str, Priority]
    extras: Mapping[str, Mapping[str, Type]]
    as_of: datetime
    several: bool


class _Metric:
    """Where a metric and what is asked beside it stand among the answers, and how they become a reading."""

    def __init__(self, name: str, query: Query, places: Mapping[str, int], as_of: datetime) -> None:
        self.name = name
        self.query = query
        self._as_of = as_of
        self.place = places[name]
        abouts = dict.fromkeys(f"{ABOUT}{one.about}" for one in query.reasons if one.about)
        self._asides = tuple(one for one in (DATE, WHY, *abouts) if f"{name}__{one}" in places)
        self.beside = tuple(places[f"{name}__{aside}"] for aside in self._asides)
        self.group, self.weight = places.get(f"{name}__{PEERS}"), places.get(f"{name}__{WEIGHT}")
        self._sums = any(one.function in ("sum", "avg") for one in query.aggregates.values())
        kinds = dict.fromkeys(one.kind for one in query.aggregates.values())
        self._nothing = f"no {' or '.join(kinds)} up to now that counts"

    def until(self, found: Answers) -> datetime | None:
        """The next instant at which anything about the answer may change."""
        until = found.valid_until[self.place]
        if not self.beside:
            return until
        known = [at for at in (until, *[found.valid_until[place] for place in self.beside]) if at is not None]
        return min(known, default=None)

    def reading(self, value: Scalar, until: datetime | None, asides: _Asides) -> Reading:
        """The reading, or why there is none."""
        beside = dict(zip(self._asides, asides, strict=True))
        why = beside.get(WHY)
        if isinstance(why, int):
            reason = self.query.reasons[why]
            about = beside.get(f"{ABOUT}{reason.about}")
            return self._without(reason.status, reason.says.replace("{}", _told(about)), until)
        if value is None:
            return self._without(Status.MISSING, self._nothing, until)
        if (mistake := unsound(value)) is not None:
            return self._without(Status.ERROR, mistake, until)
        happened = beside.get(DATE)
        if self.query.ttl is None:
            return Reading(metric=self.name, value=self._cut(value), valid_until=until, note=_day(happened))
        if happened is None:
            return self._without(Status.STALE, "it is not known when it was set", until)
        ends = _instant(happened) + self.query.ttl + _MILLISECOND
        if ends <= self._as_of:
            return self._without(Status.STALE, f"last known on {_day(happened)}", until)
        return Reading(metric=self.name, value=self._cut(value), valid_until=min(ends, until or ends))

    def _without(self, status: Status, note: str, until: datetime | None) -> Reading:
        return Reading(metric=self.name, value=None, status=status, valid_until=until, note=note)

    def _cut(self, value: Scalar) -> Scalar:
        """The value as it is kept: to 1e-9, and without the digits that depend on the order in which a database adds up."""
        if not isinstance(value, float):
            return value
        return round(float(f"{value:.{_DIGITS}g}") if self._sums else value, _PLACES)


class QueryAnswers:
    """Readings of query metrics of the customers that `whose` names. Customers share the readings that are equal."""

    def __init__(self, reader: Reader, queries: Mapping[str, Query], ask: Ask, *, whose: str) -> None:
        composition = compose(
            queries,
            as_of=ask.as_of,
            connections=ask.connections,
            extras=ask.extras,
            whose=whose,
            fields=ask.fields,
            several=ask.several,
            asides=True,
        )
        places = {name: place for place, name in enumerate(composition.metrics)}
        self._metrics = [_Metric(name, query, places, ask.as_of) for name, query in queries.items()]
        rows = {one.kind: reader.each(one.sql, one.params) for one in composition.statements}  # type: ignore[arg-type]  # bound scalars
        self._merged = composition.merge(rows)
        self._head = next(self._merged, None)
        self._known: dict[tuple[object, ...], Reading] = {}
        self._blank = composition.blank()

    def of(self, customer: str) -> tuple[dict[str, Reading], list[Standing]]:
        """The readings of one customer, and those of them that are to be compared with peers; must be asked in order."""
        while self._head is not None and self._head.customer < customer:
            self._head = next(self._merged, None)
        found = self._head if self._head is not None and self._head.customer == customer else self._blank
        readings = {metric.name: self._reading(metric, found) for metric in self._metrics}
        return readings, [_standing(one, readings, found) for one in self._metrics if one.query.peers is not None]

    def _reading(self, metric: _Metric, found: Answers) -> Reading:
        value, until = found.values[metric.place], metric.until(found)
        asides = tuple([found.values[place] for place in metric.beside]) if metric.beside else ()
        key = (metric.name, type(value), value, until, *asides)
        reading = self._known.get(key)
        if reading is None:
            if len(self._known) >= _SHARED:
                self._known.clear()
            reading = self._known[key] = metric.reading(value, until, asides)
        return reading


def _standing(metric: _Metric, readings: Mapping[str, Reading], found: Answers) -> Standing:
    group = None if metric.group is None else found.values[metric.group]
    weight = None if metric.weight is None else found.values[metric.weight]
    return Standing(metric=metric.name, reading=readings[metric.name], group=group, weight=weight)


def unsound(value: Scalar) -> str | None:
    """What is wrong with a number that no source can mean."""
    if isinstance(value, float) and not math.isfinite(value):
        return f"not a finite number: {value}"
    if isinstance(value, int | float) and abs(value) > HUGE:
        return f"too large to be meant: {value:.6g}"
    return None


def _instant(happened: Scalar) -> datetime:
    """An instant, or the first one (in UTC) of a date."""
    if isinstance(happened, datetime):
        return happened
    return datetime.combine(date.fromisoformat(str(happened)), time(), UTC)


def _day(value: Scalar) -> str | None:
    """The day of an instant (in UTC) or of a date."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d")
    return value if isinstance(value, str) else None


def _told(about: Scalar) -> str:
    """A value inside a reason; several texts in the order of the alphabet."""
    if isinstance(about, str):
        return ", ".join(sorted(about.split(",")))
    return _day(about) or plain(about)
