"""Plans as values: what a plan says, line by line, and what is known of a CRM field."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from ..model import SavedScore, Value


class DueCustomer(NamedTuple):
    """A customer to look at for one CRM. `id` is its record there (None: that CRM does not know it), `claims` how many records claim it.

    `is_churned` says that its fields are to be emptied.
    """

    customer: str
    id: str | None
    claims: int
    name: str
    is_churned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DueRecord:
    """The record of a customer to look at, with the score in force. `is_churned`: its fields are to be emptied."""

    id: str
    score: SavedScore
    is_churned: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownValue:
    """What is known of one field of one CRM record.

    `acknowledged` is what the CRM last confirmed (`confirmed` False: never), `observed` what a pull last saw (`seen` False: never).
    """

    acknowledged: Value
    confirmed: bool
    observed: Value
    seen: bool

    @property
    def drifted(self) -> bool:
        """Somebody else changed it after the CRM had confirmed our value."""
        return self.confirmed and self.seen and self.observed != self.acknowledged

    @property
    def current(self) -> Value:
        """The value the CRM is believed to hold."""
        return self.observed if self.seen else self.acknowledged


NOTHING_KNOWN = KnownValue(acknowledged=None, confirmed=False, observed=None, seen=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One field of one record. `state` is planned, written, rejected or skipped."""

    number: int
    id: str
    field: str
    old: Value
    new: Value
    why: str
    customer: str
    scorecard: str
    state: str = "planned"
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A plan for one CRM. `state` is pending, applying, applied or superseded; `summary` holds counts and what was left out, for people."""

    id: str
    run: int
    connection: str
    target: str
    as_of: datetime
    created_at: datetime
    state: str
    summary: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A write recorded before it is sent, whose outcome is not known yet."""

    number: int
    plan: str
    line: PlanLine
    run: int
    intended_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One change of a CRM field that was carried out or refused."""

    number: int
    at: datetime
    run: int
    plan: str
    connection: str
    org: str | None
    target: str
    id: str
    field: str
    old: Value
    new: Value
    why: str
    customer: str
    scorecard: str
    request_id: str | None
    outcome: str
    code: str | None
    message: str | None


@dataclass(slots=True, kw_only=True)
class Draft:
    """What some due records come to: lines of a plan, and customers that need nothing.

    `drifted` are fields somebody else changed: (record, field, expected, found); `adopted` values that stand in the CRM already:
    (record, field, value).
    """

    lines: list[PlanLine] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    drifted: list[tuple[str, str, Value, Value]] = field(default_factory=list)
    adopted: list[tuple[str, str, Value]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How far a plan has looked: at scores up to `seq` under the mapping `scope`. `is_whole`: at everybody, not only at some."""

    scope: str
    seq: int
    is_whole: bool
