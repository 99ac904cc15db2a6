"""Making a plan: score × mapping − acknowledged value → writes, one line per field of a CRM record."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ...connector import Destination
from ...model import Value
from ...scoring.words import why
from ...store import Store
from ...store.database import Lease, Reader
from ...store.plans import NOTHING_KNOWN, DueRecord, KnownValue, Look, Plan, PlanLine
from ...store.writes import Outcomes
from . import fields

#: A refused value is not sent again before this has passed, unless it changes.
RETRY_REFUSED = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """Where a standard field goes: `name` is the vendor's name for it.

    `keep_null` leaves the field alone when there is no value; `drift` says what to do when somebody else changed it: `overwrite`, `yield`
    (leave it) or `alert` (leave it and say so).
    """

    name: str
    keep_null: bool = False
    drift: str = "overwrite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where scores go: object `target` of `connection`, and the standard fields it takes.

    `earlier` are the CRMs listed before this one: a customer they know is theirs.
    """

    connection: str
    target: str
    fields: Mapping[str, Mapped]
    earlier: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The vendor's names of the fields."""
        return tuple(field.name for field in self.fields.values())

    @property
    def scope(self) -> str:
        """Changes with the mapping, so that a field added to it is filled for everybody."""
        text = f"{self.target} {sorted(self.fields.items(), key=lambda item: item[0])} {self.earlier}"
        return f"{self.connection}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"


@dataclass(slots=True, kw_only=True)
class _Draft:
    """What a plan becomes while the due records are gone through."""

    lines: list[PlanLine] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    ambiguous: list[str] = field(default_factory=list)
    drifted: list[tuple[str, str, Value, Value]] = field(default_factory=list)
    adopted: list[tuple[str, str, Value]] = field(default_factory=list)
    waiting: Counter[str] = field(default_factory=Counter)


def make_plan(
    store: Store,
    destination: Destination,
    target: Target,
    *,
    run: int,
    as_of: datetime,
    now: datetime,
    lease: Lease,
    customers: frozenset[str] | None = None,
    limit: int | None = None,
) -> Plan | None:
    """Plan what the CRM lacks; None when there is nothing to write.

    Fields never read before are read from the CRM first. `customers` and `limit` narrow the plan; what is left out stays due.
    Raises VendorError when that reading fails, LeaseLost when somebody else writes to this CRM by now.
    """
    outcomes = Outcomes(store.db, target.connection, target.target, lease)
    narrowed = customers is not None or limit is not None
    with store.db.read() as reader:
        seq = store.writes.newest_seq(reader)
        due = list(store.writes.due(reader, target.connection, target.target, target.scope))
    due = due if customers is None else [record for record in due if record.score.customer in customers]
    _read_unknown(store, destination, target, due, outcomes, now)
    draft = _draft(store, target, due, as_of=as_of, now=now)
    outcomes.drift(draft.drifted, now)
    outcomes.acknowledge(draft.adopted, now)
    lines = draft.lines if limit is None else _limited(draft.lines, limit)
    if narrowed:  # the watermark stays, so nobody is forgotten
        with store.db.read() as reader:
            seq = store.writes.watermark(reader, target.scope)
    plan = Plan(
        id=f"{target.connection}-{run}",
        run=run,
        connection=target.connection,
        target=target.target,
        as_of=as_of,
        created_at=now,
        state="pending",
        summary=_summary(draft, lines),
    )
    store.writes.save_plan(
        plan, lines, look=Look(scope=target.scope, seq=seq, settled=tuple(draft.settled)), lease=lease
    )
    return plan if lines else None


def _draft(store: Store, target: Target, due: Sequence[DueRecord], *, as_of: datetime, now: datetime) -> _Draft:
    draft = _Draft()
    with store.db.read() as reader:
        claimed = store.writes.claimed(reader, target.earlier)
        marks = store.writes.marks(reader, target.connection, target.target)
        refused = store.writes.refused(reader, target.connection, target.target, now - RETRY_REFUSED)
        for record, known in _with_known(store, reader, target, due):
            if record.id is None or record.score.customer in claimed:
                draft.unknown.append(record.score.customer)
                draft.settled.append(record.score.customer)
            elif record.claims > 1:
                draft.ambiguous.append(record.score.customer)
            else:
                _draft_record(draft, target, record, known, marks, refused, as_of)
    return draft


