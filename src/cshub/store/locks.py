"""Locks that die with their process: one file per name, held by flock. Tokens and messages about them are `leases`'."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from ..errors import StoreBusy
from ..http import SYSTEM_CLOCK
from .faults import opening

#: Pause between two looks at a lock during a short piece of work, in seconds.
LOOK_AGAIN_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLock:
    """A lock this process holds until `release`, or until somebody replaces its file."""

    path: Path
    handle: int

    def is_ours(self) -> bool:
        """False once another process has put its own file in the place of ours."""
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return False
        ours = os.fstat(self.handle)
        return (there.st_dev, there.st_ino) == (ours.st_dev, ours.st_ino)

    def release(self, *, forget: bool = False) -> None:
        """Let others have it; `forget` removes the file too, for a name that is never used again."""
        if forget and self.is_ours():
            self.path.unlink(missing_ok=True)
        os.close(self.handle)


class FileLocks:
    """The lock files of a store, in a folder beside it that is made at the first use."""

    def __init__(self, store: Path) -> None:
        self._folder = store.with_name(f"{store.name}.locks")

    def attempt(self, name: str) -> HeldLock | None:
        """The lock, or None when somebody holds it."""
        while True:
            held = self._lock(name)
            if held is None or held.is_ours():
                return held
            held.release()  # its file was replaced or removed between opening and locking: look again

    @contextmanager
    def alone(self, name: str, wait_s: float) -> Iterator[None]:
        """Hold the lock during a short piece of work. Raises StoreBusy when another process does so for longer than `wait_s`."""
        deadline = SYSTEM_CLOCK.monotonic() + wait_s
        while (held := self.attempt(name)) is None:
            if SYSTEM_CLOCK.monotonic() >= deadline:
                raise StoreBusy("another process takes too long", where=str(self._path(name)), hint="see what it does")
            SYSTEM_CLOCK.sleep(LOOK_AGAIN_S)
        try:
            yield
        finally:
            held.release()

    def replace(self, name: str) -> HeldLock:
        """The lock, whoever holds it: a new file takes the place of the old, whose holder keeps a lock on nothing."""
        path = self._path(name)
        with opening(path):
            handle, made = tempfile.mkstemp(dir=self._made_folder())
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            Path(made).replace(path)
        return HeldLock(path=path, handle=handle)

    def _lock(self, name: str) -> HeldLock | None:
        path = self._path(name)
        with opening(path):
            self._made_folder()
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return HeldLock(path=path, handle=handle)

    def _path(self, name: str) -> Path:
        return self._folder / f"{quote(name, safe=' ')}.lock"

    def _made_folder(self) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder
