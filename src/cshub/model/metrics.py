"""Metrics as values: what a query asks, what a function sees, and the reading that either gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from .kinds import Scalar


class Status(StrEnum):
    """Why a reading has, or lacks, a value; SCORING §4 keeps these apart on purpose."""

    OK = "ok"
    MISSING = "missing"  # the customer has no such facts
    STALE = "stale"  # there was a value, but it is older than its time to live
    SOURCE_DOWN = "source_down"  # the source failed or shrank: nothing is known
    NOT_APPLICABLE = "not_applicable"  # leaves the denominator
    ERROR = "error"  # the metric failed for this customer; `note` says how


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The answer of one metric for one customer at `as_of`.

    `valid_until` is the next instant at which the value changes though the facts do not (None: never).
    `note` is one line for people: the reason of a missing value, or the fact behind a present one.
    """

    metric: str
    value: Scalar
    status: Status = Status.OK
    valid_until: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """One set-based question about the rows of a kind, grouped by customer.

    `function` is one of count, sum, avg, min, max, latest (the value of the newest row by `at`), distinct, any
    (a value that simply is: of the first connection in configuration order that knows it). `value` and `where` are in the rule
    language; `window` counts back from `as_of` over the kind's `at` column (or `at` where given); facts dated after `as_of` do not count.
    """

    kind: str
    function: str
    value: str | None = None
    where: str | None = None
    window: timedelta | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a query metric reduces to: named aggregates and one expression of the rule language over those names.

    `finish` may use `days_since(name)` and `days_until(name)` on an aggregate that is a time or a date: whole days, floor.
    A division by zero or a null gives null. Without aggregated rows, count gives 0 and everything else null.
    """

    aggregates: Mapping[str, Aggregate]
    finish: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryForm:
    """A word for YAML (`count`, `nps`, …): `build` turns the metric's YAML arguments into a `Query`.

    `build` is pure and raises ValueError with a sentence for people when the arguments make no sense. The YAML is
    `{<name>: <main>, **options}`, handed over as `build(main, options)`; `options` names those it allows.
    """

    name: str
    doc: str
    options: tuple[str, ...]
    build: Callable[[object, Mapping[str, object]], Query]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerView:
    """All that a function metric sees of one customer: rows of the kinds it declared, newest first, as read-only mappings.

    Times are aware datetimes, dates `datetime.date`; declared extra fields stand beside the kind's columns.
    """

    customer: str
    as_of: datetime
    rows: Mapping[str, Sequence[Mapping[str, Scalar | date | tuple[str, ...]]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionMetric:
    """A pure function of a `CustomerView`; `needs` names the kinds of rows it wants loaded.

    It returns a value or None (missing). `valid_for` says how long an answer holds with the same facts.
    """

    name: str
    doc: str
    needs: tuple[str, ...]
    function: Callable[[CustomerView], Scalar]
    valid_for: timedelta = timedelta(days=1)


Metric: TypeAlias = QueryForm | FunctionMetric
