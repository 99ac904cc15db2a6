"""Versions of rows: what is stored of a set of ids, and how a newer version takes the place of an older one, which goes to the history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import NamedTuple

from ..model import KINDS
from .database import Cell, Reader, Transaction
from .encode import Encoded
from .statements import statements
from .values import to_ms

SQL = statements("versions")
KEY = ("connection", "stream", "id")
#: What stands in a row after its key and its kind's own columns, in a table and in its history alike.
AFTER = ("extra", "changed_at", "observed_at", "run", "seq", "hash", "deleted")


class Stored(NamedTuple):
    """The version in force of one id."""

    changed_at: int | None
    hash: bytes
    is_deleted: bool


class Version(NamedTuple):
    """A version to be stored; `is_deleted` when the vendor has already said that the row is gone."""

    row: Encoded
    is_deleted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where and when versions were read, for their columns."""

    connection: str
    stream: str
    run: int
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RowTable:
    """The statements for the rows of one kind."""

    stored: str
    archive: str
    put: str
    bury: str

    def known(self, reader: Reader, connection: str) -> Mapping[str, Stored]:
        """The versions in force of the candidates, by id."""
        found = reader.all(self.stored, {"connection": connection})
        return {id: Stored(changed_at, digest, gone == 1) for id, changed_at, digest, gone in found}  # type: ignore[misc,arg-type]  # as the schema says

    def add(self, transaction: Transaction, origin: Origin, versions: Sequence[Version]) -> None:
        """Store rows that were not there."""
        if versions:
            first = transaction.next_seq(len(versions))
            transaction.many(self.put, _records(origin, versions, first))

    def supersede(self, transaction: Transaction, origin: Origin, versions: Sequence[Version]) -> None:
        """Store newer versions of rows that are there."""
        if versions:
            first = transaction.next_seq(len(versions))
            self._archive(transaction, origin, [version.row.id for version in versions], first)
            transaction.many(self.put, _records(origin, versions, first))

    def drop(self, transaction: Transaction, origin: Origin, ids: Sequence[str]) -> None:
        """Mark rows that are there as gone."""
        if ids:
            first, now = transaction.next_seq(len(ids)), to_ms(origin.now)
            self._archive(transaction, origin, ids, first)
            marked = ((now, origin.run, seq, origin.connection, id) for seq, id in enumerate(ids, first))
            transaction.many(self.bury, marked)

    def _archive(self, transaction: Transaction, origin: Origin, ids: Sequence[str], first: int) -> None:
        now = to_ms(origin.now)
        transaction.many(self.archive, ((now, seq, origin.connection, id) for seq, id in enumerate(ids, first)))


@cache
def row_table(kind: str) -> RowTable:
    """The statements for `kind`."""
    columns = (*KEY, *KINDS[kind].names, *AFTER)
    names = ", ".join(columns)
    assignments = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in ("connection", "id"))
    return RowTable(
        stored=SQL.fill("stored", kind=kind),
        archive=SQL.fill("archive", kind=kind, columns=names),
        put=SQL.fill("put", kind=kind, columns=names, marks=", ".join("?" * len(columns)), assignments=assignments),
        bury=SQL.fill("bury", kind=kind),
    )


def set_candidates(transaction: Transaction, ids: Collection[str]) -> None:
    """Make these the ids that `RowTable.known` and other statements about a batch look at."""
    transaction.run(SQL["make_candidates"])
    transaction.run(SQL["clear_candidates"])
    transaction.many(SQL["add_candidate"], ((id,) for id in ids))


def _records(origin: Origin, versions: Sequence[Version], first: int) -> Iterable[Sequence[Cell]]:
    connection, stream, run, now = origin.connection, origin.stream, origin.run, to_ms(origin.now)
    for seq, (row, is_deleted) in enumerate(versions, first):
        yield (connection, stream, *row.cells, row.changed_at, now, run, seq, row.hash, is_deleted)
