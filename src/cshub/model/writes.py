"""Fields of a CRM, the writes to them and their outcomes, alerts and run reports, as values.

A value of a CRM field is canonical text on this side of every boundary: numbers as plain decimals (`72`, `0.8`), dates
`YYYY-MM-DD`, instants `YYYY-MM-DDTHH:MM:SSZ`, flags `true`/`false`, picklists by stored value, `None` for empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Value: TypeAlias = str | None


class FieldType(StrEnum):
    """What a CRM field holds, in words every CRM knows."""

    PICKLIST = "picklist"
    NUMBER = "number"
    PERCENT = "percent"
    TEXT = "text"
    LONG_TEXT = "long_text"
    DATE = "date"
    DATETIME = "datetime"
    FLAG = "flag"
    URL = "url"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """A field cshub wants to exist: `name` is the vendor's name for it, `help` the text people see beside it.

    `options` are (stored value, label) pairs of a picklist, in order; `length` the longest text it is meant for.
    """

    name: str
    label: str
    type: FieldType
    help: str
    options: tuple[tuple[str, str], ...] = ()
    length: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetField:
    """A field as the CRM describes it now. `type` is None for a type cshub does not know (then `vendor_type` tells)."""

    name: str
    label: str
    type: FieldType | None
    vendor_type: str
    writable: bool
    options: tuple[str, ...] = ()
    length: int | None = None


class Provision(StrEnum):
    """What became of a wanted field."""

    CREATED = "created"
    EXISTS = "exists"
    WRONG_TYPE = "wrong_type"  # named, never touched
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioned:
    """The outcome for one wanted field, with a sentence for people where something is to be done."""

    field: str
    state: Provision
    message: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordWrite:
    """All owned fields to change on one record; nothing else of it is sent."""

    id: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteBatch:
    """Records of one object (`target` is the vendor's name: `companies`, `Account`); any number, the destination cuts it to the vendor's size."""

    target: str
    records: tuple[RecordWrite, ...]


class WriteState(StrEnum):
    """How one record's write ended."""

    WRITTEN = "written"
    REJECTED = "rejected"  # the vendor refuses these values for good
    GONE = "gone"  # the record is deleted or merged away
    UNKNOWN = "unknown"  # sent, but no answer tells what became of it: read it back
    FAILED = "failed"  # certainly not carried out; may be tried again


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """One per record of a batch. `changed_at` is the vendor's new time of change, when it tells; `survivor` the id a merged record lives on as."""

    id: str
    state: WriteState
    code: str | None = None
    message: str | None = None
    request_id: str | None = None
    changed_at: datetime | None = None
    survivor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertNotice:
    """What an action is told. `key` is stable for one cause, so a receiver can tell a repeat; `text` has its fields filled in."""

    key: str
    trigger: str
    customer: str
    customer_name: str
    text: str
    opened_at: datetime
    evidence: tuple[str, ...]
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamReport:
    """One stream of one run. `extracted = new + changed + unchanged + deleted + rejected` always holds."""

    connection: str
    stream: str
    state: str
    extracted: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    deleted: int = 0
    rejected: int = 0
    calls: int = 0
    error: str | None = None
    error_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What one run did, for observers, `runs`, `status` and `--json`.

    `state` is ok, partial, failed or interrupted. `stages` maps a stage to its counters (`score: {due, scored, saved}`,
    `apply: {planned, written, rejected, skipped}` …); `seconds` to the time each stage took.
    """

    run: int
    command: str
    state: str
    started_at: datetime
    finished_at: datetime
    as_of: datetime
    streams: Sequence[StreamReport] = ()
    stages: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    errors: Sequence[str] = ()
