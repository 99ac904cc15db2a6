"""What a plan is made from: the customers to look at for one CRM, their scores, and what is known of the fields of their records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import cast

from ..model import Value
from . import score_rows
from .database import Cell, Database, Reader
from .plan_rows import to_known
from .plans import DueCustomer, DueRecord, KnownValue
from .statements import statements
from .values import to_ms

SQL = statements("writes")


class DueWrites:
    """Reads within one view of the store, so that all parts of a plan agree."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def due(
        self, reader: Reader, connection: str, target: str, scope: str, *, churned: bool = False
    ) -> list[DueCustomer]:
        """Customers to look at since the watermark of `scope`, ordered by record id: those that are scored, and if wanted the churned."""
        where = self._where(reader, connection, target, scope, churned=churned)
        return [
            DueCustomer(
                customer=cast(str, customer),
                id=cast("str | None", id),
                claims=cast(int, claims),
                name=cast("str | None", name) or "",
                is_churned=bool(is_churned),
            )
            for customer, id, claims, name, is_churned in reader.each(SQL["due_customers"], where)
        ]

    def has_due(self, connection: str, target: str, scope: str, *, churned: bool = False) -> bool:
        """Whether anybody is to be looked at."""
        with self._db.read() as reader:
            where = self._where(reader, connection, target, scope, churned=churned)
            return reader.one(SQL["any_due"], where) is not None

    def _where(self, reader: Reader, connection: str, target: str, scope: str, *, churned: bool) -> dict[str, Cell]:
        seq = self.watermark(reader, scope)
        return {"connection": connection, "target": target, "seq": seq, "churned": int(churned)}

    def records(self, reader: Reader, due: Sequence[DueCustomer]) -> Iterator[DueRecord]:
        """The records of these customers in their order, each with its score, which is made ready only when it is its turn."""
        rows = reader.all(SQL["scores_of"], {"customers": json.dumps([one.customer for one in due])})
        scores = {cast(str, row[0]): row for row in rows}
        return (
            DueRecord(id=one.id, score=score_rows.decode(scores.pop(one.customer)), is_churned=one.is_churned)
            for one in due
            if one.id is not None and one.customer in scores
        )

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
            found.setdefault(cast(str, row[0]), {})[cast(str, row[1])] = to_known(row)
        return found

    def marks(self, reader: Reader, connection: str, target: str) -> dict[tuple[str, str], str]:
        """Fields a person asked to leave alone, with the reason, by (record, field)."""
        rows = reader.all(SQL["do_not_write"], {"connection": connection, "target": target})
        return {(cast(str, row[0]), cast(str, row[1])): cast(str, row[2]) for row in rows}

    def refused(self, reader: Reader, connection: str, target: str, since: datetime) -> dict[tuple[str, str], Value]:
        """Values the CRM refused after `since`, by (record, field)."""
        rows = reader.all(SQL["refused_values"], {"connection": connection, "target": target, "since": to_ms(since)})
        return {(cast(str, row[0]), cast(str, row[1])): cast(Value, row[2]) for row in rows}
