"""How far each stream has been read: passes that begin, go on after a crash, end and fail. Landing rows is `landing`'s."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal

from ..connector import Snapshot, Stream
from ..errors import BreakerOpen
from ..model import StreamReport
from .absence import conclude, forget_marks, misses_rows
from .batch import Counts
from .database import Cell, Database, Lease, Parameters, Reader, Record, Transaction
from .landing import Intake, mark_seen
from .statements import statements
from .values import from_ms_or_none, to_ms

SQL = statements("streams")
ABSENCE = statements("absence")
#: No sequence number is higher.
ANY_SEQ = 2**63 - 1
_TIMES = {"started_at", "last_ok_at", "completed_at", "swept_at", "failing_since"}
Ending = Literal["ok", "failed", "skipped", "interrupted"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """What the store knows about the reading of one stream.

    `phase` is idle, full (a first reading, or again after the shape changed), snapshot or sweep; `completed_at` is the end of the last
    reading in full, `last_ok_at` of the last pull that reached its end. `error` stands until a pull succeeds.
    """

    connection: str
    stream: str
    kind: str
    shape: str
    cursor: bytes | None
    number: int
    phase: str
    sweep_cursor: bytes | None
    started_at: datetime | None
    started_seq: int
    last_ok_at: datetime | None
    completed_at: datetime | None
    swept_at: datetime | None
    error_code: str | None
    error: str | None
    failing_since: datetime | None


class Streams:
    """The readings of all streams."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def states(self) -> Sequence[StreamState]:
        """Every stream ever read, by connection and name."""
        with self._db.read() as reader:
            return [_state(record) for record in reader.all(SQL["states"])]

    def state(self, connection: str, stream: str) -> StreamState | None:
        """One stream, None when it was never read."""
        with self._db.read() as reader:
            return _find(reader, {"connection": connection, "stream": stream})

    def begin(
        self, run: int, connection: str, stream: Stream, lease: Lease, *, now: datetime, anew: bool = False
    ) -> StreamState:
        """Open the stream in a run and say from where to read: a pass that was cut off goes on, a changed shape (or `anew`) begins one."""
        place: dict[str, Cell] = {"connection": connection, "stream": stream.name}
        with self._db.transaction(lease) as transaction:
            transaction.run(SQL["open_in_run"], {**place, "run": run, "now": to_ms(now)})
            state = _find(transaction, place)
            if state is None or anew or _starts_over(state, stream):
                _begin_pass(transaction, place, stream, now)
                state = _find(transaction, place)
        assert state is not None
        return state

    def finish(self, into: Intake, *, now: datetime, calls: int = 0, accept_vanished: bool = False) -> Counts:
        """The pull reached its end: what a snapshot has not seen is gone, the stream is well, and closed in its run.

        Raises BreakerOpen when too much would be gone; then nothing is, and the next pull reads from the beginning.
        """
        try:
            with self._db.transaction(into.lease) as transaction:
                counts = _end_pull(transaction, into, now, accept=accept_vanished)
                transaction.run(SQL["end_pull"], {**_place(into), "now": to_ms(now)})
                _close_well(transaction, into, now, calls)
                return counts
        except BreakerOpen:
            self._refuse(into)
            raise

    def close(
        self,
        run: int,
        connection: str,
        stream: str,
        lease: Lease | None,
        *,
        state: Ending,
        now: datetime,
        calls: int = 0,
        code: str | None = None,
        error: str | None = None,
    ) -> None:
        """Close the stream in its run. An error stands in the stream's state until a pull succeeds.

        Without a lease only the run is told: another instance reads the stream, and knows better how it is.
        """
        record: dict[str, Cell] = {"connection": connection, "stream": stream, "run": run, "state": state}
        record |= {"now": to_ms(now), "calls": calls, "code": code, "error": error}
        with self._db.transaction(*([] if lease is None else [lease])) as transaction:
            transaction.run(SQL["open_in_run"], record)
            transaction.run(SQL["close_in_run"], record)
            if lease is not None and code is not None:
                transaction.run(SQL["fail"], record)

    def report(self, run: int) -> Sequence[StreamReport]:
        """The streams of a run with their counters."""
        with self._db.read() as reader:
            return [_report(record) for record in reader.all(SQL["report"], {"run": run})]

    def begin_sweep(
        self, run: int, connection: str, stream: Stream, lease: Lease, *, now: datetime, wanted: bool
    ) -> StreamState | None:
        """Begin to list the living ids when `wanted`, or go on with a sweep that was cut off.

        None when there is nothing to do, and while the stream has not been read in full.
        """
        place: dict[str, Cell] = {"connection": connection, "stream": stream.name}
        with self._db.transaction(lease) as transaction:
            state = _find(transaction, place)
            if state is None or state.shape != shape_of(stream) or not (state.phase == "sweep" or wanted):
                return None
            if state.phase == "idle":
                transaction.run(SQL["begin_sweep"], {**place, "now": to_ms(now)})
                transaction.run(ABSENCE["forget_marks"], place)
            elif state.phase != "sweep":
                return None
            transaction.run(SQL["open_in_run"], {**place, "run": run, "now": to_ms(now)})
            return _find(transaction, place)

    def land_ids(self, into: Intake, ids: Sequence[str], cursor: bytes, *, now: datetime) -> None:
        """Remember ids that a sweep listed, together with the sweep's cursor."""
        assert into.marking is not None
        with self._db.transaction(into.lease) as transaction:
            mark_seen(transaction, into.origin(now), into.marking, ids)
            transaction.run(SQL["save_sweep_cursor"], {**_place(into), "cursor": cursor})

    def finish_sweep(self, into: Intake, *, now: datetime, calls: int = 0, accept_vanished: bool = False) -> Counts:
        """The sweep listed every living id: the others are gone. Raises BreakerOpen as `finish` does.

        Ids that are listed but not stored make the stream be read in full, unless the next pull brings them.
        """
        try:
            with self._db.transaction(into.lease) as transaction:
                counts = _conclude(transaction, into, _found(transaction, into), now, accept=accept_vanished)
                misses_rows(transaction, into)
                transaction.run(SQL["end_sweep"], {**_place(into), "now": to_ms(now)})
                _close_well(transaction, into, now, calls)
                return counts
        except BreakerOpen:
            self._refuse(into)
            raise

    def _refuse(self, into: Intake) -> None:
        with self._db.transaction(into.lease) as transaction:
            transaction.run(SQL["refuse"], _place(into))
            forget_marks(transaction, into)