def _draft_record(
    draft: _Draft,
    target: Target,
    record: DueRecord,
    known: Mapping[str, KnownValue],
    marks: Mapping[tuple[str, str], str],
    refused: Mapping[tuple[str, str], Value],
    as_of: datetime,
) -> None:
    changes: list[tuple[str, str, Value, Value]] = []
    waiting = False
    for standard, wanted in fields.values(record.score).items():
        mapped = target.fields.get(standard)
        if mapped is None or (record.id or "", mapped.name) in marks:
            continue
        place, value = (record.id or "", mapped.name), known[mapped.name]
        if wanted == value.current:
            if value.drifted or not value.confirmed:  # it stands there already, whoever wrote it
                draft.adopted.append((*place, wanted))
            continue
        if value.drifted:
            draft.drifted.append((*place, value.acknowledged, value.observed))
        if (value.drifted and mapped.drift != "overwrite") or (wanted is None and mapped.keep_null):
            continue
        if place in refused and refused[place] == wanted:
            draft.waiting[mapped.name] += 1
            waiting = True
            continue
        changes.append((standard, mapped.name, value.current, wanted))
    lines = _lines(draft, record, _without_lonely_stamp(changes, as_of))
    draft.lines.extend(lines)
    if not lines and not waiting:
        draft.settled.append(record.score.customer)


def _without_lonely_stamp(
    changes: list[tuple[str, str, Value, Value]], as_of: datetime
) -> list[tuple[str, str, Value, Value]]:
    """`Data as of` is written only together with another field of that record, or once a day."""
    if [standard for standard, *_ in changes] != ["data_as_of"]:
        return changes
    old = changes[0][2]
    return changes if old is None or old[:10] < as_of.strftime("%Y-%m-%d") else []


def _lines(draft: _Draft, record: DueRecord, changes: Sequence[tuple[str, str, Value, Value]]) -> list[PlanLine]:
    score = record.score
    return [
        PlanLine(
            number=len(draft.lines) + offset,
            id=record.id or "",
            field=name,
            old=old,
            new=new,
            why=_reason(record),
            customer=score.customer,
            scorecard=f"{score.scorecard} {score.scorecard_hash}",
        )
        for offset, (_, name, old, new) in enumerate(changes, 1)
    ]


def _reason(record: DueRecord) -> str:
    score = record.score
    if score.micro is None:
        return score.reason or "not enough data"
    moved = f"{score.previous_band} → {score.band}: " if score.previous_band else ""
    return moved + why(score)


def _with_known(
    store: Store, reader: Reader, target: Target, due: Sequence[DueRecord]
) -> Iterator[tuple[DueRecord, Mapping[str, KnownValue]]]:
    """Each due record with what is known of its mapped fields."""
    ids = [record.id for record in due if record.id is not None]
    known = store.writes.known(reader, target.connection, target.target, ids)
    for record in due:
        found = known.get(record.id or "", {})
        yield record, {name: found.get(name, NOTHING_KNOWN) for name in target.names}


def _read_unknown(
    store: Store,
    destination: Destination,
    target: Target,
    due: Sequence[DueRecord],
    outcomes: Outcomes,
    now: datetime,
) -> None:
    """Read from the CRM the fields of due records that neither a pull nor a write has ever shown."""
    with store.db.read() as reader:
        pairs = list(_with_known(store, reader, target, due))
    ids = [
        record.id
        for record, known in pairs
        if record.id is not None and record.claims == 1 and any(not (v.seen or v.confirmed) for v in known.values())
    ]
    if not ids:
        return
    found = destination.read(target.target, ids, target.names)
    outcomes.acknowledge([(id, name, values.get(name)) for id, values in found.items() for name in target.names], now)


def _limited(lines: Sequence[PlanLine], limit: int) -> list[PlanLine]:
    """The lines of the first `limit` records."""
    kept = dict.fromkeys(line.id for line in lines)
    chosen = set(list(kept)[:limit])
    return [line for line in lines if line.id in chosen]


def _summary(draft: _Draft, lines: Sequence[PlanLine]) -> dict[str, object]:
    return {
        "records": len({line.id for line in lines}),
        "fields": len(lines),
        "by_field": dict(sorted(Counter(line.field for line in lines).items())),
        "not_in_this_crm": len(draft.unknown),
        "ambiguous": sorted(draft.ambiguous),
        "drifted": len(draft.drifted),
        "waiting_after_refusal": dict(sorted(draft.waiting.items())),
    }
