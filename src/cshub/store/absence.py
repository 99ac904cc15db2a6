"""Concludes, at the end of a complete pass over a stream, that rows it did not see are gone — unless too many are to be believed."""

from __future__ import annotations

from ..errors import BreakerOpen
from .batch import Counts
from .database import Cell, Transaction
from .landing import Intake, add_counts
from .statements import statements
from .versions import Origin, row_table

SQL = statements("absence")
#: More than this share of a stream's rows, and at least so many rows, vanishing at once is taken for a fault of the source.
SHARE = 0.5
ROWS = 25


def conclude(
    transaction: Transaction, into: Intake, origin: Origin, *, number: int, started_seq: int, accept: bool
) -> Counts:
    """Mark as gone what pass `number` has not seen. Raises BreakerOpen, unless `accept`, when that is not to be believed."""
    kind = into.stream.kind.name
    place: dict[str, Cell] = {"connection": into.connection, "stream": into.stream.name, "pass": number}
    vanished = transaction.all(SQL.fill("vanished", kind=kind), {**place, "started_seq": started_seq})
    if not vanished:
        return Counts()
    if not accept:
        _believe(transaction, kind, place, len(vanished))
    row_table(kind).drop(transaction, origin, [str(id) for (id,) in vanished])
    counts = Counts(deleted=len(vanished))
    add_counts(transaction, origin, counts)
    return counts


def _believe(transaction: Transaction, kind: str, place: dict[str, Cell], vanished: int) -> None:
    alive = _count(transaction, SQL.fill("alive", kind=kind), place)
    seen = _count(transaction, SQL["seen"], place)
    if seen and (vanished < ROWS or vanished <= SHARE * alive):
        return
    what = "the source listed nothing at all" if not seen else "so many at once look like a fault of the source"
    stream = f"{place['connection']!s}.{place['stream']!s}"
    raise BreakerOpen(
        f"{vanished} of {alive} rows would be gone, and {what}; all are kept",
        where=stream,
        hint=f"if they are really gone: cshub pull --select {stream} --accept-vanished",
    )


def forget_marks(transaction: Transaction, into: Intake) -> None:
    """The pass is over: its marks are of no use any more."""
    transaction.run(SQL["forget_marks"], {"connection": into.connection, "stream": into.stream.name})


def misses_rows(transaction: Transaction, into: Intake) -> bool:
    """True when the last sweep listed ids that are still not stored; they stay marked, the others do not."""
    place: dict[str, Cell] = {"connection": into.connection, "stream": into.stream.name}
    if transaction.one(SQL["any_mark"], place) is None:
        return False
    transaction.run(SQL.fill("forget_found", kind=into.stream.kind.name), place)
    return transaction.one(SQL["any_mark"], place) is not None


def _count(transaction: Transaction, sql: str, place: dict[str, Cell]) -> int:
    record = transaction.one(sql, place)
    return 0 if record is None else int(str(record[0]))