def _close_well(transaction: Transaction, into: Intake, now: datetime, calls: int) -> None:
    record: dict[str, Cell] = {**_place(into), "run": into.run, "now": to_ms(now), "calls": calls}
    transaction.run(SQL["close_in_run"], {**record, "state": "ok", "code": None, "error": None})


def shape_of(stream: Stream) -> str:
    """What `StreamState.shape` is compared with: a change of method or kind makes old rows as doubtful as a change of fields."""
    method = "snapshot" if isinstance(stream, Snapshot) else "incremental"
    return blake2b(repr((method, stream.kind.name, stream.shape)).encode(), digest_size=16).hexdigest()


def _begin_pass(transaction: Transaction, place: dict[str, Cell], stream: Stream, now: datetime) -> None:
    phase = "snapshot" if isinstance(stream, Snapshot) else "full"
    told: dict[str, Cell] = {"kind": stream.kind.name, "shape": shape_of(stream), "phase": phase, "now": to_ms(now)}
    transaction.run(SQL["begin_pass"], {**place, **told})
    transaction.run(ABSENCE["forget_marks"], place)


def _end_pull(transaction: Transaction, into: Intake, now: datetime, *, accept: bool) -> Counts:
    state = _found(transaction, into)
    counts = Counts()
    if state.phase == "snapshot":
        counts = _conclude(transaction, into, state, now, accept=accept)
    if state.phase in ("snapshot", "full"):
        forget_marks(transaction, into)
    elif state.phase == "idle" and misses_rows(transaction, into):
        transaction.run(SQL["read_again"], _place(into))
        forget_marks(transaction, into)
    return counts


def _conclude(transaction: Transaction, into: Intake, state: StreamState, now: datetime, *, accept: bool) -> Counts:
    # A snapshot marks all it reads. A sweep runs beside pulls, so what landed after its beginning is none of its business.
    started_seq = state.started_seq if state.phase == "sweep" else ANY_SEQ
    return conclude(transaction, into, into.origin(now), number=state.number, started_seq=started_seq, accept=accept)


def _starts_over(state: StreamState, stream: Stream) -> bool:
    return state.shape != shape_of(stream) or (isinstance(stream, Snapshot) and state.phase != "snapshot")


def _place(into: Intake) -> dict[str, Cell]:
    return {"connection": into.connection, "stream": into.stream.name}


def _found(reader: Reader, into: Intake) -> StreamState:
    state = _find(reader, _place(into))
    assert state is not None, "begin comes first"
    return state


def _find(reader: Reader, place: Parameters) -> StreamState | None:
    record = reader.one(SQL["state"], place)
    return None if record is None else _state(record)


def _state(record: Record) -> StreamState:
    names = (field.name for field in fields(StreamState))
    values: dict[str, Any] = dict(zip(names, record, strict=True))  # Any: each column has the type its field says
    for name in _TIMES:
        values[name] = from_ms_or_none(values[name])
    return StreamState(**values)


def _report(record: Record) -> StreamReport:
    connection, stream, state, extracted, new, changed, unchanged, deleted, rejected, calls, error, code = record
    numbers = (int(str(number)) for number in (extracted, new, changed, unchanged, deleted, rejected, calls))
    counters = ("extracted", "new", "changed", "unchanged", "deleted", "rejected", "calls")
    return StreamReport(
        connection=str(connection),
        stream=str(stream),
        state=str(state),
        error=None if error is None else str(error),
        error_code=None if code is None else str(code),
        **dict(zip(counters, numbers, strict=True)),
    )
