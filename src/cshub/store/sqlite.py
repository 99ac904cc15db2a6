"""SQLite as the store's engine: one writer, read-only readers, each commit on disk. What is stored is the parts' business.

The settings follow DESIGN §5: WAL, `synchronous=FULL`, BEGIN IMMEDIATE (a deferred transaction fails at once when it turns into a
writer beside another). Python's sqlite3 never begins a transaction here by itself (`isolation_level=None`).
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from ..errors import LeaseLost
from .database import Cell, Cut, Lease, Parameters, Reader, Record, Stray, Transaction
from .faults import explained, opening
from .locks import FileLocks
from .migrate import migrate
from .statements import statements

Observer = Callable[[str], None]
SQL = statements("engine")
#: Readers kept open for the next use; more may be open at once.
IDLE_READERS = 8
_WRITER = (
    "pragma journal_mode = wal",
    "pragma synchronous = full",
    "pragma wal_autocheckpoint = 2000",
    "pragma journal_size_limit = 67108864",
)


class SqliteReader:
    """Reads through one connection."""

    def __init__(self, connection: sqlite3.Connection, notice: Observer | None) -> None:
        self._connection = connection
        self._notice = notice

    def all(self, sql: str, parameters: Parameters | None = None) -> list[Record]:
        return self._execute(sql, parameters).fetchall()

    def one(self, sql: str, parameters: Parameters | None = None) -> Record | None:
        record: Record | None = self._execute(sql, parameters).fetchone()
        return record

    def each(self, sql: str, parameters: Parameters | None = None) -> Iterator[Record]:
        yield from self._execute(sql, parameters)

    def _execute(self, sql: str, parameters: Parameters | None) -> sqlite3.Cursor:
        if self._notice is not None:
            self._notice(sql)
        return self._connection.execute(sql, parameters or {})


class SqliteTransaction(SqliteReader):
    """Reads and writes through the one writing connection."""

    def run(self, sql: str, parameters: Parameters | None = None) -> int:
        return max(self._execute(sql, parameters).rowcount, 0)

    def many(self, sql: str, records: Iterable[Sequence[Cell]]) -> int:
        if self._notice is not None:
            self._notice(sql)
        return max(self._connection.executemany(sql, records).rowcount, 0)

    def next_seq(self, count: int = 1) -> int:
        last = self.all(SQL["reserve_numbers"], {"count": count})[0][0]
        assert isinstance(last, int)
        return last - count + 1


class PastTransaction(SqliteTransaction):
    """Reads and writes through the connection of a replay, which is closed at its end, while somebody may still hold half-read records."""

    def each(self, sql: str, parameters: Parameters | None = None) -> Iterator[Record]:
        for record in self._execute(sql, parameters):  # noqa: UP028 - `yield from` closes the cursor, after the connection
            yield record


class SqliteDatabase:
    """A SQLite file. `observer` is told each statement and commit before it happens, for counting and for fault tests.

    Raises StoreError when the file cannot be opened or belongs to a newer cshub, StoreBusy when another process holds it.
    """

    def __init__(
        self, path: Path, *, url: str = "", busy_timeout_s: float = 30.0, observer: Observer | None = None
    ) -> None:
        self.path = path
        self.url = url or f"sqlite:///{path}"
        self._busy_timeout_s = busy_timeout_s
        self._observer = observer
        self._turn = threading.Lock()
        self._turn_of: int | None = None
        self._idle: list[sqlite3.Connection] = []
        self._lent: set[sqlite3.Connection] = set()
        self._pool = threading.Lock()
        with explained(path):
            self._writer = self._open_writer()

    @contextmanager
    def transaction(self, *leases: Lease) -> Iterator[Transaction]:
        with self._taking_turns(), explained(self.path):
            transaction = SqliteTransaction(self._writer, self._observer)
            transaction.run("begin immediate")
            try:
                # Nobody else can write between here and the commit, so a lease good now is good then.
                for lease in leases:
                    _check(transaction, lease)
                yield transaction
                transaction.run("commit")
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("rollback")

    @contextmanager
    def read(self) -> Iterator[Reader]:
        connection = self._lend()
        try:
            with explained(self.path):
                connection.execute("begin")
                connection.execute(
                    "select 1 from sqlite_schema limit 1"
                ).fetchone()  # the state of now, not of the first question
                yield SqliteReader(connection, self._observer)
        finally:
            self._take_back(connection)

    @contextmanager
    def replay(self, cut: Cut | None, strays: Sequence[Stray] = ()) -> Iterator[Transaction]:
        from .past import rebuild  # noqa: PLC0415 - start-up: few commands look back
        from .score_detail import is_frozen, said_of  # noqa: PLC0415 - start-up: few commands look back

        connection = self._connect("ro")
        try:
            with explained(self.path):
                connection.execute("pragma temp_store = file")
                connection.create_function("said_of", 1, said_of, deterministic=True)
                connection.create_function("is_frozen", 1, is_frozen, deterministic=True)
                connection.execute("begin")
                past = PastTransaction(connection, self._observer)
                if cut is not None:
                    rebuild(past, cut, strays)
                yield past
        finally:
            connection.close()

    def close(self) -> None:
        with self._pool:
            for connection in (*self._idle, *self._lent):
                connection.close()
            self._idle.clear()
            self._lent.clear()
        self._writer.close()

    def _open_writer(self) -> sqlite3.Connection:
        with opening(self.path):
            _make_file(self.path)
        writer = self._connect("rw")
        try:
            # The change to WAL does not wait for others that make the same change, so one process opens at a time.
            with FileLocks(self.path).alone("open", self._busy_timeout_s):
                for pragma in _WRITER:
                    writer.execute(pragma)
                migrate(writer, self.path, self._observer or _unobserved)
        except BaseException:
            writer.close()
            raise
        return writer

    def _connect(self, mode: str) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"file:{quote(str(self.path.absolute()))}?mode={mode}",
            uri=True,
            timeout=self._busy_timeout_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
        )
        connection.execute("pragma cache_size = -16000")
        return connection

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        if self._turn_of == threading.get_ident():
            raise RuntimeError("a transaction inside a transaction of the same thread would wait for ever")
        with self._turn:
            self._turn_of = threading.get_ident()
            try:
                yield
            finally:
                self._turn_of = None

    def _lend(self) -> sqlite3.Connection:
        with self._pool:
            connection = self._idle.pop() if self._idle else None
        if connection is None:
            with explained(self.path):
                connection = self._connect("ro")
                connection.execute("pragma query_only = on")
        with self._pool:
            self._lent.add(connection)
        return connection

    def _take_back(self, connection: sqlite3.Connection) -> None:
        with self._pool:
            if connection not in self._lent:
                return  # closed meanwhile, with the database
            self._lent.discard(connection)
            if connection.in_transaction:
                connection.execute("rollback")
            if len(self._idle) < IDLE_READERS:
                self._idle.append(connection)
            else:
                connection.close()


def _make_file(path: Path) -> None:
    """An empty file for its owner alone; SQLite gives its side files (-wal, -shm) the same mode.

    A file that is there is not even opened: closing it again would drop the locks of this process's other connections
    (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def _check(transaction: Transaction, lease: Lease) -> None:
    found = transaction.one(SQL["lease_token"], {"name": lease.name})
    if found is None or found[0] != lease.token:
        raise LeaseLost(
            "another instance took this work over; nothing more is written here",
            where=lease.name,
            hint="nothing to do: the other instance goes on",
        )


def _unobserved(statement: str) -> None:
    """Nobody counts."""
