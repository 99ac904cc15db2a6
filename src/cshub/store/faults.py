"""SQLite's failures in an operator's words. Only failures of the surroundings are translated: a wrong statement stays what it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import StoreBusy, StoreError

#: SQLite's primary result code → what happened, what to do (https://www.sqlite.org/rescode.html).
_WORDS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("the disk is full", "free some space and run again; what was committed is kept"),
    sqlite3.SQLITE_READONLY: (
        "the store may not be written",
        "check the owner and the mode of the file and its folder",
    ),
    sqlite3.SQLITE_PERM: ("the store may not be opened", "check the owner and the mode of the file and its folder"),
    sqlite3.SQLITE_CANTOPEN: ("the store cannot be opened", "check that the folder exists and may be written"),
    sqlite3.SQLITE_IOERR: ("the disk answered with an error", "check the disk and its space, then run again"),
    sqlite3.SQLITE_CORRUPT: ("the store is damaged", "restore the newest backup; keep the damaged file aside"),
    sqlite3.SQLITE_NOTADB: ("this file is not a cshub store", "name another file under `store:`"),
    sqlite3.SQLITE_NOMEM: ("there is not enough memory", "free some memory and run again"),
    sqlite3.SQLITE_PROTOCOL: (
        "the store's locks do not work",
        "keep the store on a local disk, not on a network share",
    ),
}
_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raise StoreBusy or StoreError in place of SQLite's error where the surroundings are to blame."""
    try:
        yield
    except sqlite3.Error as error:
        translated = translate(error, path)
        if translated is None:
            raise
        raise translated from error


@contextmanager
def opening(path: Path) -> Iterator[None]:
    """Raise StoreError in place of the operating system's error about a file of the store."""
    try:
        yield
    except OSError as error:
        raise StoreError(
            f"the file cannot be opened: {error.strerror}",
            where=str(path),
            hint="check that its folder exists, may be written and has space",
        ) from error


def translate(error: sqlite3.Error, path: Path) -> StoreError | None:
    """The error to raise instead, None where the statement itself is wrong."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF
    if code in _BUSY:
        return StoreBusy(
            "another process kept the store locked for too long",
            where=str(path),
            hint="wait until it is done, or find it with `fuser` on the file",
        )
    if code not in _WORDS:
        return None
    message, hint = _WORDS[code]
    return StoreError(f"{message}: {error}", where=str(path), hint=hint)
