"""What the store's parts need of a database engine: transactions with a lease check, consistent reads, named statements.

One implementation per engine (`sqlite.py`; PostgreSQL later); the parts (`landing`, `links`, `scores`, `runs` …) are written once over this.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias

#: What a database column gives and takes.
Cell: TypeAlias = str | int | float | bytes | None
Record: TypeAlias = tuple[Cell, ...]
Parameters: TypeAlias = Mapping[str, Cell] | Sequence[Cell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to do a piece of work, as handed out by `Leases.take`. `token` grows at each takeover."""

    name: str
    token: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """What was known: all that was committed up to `at`, up to the sequence `seq` and the run `run`. None: no such bound."""

    at: datetime | None = None
    seq: int | None = None
    run: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A row that is not stored, put into a replay to see what it does there: its kind, cells (`past.columns_of`) and customer."""

    kind: str
    cells: Record
    customer: str


class Reader(Protocol):
    """Reads one consistent state of the store. Parameters are bound by name (`:name`), or by place (`?`) in generated statements."""

    def all(self, sql: str, parameters: Parameters | None = None) -> list[Record]:
        """Every record of a statement."""
        ...

    def one(self, sql: str, parameters: Parameters | None = None) -> Record | None:
        """The first record, or None."""
        ...

    def each(self, sql: str, parameters: Parameters | None = None) -> Iterator[Record]:
        """Records as they come, in flat memory; finish or close before the reader is left."""
        ...


class Transaction(Reader, Protocol):
    """Reads and writes that become true together, or not at all."""

    def run(self, sql: str, parameters: Parameters | None = None) -> int:
        """Execute one statement; the number of records it changed."""
        ...

    def many(self, sql: str, records: Iterable[Sequence[Cell]]) -> int:
        """Execute one statement (positional `?`) for many records; the number of records changed."""
        ...

    def next_seq(self, count: int = 1) -> int:
        """Reserve `count` sequence numbers and give the first. They grow in the order of commit: there is one writer."""
        ...


class Database(Protocol):
    """An engine. Safe to use from several threads: readers each get their own state, writers take turns."""

    url: str

    def transaction(self, *leases: Lease) -> AbstractContextManager[Transaction]:
        """Begin immediately, commit at the end, roll back on an exception.

        Before the commit the token of every lease is compared with the store's: raises LeaseLost, and nothing is
        committed, when another instance took one over. Raises StoreBusy, StoreError.
        """
        ...

    def read(self) -> AbstractContextManager[Reader]:
        """A read-only view that does not move while it is open. Nothing can be written through it."""
        ...

    def replay(self, cut: Cut | None, strays: Sequence[Stray] = ()) -> AbstractContextManager[Transaction]:
        """Temporary tables hide those of rows, links, customers and streams, and hold what was known at the cut (None: nothing is hidden).

        What is written goes into temporary tables or fails: the store is opened read-only, in one view that does not move.
        """
        ...

    def close(self) -> None:
        """Close every connection."""
        ...
