"""Carrying out a plan: intent → call → outcome, record by record, and reading back what a crash left open."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...connector import Destination
from ...errors import Interrupted, PluginError
from ...model import Outcome, RecordWrite, Value, WriteBatch, WriteState
from ...store import Store
from ...store.database import Lease
from ...store.plans import Intent, Plan, PlanLine
from ...store.writes import Outcomes

#: Records whose intents are recorded together, ahead of their calls.
CHUNK = 1000
#: Outcomes that are settled together.
SETTLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """How the lines of a plan ended: planned = written + rejected + skipped."""

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

    A record whose value changed since the plan was made is skipped, with the reason. `limit` ends after so many records.
    Raises VendorError when the CRM is out of reach (what was sent is settled or read back by the next run), LeaseLost, Interrupted.
    """
    job = _Job(
        outcomes=Outcomes(store.db, plan.connection, plan.target, lease),
        destination=destination,
        plan=plan,
        run=run,
        clock=clock,
    )
    store.writes.set_state(plan.id, "applying", lease=lease)
    waiting = _still_true(store, job)
    for lines in _chunks(waiting if limit is None else _first_records(waiting, limit)):
        if stopping():
            raise Interrupted("stopped between two writes; the next run goes on", where=plan.connection)
        _apply_chunk(job, lines)
    if limit is None:
        store.writes.finish(plan, lease=lease)
    return _applied(store.writes.counts(plan.id))


def read_back(
    store: Store,
    destination: Destination,
    connection: str,
    target: str,
    *,
    run: int,
    clock: Callable[[], datetime],
    lease: Lease,
    wait: Callable[[], None] = lambda: None,
) -> int:
    """Find out what became of writes whose outcome is not known; the number of fields that had been written.

    A field that holds the new value was written and goes into the ledger; one that holds the old value was not, and stays due;
    anything else is somebody else's, and is kept as the value found. A record that is gone is dropped.
    When there is something to read back, `wait` is called first.
    """
    outcomes = Outcomes(store.db, connection, target, lease)
    intents = outcomes.open()
    if not intents:
        return 0
    wait()
    found = destination.read(
        target, sorted({intent.line.id for intent in intents}), sorted({intent.line.field for intent in intents})
    )
    written = 0
    by_plan: dict[str, list[Intent]] = defaultdict(list)
    for intent in intents:
        by_plan[intent.plan].append(intent)
    for plan, opened in by_plan.items():
        written += _settle_found(outcomes, plan, run, opened, found, clock())
    return written


def _settle_found(
    outcomes: Outcomes,
    plan: str,
    run: int,
    intents: Sequence[Intent],
    found: Mapping[str, Mapping[str, Value]],
    now: datetime,
) -> int:
    done = [intent.line for intent in intents if _holds(found, intent.line, intent.line.new)]
    outcome = {line.id: Outcome(id=line.id, state=WriteState.WRITTEN, message="read back") for line in done}
    outcomes.settle(plan, run, [(line, outcome[line.id]) for line in done], now)
    rest = [intent.line for intent in intents if intent.line not in done]
    for line in rest:
        if line.id in found and not _holds(found, line, line.old):
            outcomes.observe(line.id, line.field, found[line.id].get(line.field), now)
    outcomes.skip(plan, [(line, "not carried out; still due") for line in rest])
    return len(done)


def _holds(found: Mapping[str, Mapping[str, Value]], line: PlanLine, value: Value) -> bool:
    return line.id in found and found[line.id].get(line.field) == value


def _still_true(store: Store, job: _Job) -> list[PlanLine]:
    """The lines still to be sent; those whose old value is no longer the one in the CRM are skipped, with the reason."""
    stale = store.writes.stale_lines(job.plan.id)
    waiting = [line for line in store.writes.lines(job.plan.id) if line.state == "planned"]
    reason = "changed since the plan was made: {!r} instead of {!r}"
    skipped = [(line, reason.format(stale[line.number], line.old)) for line in waiting if line.number in stale]
    job.outcomes.skip(job.plan.id, skipped)
    return [line for line in waiting if line.number not in stale]


def _apply_chunk(job: _Job, lines: Sequence[PlanLine]) -> None:
    plan = job.plan
    job.outcomes.intend(plan.id, job.run, lines, job.clock())
    by_record: dict[str, list[PlanLine]] = defaultdict(list)
    for line in lines:
        by_record[line.id].append(line)
    records = tuple(
        RecordWrite(id=id, values={line.field: line.new for line in found}) for id, found in by_record.items()
    )
    ended: list[tuple[PlanLine, Outcome]] = []
    for outcome in job.destination.write(WriteBatch(target=plan.target, records=records)):
        if outcome.id not in by_record:
            raise PluginError(
                f"an outcome for {outcome.id!r}, which is not among the records still to be written",
                where=plan.connection,
            )
        ended.extend((line, outcome) for line in by_record.pop(outcome.id))
        if len(ended) >= SETTLE:
            job.outcomes.settle(plan.id, job.run, ended, job.clock())
            ended = []
    job.outcomes.settle(plan.id, job.run, ended, job.clock())
    if by_record:
        raise PluginError(f"no outcome for {len(by_record)} records", where=plan.connection)


def _chunks(lines: Sequence[PlanLine]) -> Iterator[list[PlanLine]]:
    """Lines of at most `CHUNK` records at a time; the lines of one record stay together."""
    by_record: dict[str, list[PlanLine]] = defaultdict(list)
    for line in lines:
        by_record[line.id].append(line)
    ids = list(by_record)
    for start in range(0, len(ids), CHUNK):
        yield [line for id in ids[start : start + CHUNK] for line in by_record[id]]


def _first_records(lines: Sequence[PlanLine], limit: int) -> list[PlanLine]:
    chosen = set(list(dict.fromkeys(line.id for line in lines))[:limit])
    return [line for line in lines if line.id in chosen]


def _applied(counts: Mapping[str, int]) -> Applied:
    return Applied(
        planned=sum(counts.values()),
        written=counts.get("written", 0),
        rejected=counts.get("rejected", 0),
        skipped=counts.get("skipped", 0),
    )
