"""A small vendor: lists that a test fills, read through real Source objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cshub.connector import Check, Incremental, Page, Snapshot, Stream
from cshub.model import CONTACT, StreamReport
from cshub.stages.pull import OpenSource, Orders, pull
from cshub.store import Store
from cshub.testing.clock import ManualClock

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CONTACTS = Incremental(name="contacts", kind=CONTACT, shape="1")
SWEPT = Incremental(name="contacts", kind=CONTACT, shape="1", sweeps=True)
PEOPLE = Snapshot(name="people", kind=CONTACT, shape="1", every=timedelta(hours=6))
Pages = Callable[[bytes | None], Iterator[Page]]


@dataclass
class Vendor:
    """A source whose streams are functions from cursor to pages; `asked` remembers the cursors it was asked for."""

    lists: dict[str, Pages] = field(default_factory=dict)
    living: list[Sequence[str]] | None = None
    asked: list[tuple[str, bytes | None]] = field(default_factory=list)
    swept: list[bytes | None] = field(default_factory=list)

    def check(self) -> Check:
        return Check(org="1", account="Vendor")

    def pull(self, stream: Stream, cursor: bytes | None, until: datetime) -> Iterator[Page]:
        self.asked.append((stream.name, cursor))
        return self.lists[stream.name](cursor)

    def close(self) -> None:
        self.lists.clear()

    def ids(self, stream: Stream, cursor: bytes | None) -> Iterator[tuple[Sequence[str], bytes]]:
        self.swept.append(cursor)
        for number, ids in enumerate(self.living or (), 1):
            if number > int(cursor or b"0"):
                yield ids, b"%d" % number


def rows(*ids: str, minute: int = 0, name: str = "Ada") -> list[tuple[object, ...]]:
    return [CONTACT.row(id=id, changed_at=NOW + timedelta(minutes=minute), name=name) for id in ids]


def listing(*pages: Sequence[str]) -> Pages:
    """Pages of those ids; the cursor is the number of pages read."""

    def read(cursor: bytes | None) -> Iterator[Page]:
        done = int(cursor or b"0")
        if done >= len(pages):
            yield Page(rows=(), cursor=b"%d" % done)
        for number, ids in enumerate(pages[done:], done + 1):
            yield Page(rows=rows(*ids), cursor=b"%d" % number)

    return read


def failing(error: BaseException, *pages: Sequence[str]) -> Pages:
    """Those pages, and then an error."""

    def read(cursor: bytes | None) -> Iterator[Page]:
        for number, ids in enumerate(pages, 1):
            yield Page(rows=rows(*ids), cursor=b"%d" % number)
        raise error

    return read


@dataclass
class World:
    """A store, a vendor and a clock."""

    store: Store
    vendor: Vendor = field(default_factory=Vendor)
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    run: int = 0

    def pull(self, *streams: Stream, **orders: object) -> list[StreamReport]:
        """One pull of those streams in a run of its own."""
        return self.pull_from(self.source(*streams), **orders)

    def pull_from(self, *sources: OpenSource, **orders: object) -> list[StreamReport]:
        self.run = self.store.runs.open("pull", as_of=NOW, now=self.clock.now(), version="1")
        told = {"run": self.run, "until": self.clock.now(), "clock": self.clock, "lease_wait_s": 0.0, **orders}
        return pull(self.store, sources, Orders(**told))  # type: ignore[arg-type]  # each test gives the orders it is about

    def source(self, *streams: Stream, **parts: object) -> OpenSource:
        return OpenSource(connection="crm", source=self.vendor, streams=streams, **parts)  # type: ignore[arg-type]  # as above

    def alive(self) -> list[str]:
        with self.store.db.read() as reader:
            return [str(id) for (id,) in reader.all("select id from contact where deleted = 0 order by id")]

    def cursor(self, stream: str = "contacts") -> bytes | None:
        state = self.store.streams.state("crm", stream)
        return None if state is None else state.cursor
