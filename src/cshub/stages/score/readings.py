"""Readings of due customers, in order: every query metric in one statement per kind, function metrics in batches.

While a source fails, its metrics are not read: the last reading stands, because days passing without news are not news.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...config import ConfiguredMetric, QueryMetric
from ...model import FunctionMetric, Priority, Reading, Status, Type
from ...plugins import Registry
from ...scoring.carried import carried
from ...store import Reader
from ...store.score_rows import Before, Past
from ...store.scores import Scores
from .answers import Ask, QueryAnswers, unsound
from .peers import Peerage
from .views import Views

#: Customers handed to function metrics, models and adjusters together.
BATCH = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A due customer with all readings, and the score in force. `own` are fields of the account, which are not kept as readings."""

    customer: str
    readings: Mapping[str, Reading]
    before: Before | None
    past: Past = field(default_factory=Past)
    own: Mapping[str, Reading] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Questions:
    """What is read: the metrics of the scorecards, `own` fields of the account, and the score of `span` ago.

    `held` are metrics a source of which fails, `silent` those a source of which never worked. `last_for` says of metrics for how long
    their last known value stands in for a missing one.
    """

    metrics: Mapping[str, ConfiguredMetric]
    own: Mapping[str, QueryMetric]
    held: frozenset[str]
    silent: frozenset[str]
    connections: Sequence[str]
    fields: Mapping[str, Priority]
    extras: Mapping[str, Mapping[str, Type]]
    as_of: datetime
    span: timedelta
    last_for: Mapping[str, timedelta] = field(default_factory=dict)


def read(scores: Scores, reader: Reader, registry: Registry, questions: Questions) -> Iterator[list[Due]]:
    """Batches of due customers with their readings, in order; as many statements as there are kinds, however many customers."""
    ask = Ask(
        connections=questions.connections,
        fields=questions.fields,
        extras=questions.extras,
        as_of=questions.as_of,
        several=scores.has_several(reader),
    )
    answers = _answers(scores, reader, questions, ask)
    functions = {name: m for name, m in questions.metrics.items() if isinstance(m, FunctionMetric)}
    kinds = sorted({kind for metric in functions.values() for kind in metric.needs})
    views = Views(scores, reader, kinds, ask)
    batch: list[tuple[str, Before | None, Past]] = []
    then = questions.as_of - questions.span
    for due in scores.due(reader, then=then, readings=bool(questions.held or questions.last_for)):
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """The answers of the query metrics, and the peers that some are compared with."""

    own: QueryAnswers
    peers: Peerage

    def of(self, customer: str) -> dict[str, Reading]:
        """The readings of one customer; must be asked in order."""
        readings, standings = self.own.of(customer)
        for one in standings:
            readings[one.metric] = self.peers.compared(one)
        return readings


def _answers(scores: Scores, reader: Reader, questions: Questions, ask: Ask) -> _Answers:
    queries = {name: m.query for name, m in questions.metrics.items() if isinstance(m, QueryMetric)}
    compared = {name: query for name, query in queries.items() if query.peers is not None}
    declared = {name: query.peers for name, query in compared.items() if query.peers is not None}
    everybody = QueryAnswers(reader, compared, ask, whose="active") if compared else None
    customers = scores.active(reader) if everybody is not None else ()
    standings = (one for customer in customers if everybody is not None for one in everybody.of(customer)[1])
    peers = Peerage(declared, standings, ask.as_of)
    queries |= {name: metric.query for name, metric in questions.own.items()}
    return _Answers(own=QueryAnswers(reader, queries, ask, whose="due"), peers=peers)


def _read_batch(
    batch: Sequence[tuple[str, Before | None, Past]],
    answers: _Answers,
    functions: Mapping[str, FunctionMetric],
    views: Views,
    registry: Registry,
    questions: Questions,
) -> list[Due]:
    readings = [answers.of(customer) for customer, *_ in batch]
    seen = [views.of(customer, questions.as_of) for customer, *_ in batch] if functions else []
    for name, metric in functions.items():
        for known, reading in zip(readings, registry.read(metric, seen, name=name), strict=True):
            known[name] = _checked(reading)
    return [
        Due(
            customer=customer,
            before=before,
            past=past,
            own={name: known.pop(name) for name in questions.own},
            readings=_hold(known, before, questions),
        )
        for (customer, before, past), known in zip(batch, readings, strict=True)
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


def _checked(reading: Reading) -> Reading:
    """The reading, without a number that cannot be meant."""
    mistake = unsound(reading.value) if isinstance(reading.value, int | float) else None
    return reading if mistake is None else replace(reading, value=None, status=Status.ERROR, note=mistake)
