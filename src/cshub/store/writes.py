"""Writing to a CRM, as the store sees it: due customers, known values, plans, intents, outcomes and the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import cast

import orjson

from ..model import Outcome, Value, WriteState
from . import score_rows
from .database import Cell, Database, Lease, Reader, Record
from .plans import DueRecord, Intent, KnownValue, LedgerLine, Look, Plan, PlanLine
from .statements import statements
from .values import from_ms, to_ms

SQL = statements("writes")


class Writes:
    """Plans and their outcomes. Everything that changes does so under a lease, in one transaction with its consequences."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # What a plan is made from

    def due(self, reader: Reader, connection: str, target: str, scope: str) -> Iterator[DueRecord]:
        """Active customers to look at since the watermark of `scope`, ordered by record id."""
        seq = self.watermark(reader, scope)
        for record in reader.each(SQL["due_records"], {"connection": connection, "target": target, "seq": seq}):
            yield DueRecord(
                id=cast("str | None", record[0]),
                claims=int(cast("int | None", record[1]) or 0),
                name=cast("str | None", record[2]) or "",
                score=score_rows.decode(record[3:]),
            )

    def has_due(self, connection: str, target: str, scope: str) -> bool:
        """Whether anybody is to be looked at."""
        with self._db.read() as reader:
            return next(self.due(reader, connection, target, scope), None) is not None

    def watermark(self, reader: Reader, scope: str) -> int:
        """The sequence up to which `scope` has been planned; 0 when it never was."""
        found = reader.one(SQL["watermark"], {"stage": "publish", "scope": scope})
        return int(cast(int, found[0])) if found else 0

    def newest_seq(self, reader: Reader) -> int:
        """The sequence of the newest change of anything."""
        found = reader.one(SQL["newest_seq"])
        return int(cast(int, found[0])) if found else 0

    def claimed(self, reader: Reader, connections: Sequence[str]) -> frozenset[str]:
        """Customers known to one of these connections."""
        rows = reader.all(SQL["claimed_earlier"], {"connections": json.dumps(list(connections))}) if connections else []
        return frozenset(cast(str, row[0]) for row in rows)

    def known(
        self, reader: Reader, connection: str, target: str, ids: Sequence[str]
    ) -> dict[str, dict[str, KnownValue]]:
        """What is known of the fields of these records, by record and field."""
        found: dict[str, dict[str, KnownValue]] = {}
        parameters = {"connection": connection, "target": target, "ids": json.dumps(list(ids))}
        for row in reader.each(SQL["known_values"], parameters):
            found.setdefault(cast(str, row[0]), {})[cast(str, row[1])] = _known(row)
        return found

    def values(self, connection: str, target: str, id: str) -> dict[str, KnownValue]:
        """What is known of the fields of one record."""
        with self._db.read() as reader:
            rows = reader.all(SQL["values_of_record"], {"connection": connection, "target": target, "id": id})
        return {cast(str, row[1]): _known(row) for row in rows}

    def marks(self, reader: Reader, connection: str, target: str) -> dict[tuple[str, str], str]:
        """Fields a person asked to leave alone, with the reason, by (record, field)."""
        rows = reader.all(SQL["do_not_write"], {"connection": connection, "target": target})
        return {(cast(str, row[0]), cast(str, row[1])): cast(str, row[2]) for row in rows}

    def refused(self, reader: Reader, connection: str, target: str, since: datetime) -> dict[tuple[str, str], Value]:
        """Values the CRM refused after `since`, by (record, field)."""
        rows = reader.all(SQL["refused_values"], {"connection": connection, "target": target, "since": to_ms(since)})
        return {(cast(str, row[0]), cast(str, row[1])): cast(Value, row[2]) for row in rows}

    # Plans

    def save_plan(self, plan: Plan, lines: Sequence[PlanLine], *, look: Look, lease: Lease) -> None:
        """Keep a plan, when it has lines, and what was looked at for it; earlier plans of this CRM are superseded.

        Customers with lines stay due until every line is written; those with nothing to write are due no longer.
        """
        with self._db.transaction(lease) as tx:
            if lines:
                tx.run(SQL["supersede_plans"], {"connection": plan.connection})
                tx.run(SQL["add_plan"], _plan_record(plan))
                tx.many(SQL["add_plan_write"], [_line_record(plan.id, line) for line in lines])
                tx.many(SQL["add_due"], sorted({(plan.connection, line.customer) for line in lines}))
            tx.many(SQL["not_due"], [(plan.connection, customer) for customer in look.settled])
            tx.run(SQL["set_watermark"], {"stage": "publish", "scope": look.scope, "seq": look.seq})
            tx.run(SQL["forget_watermarks"], {"connection": f"{plan.connection}:", "scope": look.scope})

    def plan(self, id: str) -> Plan | None:
        """A plan by its id."""
        with self._db.read() as reader:
            found = reader.one(SQL["plan"], {"id": id})
        return _plan(found) if found else None

    def newest_plan(self, connection: str) -> Plan | None:
        """The newest plan of a CRM that is not applied yet."""
        with self._db.read() as reader:
            found = reader.one(SQL["newest_plan"], {"connection": connection})
        return _plan(found) if found else None

    def plans(self, limit: int = 20) -> list[Plan]:
        """Plans, newest first."""
        with self._db.read() as reader:
            return [_plan(row) for row in reader.all(SQL["plans"], {"limit": limit})]

    def lines(self, plan: str) -> list[PlanLine]:
        """The lines of a plan in order."""
        with self._db.read() as reader:
            return [_line(row) for row in reader.all(SQL["plan_writes"], {"plan": plan})]

    def counts(self, plan: str) -> dict[str, int]:
        """How many lines of a plan ended how."""
        with self._db.read() as reader:
            rows = reader.all(SQL["count_plan"], {"plan": plan})
        return {cast(str, state): int(cast(int, count)) for state, count in rows}

    def stale_lines(self, plan: str) -> dict[int, Value]:
        """Numbers of planned lines whose old value is no longer in the CRM, as far as cshub knows, with the value that is."""
        with self._db.read() as reader:
            return {
                cast(int, number): cast(Value, present)
                for number, present in reader.all(SQL["stale_lines"], {"plan": plan})
            }

    def set_state(self, plan: str, state: str, *, lease: Lease) -> None:
        """Move a plan to `applying` or `applied`."""
        with self._db.transaction(lease) as tx:
            tx.run(SQL["set_plan_state"], {"id": plan, "state": state})

    def finish(self, plan: Plan, *, lease: Lease) -> None:
        """A plan has been carried out: customers of whom every line was written are no longer due."""
        with self._db.transaction(lease) as tx:
            tx.run(SQL["settle_due"], {"connection": plan.connection, "plan": plan.id})
            tx.run(SQL["set_plan_state"], {"id": plan.id, "state": "applied"})

    # Reading for people

    def drifts(self) -> list[Record]:
        """Open drift: (connection, target, record, field, expected, found, found_at in ms)."""
        with self._db.read() as reader:
            return reader.all(SQL["drifts"])

    def ledger(self, run: int | None = None) -> list[LedgerLine]:
        """The ledger, oldest first, of one run or of all."""
        with self._db.read() as reader:
            return [_ledger_line(row) for row in reader.all(SQL["ledger"], {"run": run})]

    # The vendor account

    def pin_org(self, connection: str, org: str, account: str, now: datetime, *, lease: Lease) -> None:
        """Remember the vendor account this connection was first used with; later calls change nothing."""
        with self._db.transaction(lease) as tx:
            tx.run(SQL["pin_org"], {"connection": connection, "org": org, "account": account, "at": to_ms(now)})

    def pinned_org(self, connection: str) -> str | None:
        """The vendor account this connection was first used with."""
        with self._db.read() as reader:
            found = reader.one(SQL["pinned_org"], {"connection": connection})
        return cast(str, found[0]) if found else None


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
        return [_intent(row) for row in rows]

    def settle(self, plan: str, run: int, ended: Sequence[tuple[PlanLine, Outcome]], now: datetime) -> None:
        """Write the outcomes of sent lines: ledger, acknowledged values, states of the plan; their intents close."""
        written = [(line, found) for line, found in ended if found.state is WriteState.WRITTEN]
        refused = [(line, found) for line, found in ended if found.state is WriteState.REJECTED]
        at = to_ms(now)
        with self._db.transaction(self._lease) as tx:
            tx.many(SQL["acknowledge"], [self._confirmed(line, found, at) for line, found in written])
            tx.many(SQL["accepted"], [self._place(line) for line, _ in written])
            tx.many(SQL["close_drift"], [self._place(line) for line, _ in written])
            tx.many(SQL["refuse"], [(*self._place(line), line.new, at, o.code, o.message) for line, o in refused])
            tx.many(SQL["add_ledger"], [self._ledger(plan, run, line, o, at) for line, o in written + refused])
            tx.many(
                SQL["set_plan_write"],
                [(_LINE_STATES[found.state], found.message, plan, line.number) for line, found in ended],
            )
            tx.many(
                SQL["drop_intent"],
                [(plan, line.number) for line, found in ended if found.state is not WriteState.UNKNOWN],
            )

    def skip(self, plan: str, lines: Sequence[tuple[PlanLine, str]]) -> None:
        """Lines that are not sent, each with the reason for people."""
        with self._db.transaction(self._lease) as tx:
            tx.many(SQL["set_plan_write"], [("skipped", reason, plan, line.number) for line, reason in lines])
            tx.many(SQL["drop_intent"], [(plan, line.number) for line, _ in lines])

    def observe(self, id: str, field: str, value: Value, now: datetime) -> None:
        """Somebody else's value was found while reading a record back."""
        with self._db.transaction(self._lease) as tx:
            tx.many(SQL["observe"], [(value, to_ms(now), to_ms(now), self._connection, self._target, id, field)])

    def acknowledge(self, values: Sequence[tuple[str, str, Value]], now: datetime) -> None:
        """Values just read from the CRM itself: (record, field, value)."""
        if not values:
            return
        with self._db.transaction(self._lease) as tx:
            tx.many(SQL["acknowledge"], [self._acknowledged(*value, to_ms(now), None) for value in values])
            tx.many(SQL["close_drift"], [(self._connection, self._target, id, field) for id, field, _ in values])

    def drift(self, found: Sequence[tuple[str, str, Value, Value]], now: datetime) -> None:
        """Open drift entries: (record, field, expected, found)."""
        if not found:
            return
        with self._db.transaction(self._lease) as tx:
            tx.many(SQL["open_drift"], [(self._connection, self._target, *entry, to_ms(now)) for entry in found])

    def _place(self, line: PlanLine) -> tuple[Cell, ...]:
        return (self._connection, self._target, line.id, line.field)

    def _confirmed(self, line: PlanLine, outcome: Outcome, at: int) -> tuple[Cell, ...]:
        stamp = to_ms(outcome.changed_at) if outcome.changed_at else None
        return self._acknowledged(line.id, line.field, line.new, at, stamp)

    def _acknowledged(self, id: str, field: str, value: Value, at: int, stamp: int | None) -> tuple[Cell, ...]:
        return (self._connection, self._target, id, field, value, at, stamp, value, at, stamp)

    def _ledger(self, plan: str, run: int, line: PlanLine, outcome: Outcome, at: int) -> tuple[Cell, ...]:
        return (
            *(at, run, plan, self._connection, self._connection, self._target, line.id, line.field),
            *(line.old, line.new, line.why, line.customer, line.scorecard),
            *(outcome.request_id, str(outcome.state), outcome.code, outcome.message),
        )


