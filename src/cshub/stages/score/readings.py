"""Readings of due customers, in order: every query metric in one statement per kind, function metrics in batches.

While a source fails, its metrics are not read: the last reading stands, because days passing without news are not news.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...config import ConfiguredMetric, QueryMetric
from ...expr.answers import Answers
from ...expr.compose import compose
from ...model import FunctionMetric, Priority, Query, Reading, Scalar, Status, Type
from ...plugins import Registry
from ...scoring.carried import carried
from ...store import Reader
from ...store.score_rows import Before
from ...store.scores import Scores
from .views import Views

#: Customers handed to function metrics, models and adjusters together.
BATCH = 1000
#: Readings that are remembered to be shared.
_SHARED = 20_000
#: How a metric ends that counts whole days from a fact, and what the question for the fact itself is called.
_DAYS = re.compile(r"days_(?:since|until)\(([a-z_][a-z0-9_]*)\)")
_DATE = "__date"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A due customer with all readings, and the score in force."""

    customer: str
    readings: Mapping[str, Reading]
    before: Before | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What is read: the metrics of the scorecard; `held` those a source of which fails, `silent` those a source of which never worked.

    `last_for` says of metrics for how long their last known value stands in for a missing one.
    """

    metrics: Mapping[str, ConfiguredMetric]
    held: frozenset[str]
    silent: frozenset[str]
    connections: Sequence[str]
    fields: Mapping[str, Priority]
    extras: Mapping[str, Mapping[str, Type]]
    as_of: datetime
    last_for: Mapping[str, timedelta] = field(default_factory=dict)


def read(scores: Scores, reader: Reader, registry: Registry, questions: Questions) -> Iterator[list[Due]]:
    """Batches of due customers with their readings, in order; as many statements as there are kinds, however many customers."""
    answers = _Answers(reader, questions, several=scores.has_several(reader))
    functions = {name: m for name, m in questions.metrics.items() if isinstance(m, FunctionMetric)}
    kinds = sorted({kind for metric in functions.values() for kind in metric.needs})
    views = Views(scores, reader, kinds, questions.extras)
    batch: list[tuple[str, Before | None]] = []
    for due in scores.due(reader, readings=bool(questions.held or questions.last_for)):
        batch.append(due)
        if len(batch) == BATCH:
            yield _read_batch(batch, answers, functions, views, registry, questions)
            batch = []
    if batch:
        yield _read_batch(batch, answers, functions, views, registry, questions)


def kinds_of(metric: ConfiguredMetric) -> frozenset[str]:
    """The kinds of rows a metric reads."""
    if isinstance(metric, QueryMetric):
        return frozenset(aggregate.kind for aggregate in metric.query.aggregates.values())
    return frozenset(metric.needs)


def dated(metric: ConfiguredMetric) -> Query | None:
    """For a metric that counts days from a fact: the question when that fact is. Texts say the date, because ages change every day."""
    found = _DAYS.fullmatch(metric.query.finish) if isinstance(metric, QueryMetric) else None
    return (
        Query(aggregates=metric.query.aggregates, finish=found[1])
        if found and isinstance(metric, QueryMetric)
        else None
    )


class _Answers:
    """Readings of the query metrics, customer by customer in order. Customers share the readings that are equal."""

    def __init__(self, reader: Reader, questions: Questions, *, several: bool) -> None:
        queries = {name: m.query for name, m in questions.metrics.items() if isinstance(m, QueryMetric)}
        dates = {f"{name}{_DATE}": query for name, m in questions.metrics.items() if (query := dated(m)) is not None}
        queries |= dates
        self._composition = compose(
            queries,
            as_of=questions.as_of,
            connections=questions.connections,
            extras=questions.extras,
            due=True,
            fields=questions.fields,
            several=several,
        )
        rows = {one.kind: reader.each(one.sql, one.params) for one in self._composition.statements}  # type: ignore[arg-type]  # bound scalars
        self._merged = self._composition.merge(rows)
        self._head = next(self._merged, None)
        self._dates = frozenset(dates)
        self._known: dict[tuple[str, type, Scalar, datetime | None, str | None], Reading] = {}
        self._blank = self._readings(self._composition.blank())

    def of(self, customer: str) -> dict[str, Reading]:
        """The readings of one customer; must be asked in order."""
        while self._head is not None and self._head.customer < customer:
            self._head = next(self._merged, None)
        if self._head is None or self._head.customer != customer:
            return dict(self._blank)
        return self._readings(self._head)

    def _readings(self, found: Answers) -> dict[str, Reading]:
        metrics = self._composition.metrics
        days = {name: _day(found.values[place]) for place, name in enumerate(metrics) if name in self._dates}
        return {
            name: self._reading(name, value, until, days.get(f"{name}{_DATE}"))
            for name, value, until in zip(metrics, found.values, found.valid_until, strict=True)
            if name not in self._dates
        }

    def _reading(self, name: str, value: Scalar, until: datetime | None, day: str | None) -> Reading:
        key = (name, type(value), value, until, day)
        reading = self._known.get(key)
        if reading is None:
            if len(self._known) >= _SHARED:
                self._known.clear()
            reading = self._known[key] = _reading(name, value, until, day)
        return reading


def _read_batch(
    batch: Sequence[tuple[str, Before | None]],
    answers: _Answers,
    functions: Mapping[str, FunctionMetric],
    views: Views,
    registry: Registry,
    questions: Questions,
) -> list[Due]:
    readings = [answers.of(customer) for customer, _ in batch]
    seen = [views.of(customer, questions.as_of) for customer, _ in batch] if functions else []
    for name, metric in functions.items():
        for known, reading in zip(readings, registry.read(metric, seen, name=name), strict=True):
            known[name] = reading
    return [
        Due(customer=customer, before=before, readings=_hold(known, before, questions))
        for (customer, before), known in zip(batch, readings, strict=True)
    ]


def _hold(readings: dict[str, Reading], before: Before | None, questions: Questions) -> Mapping[str, Reading]:
    """Put the last reading in place of the one a failing source gives, to be looked at again at the next hour."""
    again = questions.as_of + timedelta(hours=1)
    for name in questions.held:
        last = before.readings.get(name) if before is not None else None
        if last is not None and last.status is not Status.STALE:  # a stale one holds until its own end
            readings[name] = replace(last, valid_until=again)
        elif name in questions.silent:
            readings[name] = Reading(metric=name, value=None, status=Status.SOURCE_DOWN, valid_until=again)
    for name, last_for in questions.last_for.items():
        last = before.readings.get(name) if before is not None else None
        readings[name] = carried(readings[name], last, last_for, questions.as_of)
    return readings


def _day(value: Scalar) -> str | None:
    """The day of an instant (in UTC) or of a date."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d")
    return value if isinstance(value, str) else None


def _reading(name: str, value: Scalar, until: datetime | None, day: str | None) -> Reading:
    if value is None:
        return Reading(metric=name, value=None, status=Status.MISSING, valid_until=until)
    if isinstance(value, float) and not math.isfinite(value):
        return Reading(
            metric=name, value=None, status=Status.ERROR, valid_until=until, note=f"not a finite number: {value}"
        )
    return Reading(metric=name, value=value, valid_until=until, note=day)
