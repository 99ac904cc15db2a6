"""Runs: opened, closed with their report, and found dead when their process is gone."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from ..model import RunReport, StreamReport
from .database import Cell, Database, Record
from .locks import FileLocks, HeldLock
from .statements import statements
from .values import from_ms, to_ms

SQL = statements("runs")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A run as stored; `report` is there once it has ended by itself. `state` is running, died, or the report's."""

    id: int
    command: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    as_of: datetime
    host: str
    pid: int
    version: str
    report: RunReport | None


class Runs:
    """The runs of this store. A run holds a lock as long as its process lives, so that others see when it died."""

    def __init__(self, db: Database, locks: FileLocks) -> None:
        self._db = db
        self._locks = locks
        self._held: dict[int, HeldLock] = {}

    def open(self, command: str, *, as_of: datetime, now: datetime, version: str) -> int:
        """Begin a run and give its number."""
        record: dict[str, Cell] = {
            "command": command,
            "started_at": to_ms(now),
            "as_of": to_ms(as_of),
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "version": version,
        }
        with self._db.transaction() as transaction:
            run = int(str(transaction.all(SQL["open"], record)[0][0]))
            # Within the transaction, so that nobody ever sees the run without its lock.
            self._held[run] = self._locks.replace(_lock_name(run))
        return run

    def close(self, report: RunReport) -> None:
        """End a run with its report. Where that fails, the run is let go of, and the next one finds it dead."""
        record: dict[str, Cell] = {
            "run": report.run,
            "state": report.state,
            "finished_at": to_ms(report.finished_at),
            "report": orjson.dumps(report, option=orjson.OPT_SORT_KEYS).decode(),
        }
        try:
            with self._db.transaction() as transaction:
                transaction.run(SQL["close"], record)
        except BaseException:
            self.let_go(report.run)
            raise
        self.let_go(report.run, forget=True)

    def let_go(self, run: int, *, forget: bool = False) -> None:
        """Hold a run no longer; unless it was closed (`forget`), the next one finds it dead."""
        if held := self._held.pop(run, None):
            held.release(forget=forget)

    def bury_dead(self, *, now: datetime) -> Sequence[int]:
        """Mark runs of this host whose process is gone as died, and give their numbers. Their work goes on with the next run."""
        with self._db.read() as reader:
            running = [int(str(run)) for (run,) in reader.all(SQL["running"], {"host": socket.gethostname()})]
        return [run for run in running if run not in self._held and self._bury(run, now)]

    def list(self, *, limit: int = 20) -> Sequence[RunRecord]:
        """The newest runs first."""
        with self._db.read() as reader:
            return [_run(record) for record in reader.all(SQL["list"], {"limit": limit})]

    def get(self, run: int) -> RunRecord | None:
        """One run, None when there is none of that number."""
        with self._db.read() as reader:
            record = reader.one(SQL["get"], {"run": run})
        return None if record is None else _run(record)

    def _bury(self, run: int, now: datetime) -> bool:
        held = self._locks.attempt(_lock_name(run))
        if held is None:
            return False
        with self._db.transaction() as transaction:
            died = transaction.run(SQL["died"], {"run": run, "now": to_ms(now)})
            transaction.run(SQL["streams_died"], {"run": run, "now": to_ms(now)})
        held.release(forget=True)
        return died > 0


def _lock_name(run: int) -> str:
    return f"run {run}"


def _run(record: Record) -> RunRecord:
    id, command, state, started_at, finished_at, as_of, host, pid, version, report = record
    return RunRecord(
        id=int(str(id)),
        command=str(command),
        state=str(state),
        started_at=from_ms(int(str(started_at))),
        finished_at=None if finished_at is None else from_ms(int(str(finished_at))),
        as_of=from_ms(int(str(as_of))),
        host=str(host),
        pid=int(str(pid)),
        version=str(version),
        report=None if report is None else _report(str(report)),
    )


def _report(text: str) -> RunReport:
    values = orjson.loads(text)
    times = {name: datetime.fromisoformat(values[name]) for name in ("started_at", "finished_at", "as_of")}
    streams = tuple(StreamReport(**stream) for stream in values["streams"])
    return RunReport(**{**values, **times, "streams": streams, "errors": tuple(values["errors"])})
