"""Lands pages: rows, cursor, counters and the check of the lease in one transaction. When to land is the pull stage's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ..connector import OwnedValue, Page, Stream
from ..errors import PluginError
from .batch import Batch, Counts, Verdict, gather, judge
from .database import Cell, Database, Lease, Transaction
from .encode import Encoder
from .merges import forget_merges, merged_candidates, record_merges
from .rejects import record_rejects, resolve_rejects
from .statements import statements
from .values import storable, to_ms, to_ms_or_none
from .versions import Origin, RowTable, row_table, set_candidates

SQL = statements("landing")
CURSOR_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """One stream being read in one run, with its encoder; made once per reading by `intake`.

    `marking` is the number of the pass whose ids are remembered, to conclude absence at its end (None: nothing to conclude).
    `redact` takes secrets out of what is kept of a reject.
    """

    run: int
    connection: str
    stream: Stream
    encoder: Encoder
    lease: Lease
    marking: int | None = None
    redact: Callable[[str], str] = str

    def origin(self, now: datetime) -> Origin:
        """What the versions of this reading carry."""
        return Origin(connection=self.connection, stream=self.stream.name, run=self.run, now=now)


def intake(
    run: int,
    connection: str,
    stream: Stream,
    lease: Lease,
    *,
    marking: int | None = None,
    redact: Callable[[str], str] = str,
) -> Intake:
    """Get ready to land the pages of a stream."""
    encoder = Encoder(stream.kind, stream.extras)
    return Intake(
        run=run,
        connection=connection,
        stream=stream,
        encoder=encoder,
        lease=lease,
        marking=marking,
        redact=redact,
    )


class Landing:
    """Where rows come into the store."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def land(self, into: Intake, pages: Sequence[Page], *, now: datetime) -> Counts:
        """Commit pages, in their order, together with the cursor of the last one. Landing a page twice changes nothing the second time.

        Raises LeaseLost, with nothing committed, when the stream was taken over; PluginError for a cursor that is too long.
        """
        _check_cursors(into, pages)
        batch = gather(into.encoder, pages)
        origin, table = into.origin(now), row_table(into.stream.kind.name)
        with self._db.transaction(into.lease) as transaction:
            verdict = _judged(transaction, batch, into, now)
            _write(transaction, table, origin, verdict)
            _write_around(transaction, into, origin, batch, verdict)
            counts = replace(verdict.counts, rejected=len(batch.rejects))
            add_counts(transaction, origin, counts)
            _save_cursor(transaction, into, pages[-1].cursor)
        return counts


def add_counts(transaction: Transaction, origin: Origin, counts: Counts) -> None:
    """Add to the counters of a stream in a run."""
    record: dict[str, Cell] = {
        "run": origin.run,
        "connection": origin.connection,
        "stream": origin.stream,
        "extracted": counts.extracted,
        "new": counts.new,
        "changed": counts.changed,
        "unchanged": counts.unchanged,
        "deleted": counts.deleted,
        "rejected": counts.rejected,
    }
    transaction.run(SQL["count"], record)


def _check_cursors(into: Intake, pages: Sequence[Page]) -> None:
    for cursor in (page.cursor for page in pages):
        if len(cursor) > CURSOR_BYTES:
            raise PluginError(
                f"a cursor of {len(cursor)} bytes is more than the {CURSOR_BYTES} allowed",
                where=f"{into.connection}.{into.stream.name}",
                hint="the connector has to keep its place in less",
            )


def _judged(transaction: Transaction, batch: Batch, into: Intake, now: datetime) -> Verdict:
    kind = into.stream.kind.name
    set_candidates(transaction, batch.entries)
    known = row_table(kind).known(transaction, into.connection)
    merged = merged_candidates(transaction, into.connection, kind)
    merged.update((gone, to_ms(now)) for gone, _ in batch.merges if gone not in merged)
    return judge(batch.entries, known, merged)


def _write(transaction: Transaction, table: RowTable, origin: Origin, verdict: Verdict) -> None:
    table.add(transaction, origin, verdict.new)
    table.supersede(transaction, origin, verdict.newer)
    table.drop(transaction, origin, verdict.gone)


def _write_around(transaction: Transaction, into: Intake, origin: Origin, batch: Batch, verdict: Verdict) -> None:
    """Everything a page brings besides rows; each costs a statement only when there is something."""
    kind = into.stream.kind.name
    record_merges(transaction, origin, kind, batch.merges)
    forget_merges(transaction, origin, kind, verdict.revived)
    resolve_rejects(transaction, origin)
    record_rejects(transaction, origin, batch.rejects, into.redact)
    if batch.owned:
        transaction.many(SQL["observe"], (_observation(origin, value) for value in batch.owned))
    if into.marking is not None:
        seen = [id for id, entry in batch.entries.items() if not entry.is_gone]
        seen += [storable(reject.id) for reject in batch.rejects if reject.id is not None]
        mark_seen(transaction, origin, into.marking, seen)


def mark_seen(transaction: Transaction, origin: Origin, number: int, ids: Sequence[str]) -> None:
    """Remember that the vendor still has these ids, in pass `number` of the stream."""
    if ids:
        transaction.many(SQL["mark_seen"], ((origin.connection, origin.stream, number, id) for id in ids))


def _observation(origin: Origin, value: OwnedValue) -> tuple[Cell, ...]:
    seen = (value.value, to_ms(origin.now), to_ms_or_none(value.changed_at))
    return (origin.connection, value.target, value.id, value.field, *seen)


def _save_cursor(transaction: Transaction, into: Intake, cursor: bytes) -> None:
    place: dict[str, Cell] = {"connection": into.connection, "stream": into.stream.name, "cursor": cursor}
    transaction.run(SQL["save_cursor"], place)
