"""Metrics as values: what a query asks, what a function sees, and the reading that either gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
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
class Decay:
    """How much a row still counts at some age (SCORING §2): `max(0, 1 − rate·age/per)`, or 2^(−age/`half_life`).

    Ages are counted in whole steps of `step`, from one boundary of steps in UTC to another, so an answer moves once a step.
    """

    step: timedelta = timedelta(days=1)
    half_life: timedelta | None = None
    rate: Fraction | None = None
    per: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The values of complete periods of length `per` within the aggregate's window, and what is asked of them.

    `ask` is least_squares or theil_sen (change per day), own_baseline (how far the last value is from the usual, in deviations),
    with or without (how many periods in a row had a row, or had none). Periods begin at midnight UTC, weeks on Mondays.
    """

    ask: str
    per: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """One set-based question about the rows of a kind, grouped by customer.

    `function` is one of count, sum, avg, min, max, latest (the value of the newest row by `at`), distinct, texts (the different
    texts, joined by commas), any (a value that simply is: of the first connection in configuration order that knows it). `value` and
    `where` are in the rule language; `window` counts back from `as_of` over the kind's `at` column (or `at` where given), or from
    `ago` before it; facts dated after `as_of` do not count. Of the rows that fulfil
    `per_person` only the newest of each person counts, if it fulfils `where`. `decay` and
    `series` ask about a count, sum or avg (and a series about min and max) over time; `otherwise` is the answer where there is none.
    """

    kind: str
    function: str
    value: str | None = None
    where: str | None = None
    window: timedelta | None = None
    at: str | None = None
    ago: timedelta | None = None
    per_person: str | None = None
    decay: Decay | None = None
    series: Series | None = None
    otherwise: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why there is no answer, in one line: where `when` (a rule over the aggregates) holds, the reading has `status` and no value.

    `{}` in `says` is replaced by the aggregate that `about` names. The first reason that holds is told.
    """

    when: str
    says: str
    about: str | None = None
    status: Status = Status.ERROR


@dataclass(frozen=True, slots=True, kw_only=True)
class Peers:
    """How an answer is set against those of other customers.

    `ask` is rank (0 to 100, ties at their middle) or shrink: `(n·x + k·mean)/(n + k)`, where `weight` is the expression over the aggregates that
    gives n. Peers are the customers for whom the aggregate `by` answers the same (None: all). A rank needs `least` of them.
    """

    ask: str
    by: str | None = None
    weight: str | None = None
    least: int = 10
    k: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What a query metric reduces to: named aggregates and one expression of the rule language over those names.

    `finish` may use `days_since(name)` and `days_until(name)` on an aggregate that is a time or a date: whole days, floor.
    A division by zero or a null gives null. Without aggregated rows, count gives 0 and everything else null. `dated` is an expression
    for the time of the fact behind the answer: older than `ttl`, the answer is stale. Without `ttl` its day is told beside the answer.
    """

    aggregates: Mapping[str, Aggregate]
    finish: str
    reasons: tuple[Reason, ...] = ()
    dated: str | None = None
    ttl: timedelta | None = None
    peers: Peers | None = None


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


#: A value in a row or a field as functions see it.
ViewValue: TypeAlias = Scalar | date | tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerView:
    """All that a function metric sees of one customer: rows of the kinds it declared, newest first, as read-only mappings.

    Times are aware datetimes, dates `datetime.date`; declared extra fields stand beside the kind's columns. `fields` holds the one value
    of each field of the account, as `field` gives it.
    """

    customer: str
    as_of: datetime
    rows: Mapping[str, Sequence[Mapping[str, ViewValue]]]
    fields: Mapping[str, ViewValue] = field(default_factory=dict)

    def field(self, name: str) -> ViewValue:
        """The one value of a field of the account, chosen by `identity.fields` as for metrics in YAML; None where no source knows it.

        Raises LookupError for a field that accounts do not have, and when the metric does not declare that it needs accounts.
        """
        if name in self.fields:
            return self.fields[name]
        if "account" not in self.rows:
            raise LookupError("fields come from accounts: declare needs=('account',)")
        raise LookupError(f"accounts have no field {name} with one value")


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
