"""What a store must hold of a HubSpot account, said a second time and independently of the connector: I1 and the cursor half of I2."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from tests.faults.portal import Portal

Properties: TypeAlias = Mapping[str, str | None]
Expected: TypeAlias = Callable[[Properties], object]
#: Tickets in these (pipeline, stage) are closed, as the sandbox's account has it.
CLOSED = frozenset({("0", "4")})
_PRIORITIES = {"LOW": "low", "MEDIUM": "normal", "HIGH": "high", "URGENT": "urgent"}


def _text(name: str) -> Expected:
    return lambda record: record.get(name) or None


def _number(name: str) -> Expected:
    return lambda record: None if not record.get(name) else float(record[name] or 0)


def _flag(name: str) -> Expected:
    return lambda record: None if not record.get(name) else int(record[name] == "true")


def _day(name: str) -> Expected:
    return lambda record: None if not record.get(name) else (record[name] or "")[:10]


def milliseconds(text: str | None) -> int:
    """HubSpot's text of an instant as the store keeps it."""
    assert text is not None
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One object of HubSpot: the kind its records become, the property that tells their change, and what their columns must hold."""

    kind: str
    stamp: str
    columns: Mapping[str, Expected]
    linked: bool = False


TABLES = {
    "companies": Table(
        kind="account",
        stamp="hs_lastmodifieddate",
        columns={
            "name": _text("name"),
            "stage": _text("lifecyclestage"),
            "owner": _text("hubspot_owner_id"),
            "parent": _text("hs_parent_company_id"),
            "external_id": _text("customer_id"),
            "mrr": _number("mrr"),
            "renewal_date": _day("renewal_date"),
            "created_at": lambda record: milliseconds(record["createdate"]),
        },
    ),
    "contacts": Table(
        kind="contact",
        stamp="lastmodifieddate",
        columns={
            "email": lambda record: (record.get("email") or "").lower() or None,
            "role": _text("jobtitle"),
            "account_id": _text("associatedcompanyid"),
        },
    ),
    "deals": Table(
        kind="deal",
        stamp="hs_lastmodifieddate",
        columns={"amount": _number("amount"), "stage": _text("dealstage"), "is_closed": _flag("hs_is_closed")},
        linked=True,
    ),
    "tickets": Table(
        kind="ticket",
        stamp="hs_lastmodifieddate",
        columns={
            "priority": lambda record: _PRIORITIES.get(record.get("hs_ticket_priority") or ""),
            "is_open": lambda record: int((record["hs_pipeline"], record["hs_pipeline_stage"]) not in CLOSED),
            "opened_at": lambda record: milliseconds(record["createdate"]),
        },
        linked=True,
    ),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The living rows of a stream by id, and the records they are of."""

    name: str
    table: Table
    stored: Mapping[str, sqlite3.Row]
    records: Mapping[str, Properties]

    def wrong(self, id: str) -> Iterator[str]:
        """What is wrong with one record's row."""
        row, record = self.stored.get(id), self.records[id]
        if row is None:
            yield f"{self.name} {id} is not stored"
            return
        for column, expected in self.table.columns.items():
            if row[column] != expected(record):
                yield f"{self.name} {id}.{column} is {row[column]!r}, not {expected(record)!r}"
        if row["changed_at"] > milliseconds(record[self.table.stamp]):
            yield f"{self.name} {id} is newer than the vendor's own"


def read(db: sqlite3.Connection, portal: Portal) -> list[Rows]:
    """What is stored of each list, beside what HubSpot holds."""
    found = []
    for name, table in TABLES.items():
        rows = db.execute(f"select * from {table.kind} where stream = ? and deleted = 0", [name]).fetchall()
        found.append(Rows(name, table, {row["id"]: row for row in rows}, portal.records(name)))
    return found


def every_record(db: sqlite3.Connection, portal: Portal) -> Iterator[str]:
    """I1: every record the vendor holds is stored exactly once, in its newest version."""
    for rows in read(db, portal):
        for id in rows.records:
            yield from rows.wrong(id)
        for id in rows.stored.keys() - rows.records.keys():
            yield f"{rows.name} {id} is stored and no longer there"
        yield from _twice(db, rows)
        if rows.table.linked:
            yield from _references(rows, portal)


def cursors(db: sqlite3.Connection, portal: Portal) -> Iterator[str]:
    """I2: everything a cursor says was read is stored."""
    states = dict(db.execute("select stream, cursor from stream_state where cursor is not null").fetchall())
    for rows in read(db, portal):
        if rows.name in states:
            for id in _read_by(json.loads(states[rows.name]), rows):
                yield from (f"behind the cursor: {text}" for text in rows.wrong(id))


def _read_by(cursor: Mapping[str, object], rows: Rows) -> Iterable[str]:
    if cursor["read"] == "list":
        after = cursor.get("after")
        since = int(str(cursor["since_ms"]))
        return [id for id in _before(rows, since) if after is None or int(id) < int(str(after))]
    return _before(rows, int(str(cursor["at_ms"])))


def _before(rows: Rows, instant_ms: int) -> list[str]:
    return [id for id, record in rows.records.items() if milliseconds(record[rows.table.stamp]) < instant_ms]


def _twice(db: sqlite3.Connection, rows: Rows) -> Iterator[str]:
    kind = rows.table.kind
    again = f"select id from {kind} where stream = ? group by id having count(*) > 1"
    yield from (f"{rows.name} {id} is stored more than once" for (id,) in db.execute(again, [rows.name]))
    newer = f"select r.id from {kind} as r inner join {kind}_history as h using (connection, id) where h.seq >= r.seq"
    yield from (f"{rows.name} {id} has a later version in the history" for (id,) in db.execute(newer))


def _references(rows: Rows, portal: Portal) -> Iterator[str]:
    for column, to in (("account_id", "companies"), ("contact_id", "contacts")):
        linked, living = portal.links(rows.name, to, rows.records), portal.records(to).keys()
        for id, row in rows.stored.items():
            # HubSpot says nothing about a record whose other end was deleted; what became of that end says enough.
            if row[column] in living and row[column] not in linked.get(id, ()):
                yield f"{rows.name} {id}.{column} is {row[column]}, which it is not linked to"
            if row[column] is None and len(linked.get(id, ())) == 1:
                yield f"{rows.name} {id}.{column} is empty, though it is linked to one"
