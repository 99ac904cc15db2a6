"""Reading back the writes whose outcome nobody knows, because a process or a connection broke in the middle of one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias

from ...connector import Destination
from ...model import Outcome, Value, WriteState
from ...store import Store
from ...store.database import Lease
from ...store.outcomes import Outcomes
from ...store.plans import PlanLine

Found: TypeAlias = Mapping[str, Mapping[str, Value]]


def read_back(
    store: Store,
    destination: Destination,
    connection: str,
    target: str,
    *,
    clock: Callable[[], datetime],
    lease: Lease,
    wait: Callable[[], None] = lambda: None,
) -> int:
    """Find out what became of writes whose outcome is not known; the number of fields that had been written.

    A field that holds the new value was written, and goes into the ledger under the run that sent it; one that holds the old value was
    not, and stays due; anything else is somebody else's, and is kept as the value found. A record that is gone is dropped.
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
    sent: dict[tuple[str, int], list[PlanLine]] = defaultdict(list)
    for intent in intents:
        sent[intent.plan, intent.run].append(intent.line)
    return sum(_settle(outcomes, plan, run, lines, found, clock()) for (plan, run), lines in sent.items())


def _settle(outcomes: Outcomes, plan: str, run: int, lines: Sequence[PlanLine], found: Found, now: datetime) -> int:
    done = [line for line in lines if _holds(found, line, line.new)]
    rest = [line for line in lines if not _holds(found, line, line.new)]
    ended = [(line, Outcome(id=line.id, state=WriteState.WRITTEN, message="read back")) for line in done]
    outcomes.settle(plan, run, ended, now)
    strange = [line for line in rest if line.id in found and not _holds(found, line, line.old)]
    outcomes.observe([(line.id, line.field, found[line.id].get(line.field)) for line in strange], now)
    outcomes.skip(plan, [(line.number, "not carried out; still due") for line in rest])
    return len(done)


def _holds(found: Found, line: PlanLine, value: Value) -> bool:
    return line.id in found and found[line.id].get(line.field) == value
