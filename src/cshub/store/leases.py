"""The right to do a piece of work: a lock that dies with its process, and a token that every commit of the work is checked against."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from ..errors import LeaseHeld, LeaseLost
from ..http import SYSTEM_CLOCK, Clock
from .database import Cell, Database, Lease
from .locks import FileLocks, HeldLock
from .statements import statements
from .values import from_ms, to_ms

SQL = statements("leases")
#: Pause between two looks at a lease somebody else holds, in seconds.
LOOK_AGAIN_S = 0.2


class Leases:
    """Hands out leases by name (`daemon`, `pull crm.companies`, `score`)."""

    def __init__(self, db: Database, locks: FileLocks) -> None:
        self._db = db
        self._locks = locks

    @contextmanager
    def take(
        self,
        name: str,
        *,
        wait_s: float = 60.0,
        clock: Clock = SYSTEM_CLOCK,
        takeover: bool = False,
        stopping: Callable[[], bool] = lambda: False,
    ) -> Iterator[Lease]:
        """Hold the lease while the block runs, waiting for another holder at most `wait_s` seconds.

        `takeover` takes it away from a holder that is alive but stuck: once that wakes, its commits raise LeaseLost and
        change nothing. Raises LeaseHeld, which names the holder.
        """
        held = self._locks.replace(name) if takeover else self._wait(name, wait_s, clock, stopping)
        try:
            token = self._raise_token(name, clock.now())
            if not held.is_ours():
                raise LeaseLost("another instance took it over at the same moment", where=name)
            yield Lease(name=name, token=token)
        finally:
            held.release()

    def check(self, lease: Lease) -> None:
        """Raise LeaseLost when another instance has taken this work over: for a step that no transaction guards, as a call to a vendor."""
        with self._db.transaction(lease):
            pass

    def _wait(self, name: str, wait_s: float, clock: Clock, stopping: Callable[[], bool]) -> HeldLock:
        deadline = clock.monotonic() + wait_s
        while (held := self._locks.attempt(name)) is None:
            if stopping() or clock.monotonic() >= deadline:
                raise self._refusal(name)
            clock.sleep(LOOK_AGAIN_S)
        return held

    def _raise_token(self, name: str, now: datetime) -> int:
        host, pid = socket.gethostname(), os.getpid()
        record: dict[str, Cell] = {
            "name": name,
            "holder": f"process {pid} on {host}",
            "host": host,
            "pid": pid,
            "now": to_ms(now),
        }
        with self._db.transaction() as transaction:
            token = transaction.all(SQL["raise_token"], record)[0][0]
        assert isinstance(token, int)
        return token

    def _refusal(self, name: str) -> LeaseHeld:
        with self._db.read() as reader:
            record = reader.one(SQL["holder"], {"name": name})
        if record is None:
            return LeaseHeld("another instance is just taking it", where=name, hint="try again")
        holder, taken_at = record
        assert isinstance(taken_at, int)
        return LeaseHeld(
            f"{holder!s} is doing this since {from_ms(taken_at):%Y-%m-%d %H:%M:%S} UTC",
            where=name,
            hint="wait until it is done, or stop that process and try again",
        )