_LINE_STATES = {
    WriteState.WRITTEN: "written",
    WriteState.REJECTED: "rejected",
    WriteState.GONE: "skipped",
    WriteState.FAILED: "skipped",
    WriteState.UNKNOWN: "skipped",
}


def _known(row: Record) -> KnownValue:
    """`row` is id, field, acknowledged, its time and vendor stamp, observed, its time and vendor stamp."""
    return KnownValue(
        acknowledged=cast(Value, row[2]),
        confirmed=row[3] is not None,
        observed=cast(Value, row[5]),
        seen=row[6] is not None,
    )


def _plan_record(plan: Plan) -> dict[str, Cell]:
    return {
        "id": plan.id,
        "run": plan.run,
        "connection": plan.connection,
        "target": plan.target,
        "as_of": to_ms(plan.as_of),
        "created_at": to_ms(plan.created_at),
        "summary": orjson.dumps(plan.summary).decode(),
    }


def _plan(row: Record) -> Plan:
    id, run, connection, target, as_of, created_at, state, summary = row
    return Plan(
        id=cast(str, id),
        run=cast(int, run),
        connection=cast(str, connection),
        target=cast(str, target),
        as_of=from_ms(cast(int, as_of)),
        created_at=from_ms(cast(int, created_at)),
        state=cast(str, state),
        summary=orjson.loads(cast(str, summary)),
    )


def _line_record(plan: str, line: PlanLine) -> tuple[Cell, ...]:
    return (plan, line.number, line.id, line.field, line.old, line.new, line.why, line.customer, line.scorecard)


def _line(row: Record) -> PlanLine:
    names = ("number", "id", "field", "old", "new", "why", "customer", "scorecard", "state", "message")
    return PlanLine(**dict(zip(names, row, strict=True)))  # type: ignore[arg-type]  # the columns of plan_write are its fields


def _intent(row: Record) -> Intent:
    number, plan, plan_number, run, *line, intended_at = row
    return Intent(
        number=cast(int, number),
        plan=cast(str, plan),
        line=_line((plan_number, *line, "planned", None)),
        run=cast(int, run),
        intended_at=from_ms(cast(int, intended_at)),
    )


def _ledger_line(row: Record) -> LedgerLine:
    names = LedgerLine.__dataclass_fields__
    values = dict(zip(names, row, strict=True))
    return LedgerLine(**{**values, "at": from_ms(cast(int, values["at"]))})  # type: ignore[arg-type]  # the columns of write_ledger are its fields
