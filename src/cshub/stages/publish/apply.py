"""Carrying out a plan: intent → call → outcome, record by record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...connector import Destination
from ...errors import Interrupted, PluginError
from ...model import Outcome, RecordWrite, WriteBatch
from ...store import Store
from ...store.database import Lease
from ...store.outcomes import Outcomes
from ...store.plans import Plan, PlanLine

#: Lines whose intents are recorded together, ahead of their calls; a record's lines stay together.
CHUNK = 8000
#: Records whose outcomes are settled together.
SETTLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What became of the lines an application took on: planned = written + rejected + skipped."""

    planned: int
    written: int
    rejected: int
    skipped: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """One application of a plan: what it needs at every step."""

    outcomes: Outcomes
    destination: Destination
    plan: Plan
    run: int
    clock: Callable[[], datetime]
    stopping: Callable[[], bool]


def apply_plan(
    store: Store,
    destination: Destination,
    plan: Plan,
    *,
    run: int,
    clock: Callable[[], datetime],
    lease: Lease,
    stopping: Callable[[], bool] = lambda: False,
    limit: int | None = None,
) -> Applied:
    """Write exactly what `plan` says; a second call writes nothing.

    A line whose value changed since the plan was made, whose record is another customer's by now, or which a person asked to leave
    alone is skipped, with the reason. `limit` ends after so many records. Raises VendorError when the CRM is out of reach (what was sent
    is settled or read back by the next run), LeaseLost, Interrupted.
    """
    job = _Job(
        outcomes=Outcomes(store.db, plan.connection, plan.target, lease),
        destination=destination,
        plan=plan,
        run=run,
        clock=clock,
        stopping=stopping,
    )
    before = store.writes.counts(plan.id)
    store.writes.set_state(plan.id, "applying", lease=lease)
    job.outcomes.skip(plan.id, sorted(store.writes.untrue(plan.id).items()))
    for lines in _chunks(store, plan, limit):
        _check_stopping(job)
        _apply_chunk(job, lines)
    if limit is None:
        store.writes.finish(plan, lease=lease)
    return applied_since(store, plan, before)


def applied_since(store: Store, plan: Plan, before: Mapping[str, int]) -> Applied:
    """What became of a plan's lines since its counts were `before`. Lines under way when an application broke off count as skipped."""
    now = store.writes.counts(plan.id)
    written, rejected, skipped = (now.get(s, 0) - before.get(s, 0) for s in ("written", "rejected", "skipped"))
    skipped += store.writes.under_way(plan.id)
    return Applied(planned=written + rejected + skipped, written=written, rejected=rejected, skipped=skipped)


def _chunks(store: Store, plan: Plan, limit: int | None) -> Iterator[list[PlanLine]]:
    """The lines to be sent, some thousand at a time; the lines of one record stay together."""
    after, left = 0, limit
    while lines := store.writes.next_lines(plan.id, after, CHUNK):
        if len(lines) == CHUNK and lines[0].id != lines[-1].id:
            lines = [line for line in lines if line.id != lines[-1].id]
        after = lines[-1].number
        if left is not None:
            lines, left = _first_records(lines, left)
        if lines:
            yield lines
        if left == 0:
            return


def _first_records(lines: Sequence[PlanLine], limit: int) -> tuple[list[PlanLine], int]:
    """The lines of the first `limit` records, and how many more records there may be."""
    chosen = list(dict.fromkeys(line.id for line in lines))[:limit]
    return [line for line in lines if line.id in set(chosen)], limit - len(chosen)


def _check_stopping(job: _Job) -> None:
    if job.stopping():
        raise Interrupted("stopped between two writes; the next run goes on", where=job.plan.connection)


def _apply_chunk(job: _Job, lines: Sequence[PlanLine]) -> None:
    plan = job.plan
    job.outcomes.intend(plan.id, job.run, lines, job.clock())
    by_record: dict[str, list[PlanLine]] = defaultdict(list)
    for line in lines:
        by_record[line.id].append(line)
    records = tuple(
        RecordWrite(id=id, values={line.field: line.new for line in found}) for id, found in by_record.items()
    )
    ended: list[Outcome] = []

    def settle() -> None:
        told, ended[:] = list(ended), []
        job.outcomes.settle(plan.id, job.run, [(line, one) for one in told for line in sent.pop(one.id)], job.clock())

    sent = dict(by_record)
    try:
        for outcome in job.destination.write(WriteBatch(target=plan.target, records=records)):
            if by_record.pop(outcome.id, None) is None:
                reason = f"an outcome for {outcome.id!r}, which is not among the records still to be written"
                raise PluginError(reason, where=plan.connection)
            ended.append(outcome)
            if len(ended) >= SETTLE:
                settle()
                _check_stopping(job)
    finally:
        settle()  # whatever broke off, what has been answered is known
    if by_record:
        raise PluginError(f"no outcome for {len(by_record)} records", where=plan.connection)
