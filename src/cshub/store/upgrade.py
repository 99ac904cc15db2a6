"""Applies migrations to a SQLite store: numbered `.sql` files, recorded by sqlite-utils together with their change."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from sqlite_utils import Database as Tables
from sqlite_utils import Migrations

SET = "cshub"
Notice = Callable[[str], None]


def upgrade(connection: sqlite3.Connection, files: Sequence[Path], notice: Notice, backup: Path | None) -> None:
    """Apply those of `files` that are not yet, all of them or nothing; `backup` is where a copy is kept of what was there before."""
    if backup is not None:
        _back_up(connection, backup)
    steps = Migrations(SET)
    for file in files:
        steps(name=file.stem)(_step(file, notice))
    notice("begin")
    connection.execute("begin immediate")
    try:
        # What is pending is asked again in here, where no other process can be faster; each step is a savepoint.
        steps.apply(Tables(connection, execute_plugins=False))
        notice("commit")
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise


def split(text: str) -> Iterator[str]:
    """The statements of a script, triggers in one piece."""
    piece = ""
    for line in text.splitlines(keepends=True):
        piece += line
        if sqlite3.complete_statement(piece):
            yield piece.strip()
            piece = ""


def _step(file: Path, notice: Notice) -> Callable[[Tables], None]:
    def apply(tables: Tables) -> None:
        # Statement by statement: executescript would commit whatever is open.
        for statement in split(file.read_text(encoding="utf-8")):
            notice(statement)
            tables.conn.execute(statement)

    apply.__name__ = file.stem
    return apply


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=f"{target.name}.", dir=target.parent)
    os.close(handle)
    copy = sqlite3.connect(name)
    try:
        connection.backup(copy)
    finally:
        copy.close()
    Path(name).replace(target)
