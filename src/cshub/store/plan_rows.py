"""Plans, intents, known values and ledger lines as records of the store and back."""

from __future__ import annotations

from typing import cast

import orjson

from ..model import Value
from .database import Cell, Record
from .plans import Intent, KnownValue, LedgerLine, Plan, PlanLine
from .values import from_ms, to_ms


def acknowledged(
    connection: str, target: str, id: str, field: str, value: Value, *, at: int, stamp: int | None
) -> tuple[Cell, ...]:
    """A value the CRM confirmed or showed, for the statement `acknowledge`."""
    return (connection, target, id, field, value, at, stamp, value, at, stamp)


def to_known(row: Record) -> KnownValue:
    """What is known of a field; `row` is id, field, acknowledged, its time and vendor stamp, observed, its time and vendor stamp."""
    return KnownValue(
        acknowledged=cast(Value, row[2]),
        confirmed=row[3] is not None,
        observed=cast(Value, row[5]),
        seen=row[6] is not None,
    )


def plan_record(plan: Plan) -> dict[str, Cell]:
    """A new plan, for the statement `add_plan`."""
    return {
        "id": plan.id,
        "run": plan.run,
        "connection": plan.connection,
        "target": plan.target,
        "as_of": to_ms(plan.as_of),
        "created_at": to_ms(plan.created_at),
        "summary": orjson.dumps(plan.summary).decode(),
    }


def to_plan(row: Record) -> Plan:
    """A plan out of its record."""
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


def line_record(plan: str, line: PlanLine) -> tuple[Cell, ...]:
    """A line of a plan, for the statement `add_plan_write`."""
    return (plan, line.number, line.id, line.field, line.old, line.new, line.why, line.customer, line.scorecard)


def to_line(row: Record) -> PlanLine:
    """A line out of its record."""
    names = ("number", "id", "field", "old", "new", "why", "customer", "scorecard", "state", "message")
    return PlanLine(**dict(zip(names, row, strict=True)))  # type: ignore[arg-type]  # the columns of plan_write are its fields


def to_intent(row: Record) -> Intent:
    """An intent out of its record."""
    number, plan, plan_number, run, *line, intended_at = row
    return Intent(
        number=cast(int, number),
        plan=cast(str, plan),
        line=to_line((plan_number, *line, "planned", None)),
        run=cast(int, run),
        intended_at=from_ms(cast(int, intended_at)),
    )


def to_ledger_line(row: Record) -> LedgerLine:
    """A line of the ledger out of its record."""
    names = LedgerLine.__dataclass_fields__
    values = dict(zip(names, row, strict=True))
    return LedgerLine(**{**values, "at": from_ms(cast(int, values["at"]))})  # type: ignore[arg-type]  # the columns of write_ledger are its fields
