"""Answers of query metrics as readings, customer by customer in order; what is no answer gets its reason here."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

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
        abouts = dict.fromkeys(one.about for one in query.reasons if one.about)
        asides = [one for one in (DATE, WHY, *(f"{ABOUT}{about}" for about in abouts)) if f"{name}__{one}" in places]
        self.beside = tuple(places[f"{name}__{aside}"] for aside in asides)
        self._date = asides.index(DATE) if DATE in asides else None
        self._why = asides.index(WHY) if WHY in asides else None
        self._abouts = {about: asides.index(f"{ABOUT}{about}") for about in abouts}
        self._known: dict[tuple[type, Scalar], Reading] = {}
        self.group, self.weight = places.get(f"{name}__{PEERS}"), places.get(f"{name}__{WEIGHT}")
        self._sums = any(one.function in ("sum", "avg") for one in query.aggregates.values())
        kinds = dict.fromkeys(one.kind for one in query.aggregates.values())
        self._nothing = f"no {' or '.join(kinds)} up to now that counts"

    def of(self, found: Answers) -> Reading:
        """The reading among the answers of one customer."""
        value, until = found.values[self.place], found.valid_until[self.place]
        if not self.beside:
            return self._alone(value, until)
        beside = found.values
        asides = tuple([beside[place] for place in self.beside])
        instants = [at for place in self.beside if (at := found.valid_until[place]) is not None]
        if instants:
            until = min(instants) if until is None else min(until, *instants)
        return self._with(value, until, asides)

    def _alone(self, value: Scalar, until: datetime | None) -> Reading:
        if until is not None:
            return self._plain(value, until, None)
        key = (type(value), value)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= _SHARED:
                self._known.clear()
            known = self._known[key] = self._plain(value, None, None)
        return known

    def _with(self, value: Scalar, until: datetime | None, asides: tuple[Scalar, ...]) -> Reading:
        why = asides[self._why] if self._why is not None else None
        if isinstance(why, int):
            reason = self.query.reasons[why]
            about = asides[self._abouts[reason.about]] if reason.about else None
            return self._without(reason.status, reason.says.replace("{}", _told(about)), until)
        happened = asides[self._date] if self._date is not None else None
        ttl = self.query.ttl
        if ttl is None or value is None:
            return self._plain(value, until, _day(happened))
        if happened is None:
            return self._without(Status.STALE, "it is not known when it was set", until)
        ends = _instant(happened) + ttl + _MILLISECOND
        if ends <= self._as_of:
            return self._without(Status.STALE, f"last known on {_day(happened)}", until)
        return self._plain(value, ends if until is None else min(ends, until), None)

    def _plain(self, value: Scalar, until: datetime | None, note: str | None) -> Reading:
        if value is None:
            return self._without(Status.MISSING, self._nothing, until)
        if isinstance(value, int | float):
            mistake = unsound(value)
            if mistake is not None:
                return self._without(Status.ERROR, mistake, until)
            if isinstance(value, float):
                value = self._cut(value)
        return Reading(metric=self.name, value=value, valid_until=until, note=note)

    def _without(self, status: Status, note: str, until: datetime | None) -> Reading:
        return Reading(metric=self.name, value=None, status=status, valid_until=until, note=note)

    def _cut(self, value: float) -> float:
        """The value as it is kept: to 1e-9, and without the digits that depend on the order in which a database adds up."""
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
        self._compared = [metric for metric in self._metrics if metric.query.peers is not None]
        self._blank = composition.blank()

    def of(self, customer: str) -> tuple[dict[str, Reading], list[Standing]]:
        """The readings of one customer, and those of them that are to be compared with peers; must be asked in order."""
        while self._head is not None and self._head.customer < customer:
            self._head = next(self._merged, None)
        found = self._head if self._head is not None and self._head.customer == customer else self._blank
        readings = {metric.name: metric.of(found) for metric in self._metrics}
        return readings, [_standing(one, readings, found) for one in self._compared]


def _standing(metric: _Metric, readings: Mapping[str, Reading], found: Answers) -> Standing:
    group = None if metric.group is None else found.values[metric.group]
    weight = None if metric.weight is None else found.values[metric.weight]
    return Standing(metric=metric.name, reading=readings[metric.name], group=group, weight=weight)


def unsound(value: float) -> str | None:
    """What is wrong with a number that no source can mean."""
    if -HUGE <= value <= HUGE:
        return None
    return f"too large to be meant: {value:.6g}" if math.isfinite(value) else f"not a finite number: {value}"


def _instant(happened: Scalar) -> datetime:
    """An instant, or the first one (in UTC) of a date."""
    if isinstance(happened, datetime):
        return happened
    return datetime.combine(date.fromisoformat(str(happened)), time(), UTC)


def _day(value: Scalar) -> str | None:
    """The day of an instant (in UTC) or of a date."""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value if isinstance(value, str) else None


def _told(about: Scalar) -> str:
    """A value inside a reason; several texts in the order of the alphabet."""
    if isinstance(about, str):
        return ", ".join(sorted(about.split(",")))
    return _day(about) or plain(about)
