"""Writing to a CRM step by step: an intent before each call, an outcome after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ..model import Outcome, Value, WriteState
from .database import Cell, Database, Lease
from .plan_rows import acknowledged, to_intent
from .plans import Intent, PlanLine
from .statements import statements
from .values import to_ms

SQL = statements("writes")
_LINE_STATES = {
    WriteState.WRITTEN: "written",
    WriteState.REJECTED: "rejected",
    WriteState.GONE: "skipped",
    WriteState.FAILED: "skipped",
    WriteState.UNKNOWN: "skipped",
}


class Outcomes:
    """Intents before a call and outcomes after it, for one plan's CRM."""

    def __init__(self, db: Database, connection: str, target: str, lease: Lease) -> None:
        self._db = db
        self._connection = connection
        self._target = target
        self._lease = lease

    def intend(self, plan: str, run: int, lines: Sequence[PlanLine], now: datetime) -> None:
        """Record what is about to be sent. Raises LeaseLost when somebody else writes to this CRM by now."""
        records = [
            (
                *(plan, line.number, run, *self._place(line)),
                *(line.old, line.new, line.why, line.customer, line.scorecard, to_ms(now)),
            )
            for line in lines
        ]
        with self._db.transaction(self._lease) as tx:
            tx.many(SQL["add_intent"], records)

    def open(self) -> list[Intent]:
        """Intents without an outcome, oldest first."""
        with self._db.read() as reader:
            rows = reader.all(SQL["open_intents"], {"connection": self._connection, "target": self._target})
        return [to_intent(row) for row in rows]

    def settle(self, plan: str, run: int, ended: Sequence[tuple[PlanLine, Outcome]], now: datetime) -> None:
        """Write the outcomes of sent lines: ledger, acknowledged values, states of the plan; their intents close."""
        if not ended:
            return
        written = [(line, found) for line, found in ended if found.state is WriteState.WRITTEN]
        rejected = [(line, found) for line, found in ended if found.state is WriteState.REJECTED]
        # A record that is gone is left alone like a refused one, until a pull has told what became of it.
        refused = rejected + [(line, found) for line, found in ended if found.state is WriteState.GONE]
        at = to_ms(now)
        with self._db.transaction(self._lease) as tx:
            tx.many(SQL["acknowledge"], [self._confirmed(line, found, at) for line, found in written])
            tx.many(SQL["accepted"], [self._place(line) for line, _ in written])
            tx.many(SQL["close_drift"], [self._place(line) for line, _ in written])
            tx.many(SQL["refuse"], [(*self._place(line), line.new, at, o.code, o.message) for line, o in refused])
            tx.many(SQL["add_ledger"], [self._ledger(plan, run, line, o, at) for line, o in written + rejected])
            tx.many(
                SQL["set_plan_write"],
                [(_LINE_STATES[found.state], found.message, plan, line.number) for line, found in ended],
            )
            tx.many(
                SQL["drop_intent"],
                [(plan, line.number) for line, found in ended if found.state is not WriteState.UNKNOWN],
            )

    def skip(self, plan: str, lines: Sequence[tuple[int, str]]) -> None:
        """Lines by number that are not sent, each with the reason for people; their intents close."""
        if not lines:
            return
        with self._db.transaction(self._lease) as tx:
            tx.many(SQL["set_plan_write"], [("skipped", reason, plan, number) for number, reason in lines])
            tx.many(SQL["drop_intent"], [(plan, number) for number, _ in lines])

    def observe(self, found: Sequence[tuple[str, str, Value]], now: datetime) -> None:
        """Somebody else's values were found while reading back: (record, field, value)."""
        if not found:
            return
        at = to_ms(now)
        with self._db.transaction(self._lease) as tx:
            tx.many(
                SQL["observe"],
                [(value, at, at, self._connection, self._target, id, field) for id, field, value in found],
            )

    def acknowledge(self, values: Sequence[tuple[str, str, Value]], now: datetime) -> None:
        """Values just read from the CRM itself: (record, field, value)."""
        if not values:
            return
        place, at = (self._connection, self._target), to_ms(now)
        with self._db.transaction(self._lease) as tx:
            tx.many(
                SQL["acknowledge"],
                [acknowledged(*place, id, field, value, at=at, stamp=None) for id, field, value in values],
            )
            tx.many(SQL["close_drift"], [(*place, id, field) for id, field, _ in values])

    def _place(self, line: PlanLine) -> tuple[str, str, str, str]:
        return (self._connection, self._target, line.id, line.field)

    def _confirmed(self, line: PlanLine, outcome: Outcome, at: int) -> tuple[Cell, ...]:
        stamp = to_ms(outcome.changed_at) if outcome.changed_at else None
        return acknowledged(*self._place(line), line.new, at=at, stamp=stamp)

    def _ledger(self, plan: str, run: int, line: PlanLine, outcome: Outcome, at: int) -> tuple[Cell, ...]:
        return (
            *(at, run, plan, self._connection, self._connection, self._target, line.id, line.field),
            *(line.old, line.new, line.why, line.customer, line.scorecard),
            *(outcome.request_id, str(outcome.state), outcome.code, outcome.message),
        )
