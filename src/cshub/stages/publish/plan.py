"""Making a plan: score × mapping − acknowledged value → writes, one line per field of a CRM record, some thousand customers at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...connector import Destination
from ...store import Reader, Store
from ...store.database import Lease
from ...store.outcomes import Outcomes
from ...store.plans import NOTHING_KNOWN, Draft, DueCustomer, DueRecord, KnownValue, Look, Plan
from .draft import Guards, Summary, draft_record
from .target import Target

#: A refused value is not sent again before this has passed, unless it changes.
RETRY_REFUSED = timedelta(days=1)
#: Customers whose fields are worked out together.
CHUNK = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Desk:
    """What every part of a plan is made with."""

    store: Store
    destination: Destination
    target: Target
    lease: Lease
    now: datetime
    summary: Summary = field(default_factory=Summary)


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
    """Plan what the CRM lacks; None when there is nothing to write. A plan that waits and says the same stays the plan.

    Fields never read before are read from the CRM first. `customers` and `limit` (records) narrow the plan; what is left out stays due.
    Raises VendorError when that reading fails, LeaseLost when somebody else writes to this CRM by now.
    """
    desk = _Desk(store=store, destination=destination, target=target, lease=lease, now=now)
    plan = Plan(
        id=f"{target.connection}-{run}",
        run=run,
        connection=target.connection,
        target=target.target,
        as_of=as_of,
        created_at=now,
        state="pending",
        summary={},
    )
    is_whole = customers is None and limit is None
    with store.db.read() as reader:
        before, seq = store.due_writes.watermark(reader, target.scope), store.due_writes.newest_seq(reader)
        due = store.due_writes.due(
            reader, target.connection, target.target, target.scope, churned=target.clears_churned
        )
        guards = _guards(store, reader, target, now)
        claimed = store.due_writes.claimed(reader, target.earlier)
    store.writes.begin_plan(lease=lease)
    chosen = due if customers is None else [one for one in due if one.customer in customers]
    for draft in _drafts(desk, chosen, guards, claimed, limit):
        store.writes.add_draft(plan, draft, now, lease=lease)
    reached = seq if is_whole else before  # else those left out would be forgotten
    look = Look(scope=target.scope, seq=reached, is_whole=is_whole)
    plan = replace(plan, summary=desk.summary.told())
    return store.writes.save_plan(plan, lines=desk.summary.lines, look=look, lease=lease)


def _drafts(
    desk: _Desk, due: Sequence[DueCustomer], guards: Guards, claimed: frozenset[str], limit: int | None
) -> Iterator[Draft]:
    """What the customers come to, part by part; it ends with the last of `limit` records that lack something."""
    for start in range(0, len(due), CHUNK):
        draft = Draft()
        here = [one for one in due[start : start + CHUNK] if _is_clear(desk, draft, one, claimed)]
        records, known = _known(desk, here)
        for record in records:
            if limit is not None and desk.summary.records >= limit:
                break
            fields = known.get(record.id, {})
            wanted = {name: fields.get(name, NOTHING_KNOWN) for name in desk.target.names}
            draft_record(draft, desk.summary, desk.target, record, wanted, guards)
        desk.summary.drifted += len(draft.drifted)
        yield draft
        if limit is not None and desk.summary.records >= limit:
            return


def _is_clear(desk: _Desk, draft: Draft, one: DueCustomer, claimed: frozenset[str]) -> bool:
    """Whether there is one record to write to; customers of another CRM are settled, those of two records are a person's."""
    if one.id is None or one.customer in claimed:
        desk.summary.unknown += 1
        draft.settled.append(one.customer)
        return False
    if one.claims > 1:
        desk.summary.ambiguous.append(one.customer)
        return False
    return True


def _known(
    desk: _Desk, due: Sequence[DueCustomer]
) -> tuple[Iterator[DueRecord], Mapping[str, Mapping[str, KnownValue]]]:
    """The records with their scores, and what is known of their fields; what neither a pull nor a write has shown yet is read."""
    store, target = desk.store, desk.target
    ids = [one.id for one in due if one.id is not None]
    with store.db.read() as reader:
        records = store.due_writes.records(reader, due)
        known = store.due_writes.known(reader, target.connection, target.target, ids)
    unseen = [id for id in ids if any(not _is_seen(known.get(id, {}).get(name)) for name in target.names)]
    if not unseen:
        return records, known
    found = desk.destination.read(target.target, unseen, target.names)
    outcomes = Outcomes(store.db, target.connection, target.target, desk.lease)
    values = [(id, name, fields.get(name)) for id, fields in found.items() for name in target.names]
    outcomes.acknowledge([one for one in values if not _is_seen(known.get(one[0], {}).get(one[1]))], desk.now)
    with store.db.read() as reader:
        return records, store.due_writes.known(reader, target.connection, target.target, ids)


def _is_seen(value: KnownValue | None) -> bool:
    return value is not None and (value.seen or value.confirmed)


def _guards(store: Store, reader: Reader, target: Target, now: datetime) -> Guards:
    place = (target.connection, target.target)
    return Guards(
        marked=frozenset(store.due_writes.marks(reader, *place)),
        refused=store.due_writes.refused(reader, *place, now - RETRY_REFUSED),
    )
