"""What is wrong at present, so that people hear of each failure once, and of its recovery once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from .database import Cell, Database, Record
from .statements import statements
from .values import from_ms, to_ms

SQL = statements("runs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """`key` names the thing (`stream crm.companies`), `is_failing` its state since `since`, `message` says it to people."""

    key: str
    is_failing: bool
    since: datetime
    message: str


class Conditions:
    """Failures and recoveries."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def fails(self, key: str, message: str, *, now: datetime) -> None:
        """Note a failure; one that lasts is the same failure."""
        self._run(("fails",), {"key": key, "message": message, "now": to_ms(now)})

    def recovers(self, key: str, message: str, *, now: datetime) -> None:
        """Note that a thing is well. Of use only after a failure that people were told about."""
        self._run(("forget_untold", "recovers"), {"key": key, "message": message, "now": to_ms(now)})

    def untold(self) -> Sequence[Condition]:
        """Failures and recoveries that people have not been told about, oldest first."""
        return self._list("untold")

    def failing(self) -> Sequence[Condition]:
        """All that is wrong, longest first."""
        return self._list("failing")

    def told(self, condition: Condition, *, now: datetime) -> None:
        """People know; a crash between telling and this call tells them twice, never not at all."""
        state = "failing" if condition.is_failing else "well"
        self._run(("told", "forget_well"), {"key": condition.key, "state": state, "now": to_ms(now)})

    def _run(self, names: Sequence[str], record: dict[str, Cell]) -> None:
        with self._db.transaction() as transaction:
            for name in names:
                transaction.run(SQL[name], record)

    def _list(self, name: str) -> Sequence[Condition]:
        with self._db.read() as reader:
            return [_condition(record) for record in reader.all(SQL[name])]


def _condition(record: Record) -> Condition:
    key, state, since, message = record
    return Condition(key=str(key), is_failing=state == "failing", since=from_ms(int(str(since))), message=str(message))
