"""Plans, the ledger and what is known of a CRM's fields. What a plan is made from is `due_writes`', carrying it out `outcomes`'."""

from __future__ import annotations

from datetime import datetime
from typing import cast

from .database import Cell, Database, Lease, Record, Transaction
from .plan_rows import acknowledged, line_record, plan_record, to_known, to_ledger_line, to_line, to_plan
from .plans import Draft, KnownValue, LedgerLine, Look, Plan, PlanLine
from .statements import statements
from .values import to_ms

SQL = statements("writes")


class Writes:
    """Plans and their outcomes. Everything that changes does so under a lease, in one transaction with its consequences."""

    def __init__(self, db: Database) -> None:
        self._db = db

    # Plans

    def add_draft(self, plan: Plan, draft: Draft, now: datetime, *, lease: Lease) -> None:
        """Keep what some records come to, as a part of a plan that is not there yet.

        Customers with lines are due until every line is written; those with nothing to write are due no longer.
        """
        place = (plan.connection, plan.target)
        at = to_ms(now)
        with self._db.transaction(lease) as tx:
            tx.many(SQL["add_plan_write"], [line_record(plan.id, line) for line in draft.lines])
            tx.many(SQL["add_due"], sorted({(plan.connection, line.customer) for line in draft.lines}))
            tx.many(SQL["not_due"], [(plan.connection, customer) for customer in draft.settled])
            tx.many(SQL["open_drift"], [(*place, *entry, at) for entry in draft.drifted])
            tx.many(
                SQL["acknowledge"],
                [acknowledged(*place, id, field, value, at=at, stamp=None) for id, field, value in draft.adopted],
            )
            tx.many(SQL["close_drift"], [(*place, id, field) for id, field, _ in draft.adopted])

    def begin_plan(self, *, lease: Lease) -> None:
        """Forget the lines of plans that were never finished."""
        with self._db.transaction(lease) as tx:
            tx.run(SQL["drop_lost_lines"])

    def save_plan(self, plan: Plan, *, lines: int, look: Look, lease: Lease) -> Plan | None:
        """Finish a plan of so many lines, and remember what was looked at for it; None when there is nothing to write.

        Earlier plans of this CRM are superseded. Where one that nobody has begun to apply says the same, that one stands.
        """
        place: dict[str, Cell] = {"connection": plan.connection, "target": plan.target}
        with self._db.transaction(lease) as tx:
            standing = _standing(tx, plan, lines) if lines else None
            if standing is not None:
                tx.run(SQL["drop_lines"], {"plan": plan.id})
                tx.run(SQL["confirm_plan"], {"plan": standing.id, "run": plan.run, "as_of": to_ms(plan.as_of)})
            elif lines or look.is_whole:
                tx.run(SQL["supersede_plans"], {"connection": plan.connection})
            if lines and standing is None:
                tx.run(SQL["add_plan"], plan_record(plan))
            tx.run(SQL["close_reverted"], place)
            tx.run(SQL["set_watermark"], {"stage": "publish", "scope": look.scope, "seq": look.seq})
            tx.run(SQL["forget_watermarks"], {"connection": f"{plan.connection}:", "scope": look.scope})
        return (standing or plan) if lines else None

    def plan(self, id: str) -> Plan | None:
        """A plan by its id."""
        with self._db.read() as reader:
            found = reader.one(SQL["plan"], {"id": id})
        return to_plan(found) if found else None

    def newest_plan(self, connection: str) -> Plan | None:
        """The newest plan of a CRM that is not applied yet."""
        with self._db.read() as reader:
            found = reader.one(SQL["newest_plan"], {"connection": connection})
        return to_plan(found) if found else None

    def plans(self, limit: int = 20) -> list[Plan]:
        """Plans, newest first."""
        with self._db.read() as reader:
            return [to_plan(row) for row in reader.all(SQL["plans"], {"limit": limit})]

    def lines(self, plan: str) -> list[PlanLine]:
        """The lines of a plan in order."""
        with self._db.read() as reader:
            return [to_line(row) for row in reader.all(SQL["plan_writes"], {"plan": plan})]

    def counts(self, plan: str) -> dict[str, int]:
        """How many lines of a plan ended how."""
        with self._db.read() as reader:
            rows = reader.all(SQL["count_plan"], {"plan": plan})
        return {cast(str, state): int(cast(int, count)) for state, count in rows}

    def next_lines(self, plan: str, after: int, limit: int) -> list[PlanLine]:
        """The next lines of a plan that are to be sent, by number."""
        with self._db.read() as reader:
            rows = reader.all(SQL["planned_lines"], {"plan": plan, "after": after, "limit": limit})
        return [to_line(row) for row in rows]

    def untrue(self, plan: str) -> dict[int, str]:
        """Numbers of planned lines that must not be sent any more, as far as cshub knows, each with the reason."""
        with self._db.read() as reader:
            stale = {
                cast(int, number): f"changed since the plan was made: {present!r} instead of {old!r}"
                for number, present, old in reader.all(SQL["stale_lines"], {"plan": plan})
            }
            barred = reader.all(SQL["barred_lines"], {"plan": plan})
        return stale | {cast(int, number): cast(str, reason) for number, reason in barred}

    def set_state(self, plan: str, state: str, *, lease: Lease) -> None:
        """Move a plan to `applying` or `applied`."""
        with self._db.transaction(lease) as tx:
            tx.run(SQL["set_plan_state"], {"id": plan, "state": state})

    def finish(self, plan: Plan, *, lease: Lease) -> None:
        """A plan has been carried out: customers of whom every line was written are no longer due."""
        with self._db.transaction(lease) as tx:
            tx.run(SQL["settle_due"], {"connection": plan.connection, "plan": plan.id})
            tx.run(SQL["set_plan_state"], {"id": plan.id, "state": "applied"})

    def under_way(self, plan: str) -> int:
        """How many lines of a plan were about to be sent when nobody knows what became of them."""
        with self._db.read() as reader:
            found = reader.one(SQL["under_way"], {"plan": plan})
        return cast(int, found[0]) if found else 0

    def unwritten(self, plan: str) -> dict[tuple[str, str | None], int]:
        """How many lines of a plan were rejected or skipped, by state and reason."""
        with self._db.read() as reader:
            rows = reader.all(SQL["unwritten"], {"plan": plan})
        return {(cast(str, state), cast("str | None", message)): cast(int, count) for state, message, count in rows}

    # Reading for people

    def values(self, connection: str, target: str, id: str) -> dict[str, KnownValue]:
        """What is known of the fields of one record."""
        with self._db.read() as reader:
            rows = reader.all(SQL["values_of_record"], {"connection": connection, "target": target, "id": id})
        return {cast(str, row[1]): to_known(row) for row in rows}

    def drifts(self) -> list[Record]:
        """Open drift: (connection, target, record, field, expected, found, found_at in ms)."""
        with self._db.read() as reader:
            return reader.all(SQL["drifts"])

    def ledger(self, run: int | None = None) -> list[LedgerLine]:
        """The ledger, oldest first, of one run or of all."""
        with self._db.read() as reader:
            return [to_ledger_line(row) for row in reader.all(SQL["ledger"], {"run": run})]

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


def _standing(tx: Transaction, plan: Plan, lines: int) -> Plan | None:
    """The plan that waits to be applied and has the very lines of this one."""
    found = tx.one(SQL["newest_plan"], {"connection": plan.connection})
    standing = to_plan(found) if found else None
    if standing is None or standing.state != "pending" or standing.target != plan.target:
        return None
    counts = tx.all(SQL["count_plan"], {"plan": standing.id})
    differences = tx.one(SQL["count_differences"], {"one": plan.id, "other": standing.id})
    same = counts == [("planned", lines)] and differences == (0,)
    return standing if same else None
