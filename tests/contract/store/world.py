"""A stream of contacts being landed into a store of any engine, in the words of the contract tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from cshub.connector import Incremental, Page, Snapshot, Stream
from cshub.model import CONTACT, Row
from cshub.store import Counts, Intake, Lease, Store, StreamState, intake

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CONTACTS = Incremental(name="contacts", kind=CONTACT, shape="1", sweeps=True)
PEOPLE = Snapshot(name="people", kind=CONTACT, shape="1")


def at(minute: int) -> datetime:
    """An instant of the vendor, `minute` minutes after midnight."""
    return datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minute)


def contact(id: str, minute: int | None = 0, name: str = "Ada") -> Row:
    """A contact changed at that minute."""
    return CONTACT.row(id=id, changed_at=None if minute is None else at(minute), name=name)


def page(*rows: Row, cursor: bytes = b"1", **parts: object) -> Page:
    """A page of those rows."""
    return Page(rows=rows, cursor=cursor, **parts)  # type: ignore[arg-type]  # each test gives the parts it is about


@dataclass
class Crm:
    """One stream of one connection, read by one run."""

    store: Store
    lease: Lease
    connection: str = "crm"
    stream: Stream = CONTACTS
    run: int = 0
    now: datetime = NOW
    number: int | None = None
    state: StreamState | None = field(default=None)

    def begin(self, stream: Stream | None = None) -> StreamState:
        """A run opens the stream."""
        self.stream = stream or self.stream
        self.run = self.store.runs.open("pull", as_of=self.now, now=self.now, version="1")
        state = self.store.streams.begin(self.run, self.connection, self.stream, self.lease, now=self.now)
        self.number = state.number if state.phase == "snapshot" else None
        return state

    def land(self, *pages: Page) -> Counts:
        """Commit pages together."""
        return self.store.landing.land(self.into(), pages, now=self.now)

    def finish(self, *, accept_vanished: bool = False) -> Counts:
        """The reading reached its end."""
        return self.store.streams.finish(self.into(), now=self.now, accept_vanished=accept_vanished)

    def read(self, *rows: Row, stream: Stream | None = None) -> Counts:
        """One complete pull of one page; what it counted, absences included."""
        self.begin(stream)
        return self.land(page(*rows)) + self.finish()

    def into(self, number: int | None = None) -> Intake:
        """What pages are landed into; `number` is the pass that remembers ids."""
        return replace(intake(self.run, self.connection, self.stream, self.lease), marking=number or self.number)

    def rows(self, columns: str = "id, name, deleted", table: str = "contact") -> list[tuple[object, ...]]:
        """What is stored."""
        with self.store.db.read() as reader:
            where = {"connection": self.connection}
            return list(
                reader.all(f"select {columns} from {table} where connection = :connection order by 1, 2", where)
            )

    def alive(self) -> dict[str, str]:
        """The names of rows that are not gone, by id."""
        return {str(id): str(name) for id, name, deleted in self.rows() if not deleted}

    def sweep(self, *batches: Sequence[str], accept_vanished: bool = False) -> Counts:
        """One complete sweep over the living ids."""
        state = self.store.streams.begin_sweep(
            self.run, self.connection, self.stream, self.lease, now=self.now, wanted=True
        )
        assert state is not None
        into = self.into(state.number)
        for number, ids in enumerate(batches):
            self.store.streams.land_ids(into, ids, b"%d" % number, now=self.now)
        return self.store.streams.finish_sweep(into, now=self.now, accept_vanished=accept_vanished)
