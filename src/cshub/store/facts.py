"""Facts about one customer and about streams, as people ask for them. Reads only; links and scores have parts of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import cast

from .database import Cell, Database, Record
from .statements import statements
from .values import from_day, from_json, from_ms, from_ms_or_none, to_day, to_ms

SQL = statements("facts")
_NEWEST = ("newest_contacts", "newest_tickets", "newest_deals", "newest_responses", "newest_events")


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """An account of a customer. `mrr` is per month, in `currency`; `renewal_date` is `YYYY-MM-DD`."""

    connection: str
    id: str
    stream: str
    name: str | None
    domains: tuple[str, ...]
    external_id: str | None
    type: str | None
    stage: str | None
    mrr: float | None
    currency: str | None
    renewal_date: str | None
    owner: str | None
    owner_email: str | None
    changed_at: datetime | None
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """Something that happened at a customer, in words, with the vendor's record that says so."""

    kind: str
    connection: str
    id: str
    at: datetime
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """When a stream was last read to its end."""

    connection: str
    stream: str
    kind: str
    at: datetime


class Facts:
    """What people ask about a customer."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def accounts(self, customer: str) -> list[AccountFacts]:
        """The accounts of a customer, the one it is at home in first."""
        with self._db.read() as reader:
            return [_account(record) for record in reader.all(SQL["accounts"], {"customer": customer})]

    def row_counts(self, customer: str) -> dict[str, int]:
        """How many rows of each kind belong to a customer; kinds without any are left out."""
        with self._db.read() as reader:
            rows = reader.all(SQL["row_counts"], {"customer": customer})
        return {cast(str, kind): cast(int, number) for kind, number in rows if number}

    def newest(self, customer: str, *, at: datetime, limit: int) -> list[Happening]:
        """What happened last at a customer up to `at`, newest first."""
        wanted: dict[str, Cell] = {"customer": customer, "at": to_ms(at), "day": to_day(at.date()), "limit": limit}
        with self._db.read() as reader:
            found = [_happening(record) for name in _NEWEST for record in reader.all(SQL[name], wanted)]
        return sorted(found, key=lambda one: (one.at, one.kind, one.id), reverse=True)[:limit]

    def without_domain(self) -> list[tuple[str, str]]:
        """Customers none of whose accounts has a domain (id, name): no rule about domains can attach anything to them."""
        with self._db.read() as reader:
            return [
                (cast(str, id), cast("str | None", name) or cast(str, id))
                for id, name in reader.all(SQL["without_domain"])
            ]

    def living(self, kinds: Iterable[str]) -> dict[tuple[str, str], int]:
        """How many living rows each stream of these kinds has, by (connection, stream)."""
        with self._db.read() as reader:
            records = [record for kind in kinds for record in reader.all(SQL.fill("living", kind=kind))]
        return {(cast(str, connection), cast(str, stream)): cast(int, number) for connection, stream, number in records}

    def fetched(self, customer: str, as_of: datetime, kinds: Iterable[str]) -> list[Fetched]:
        """When the streams of these kinds had last been read when the score of `as_of` was made; later runs change nothing here."""
        with self._db.read() as reader:
            run = reader.one(SQL["run_of_score"], {"customer": customer, "as_of": to_ms(as_of)})
            wanted: dict[str, Cell] = {"run": run[0] if run else None, "kinds": json.dumps(sorted(kinds))}
            records = reader.all(SQL["fetched"], wanted)
        return [
            Fetched(connection=cast(str, c), stream=cast(str, s), kind=cast(str, k), at=from_ms(cast(int, at)))
            for c, s, k, at in records
        ]


def _account(record: Record) -> AccountFacts:
    connection, id, stream, name, domains, external_id, type, stage, mrr, currency, renewal, owner, email = record[:13]
    return AccountFacts(
        connection=cast(str, connection),
        id=cast(str, id),
        stream=cast(str, stream),
        name=cast("str | None", name),
        domains=tuple(cast("list[str]", from_json(cast(str, domains)))) if domains else (),
        external_id=cast("str | None", external_id),
        type=cast("str | None", type),
        stage=cast("str | None", stage),
        mrr=cast("float | None", mrr),
        currency=cast("str | None", currency),
        renewal_date=cast("str | None", renewal),
        owner=cast("str | None", owner),
        owner_email=cast("str | None", email),
        changed_at=from_ms_or_none(cast("int | None", record[13])),
        observed_at=from_ms(cast(int, record[14])),
    )


def _happening(record: Record) -> Happening:
    kind, connection, id, at, text = cast("tuple[str, str, str, int | str, str]", record)
    when = from_ms(at) if isinstance(at, int) else datetime.combine(from_day(at), time(), UTC)
    return Happening(kind=kind, connection=connection, id=id, at=when, text=text)
