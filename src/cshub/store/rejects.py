"""Records that could not become rows: kept with their reason until they land, are read again, or a person drops them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ..connector import Reject
from .database import Cell, Database, Record, Transaction
from .statements import statements
from .values import from_ms, storable, to_ms
from .versions import Origin

SQL = statements("rejects")
#: How much of a record is kept for people to look at, in characters.
PAYLOAD = 4000
REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReject:
    """A reject as stored. `state` is open, resolved (it landed later) or dropped."""

    number: int
    run: int
    connection: str
    stream: str
    id: str | None
    reason: str
    payload: str
    rejected_at: datetime
    state: str


class Rejects:
    """The rejects of all streams."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def list(self, *, state: str = "open", limit: int = 100) -> Sequence[KeptReject]:
        """The newest rejects in that state."""
        with self._db.read() as reader:
            return [_kept(record) for record in reader.all(SQL["list"], {"state": state, "limit": limit})]

    def get(self, number: int) -> KeptReject | None:
        """One reject, None when there is none of that number."""
        with self._db.read() as reader:
            record = reader.one(SQL["get"], {"number": number})
        return None if record is None else _kept(record)

    def open_counts(self) -> Mapping[tuple[str, str], int]:
        """How many are open, by connection and stream; streams without any are left out."""
        with self._db.read() as reader:
            return {(str(row[0]), str(row[1])): int(str(row[2])) for row in reader.all(SQL["count_open"])}

    def retry(self, number: int) -> bool:
        """Let the next pull read the reject's stream in full; the reject is resolved when its record lands. False when it is not open."""
        with self._db.transaction() as transaction:
            return transaction.run(SQL["read_again"], {"number": number}) > 0

    def drop(self, number: int) -> bool:
        """Stop showing an open reject, also when the same record fails again for the same reason. False when it is not open."""
        with self._db.transaction() as transaction:
            return transaction.run(SQL["drop"], {"number": number}) > 0


def record_rejects(
    transaction: Transaction, origin: Origin, rejects: Sequence[Reject], redact: Callable[[str], str]
) -> None:
    """Keep rejects; one that is known with the same reason is not kept twice."""
    for reject in rejects:
        record: dict[str, Cell] = {
            "run": origin.run,
            "connection": origin.connection,
            "stream": origin.stream,
            "id": None if reject.id is None else storable(reject.id),
            "reason": storable(redact(reject.reason))[:REASON],
            "payload": storable(redact(reject.payload))[:PAYLOAD],
            "now": to_ms(origin.now),
        }
        known = transaction.one(SQL["known"], record)
        if known is None:
            transaction.run(SQL["add"], record)
        elif known[2] != record["reason"]:
            transaction.run(SQL["renew"], {**record, "number": known[0]})


def resolve_rejects(transaction: Transaction, origin: Origin) -> None:
    """The candidates have landed: their rejects are settled."""
    stream: dict[str, Cell] = {"connection": origin.connection, "stream": origin.stream}
    if transaction.one(SQL["any_open"], stream):
        transaction.run(SQL["resolve_candidates"], stream)


def _kept(record: Record) -> KeptReject:
    number, run, connection, stream, id, reason, payload, rejected_at, state = record
    return KeptReject(
        number=int(str(number)),
        run=int(str(run)),
        connection=str(connection),
        stream=str(stream),
        id=None if id is None else str(id),
        reason=str(reason),
        payload=str(payload),
        rejected_at=from_ms(int(str(rejected_at))),
        state=str(state),
    )
