"""Brings a SQLite store's schema up to this version: numbered `.sql` files, recorded by sqlite-utils together with their change."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlite_utils import Database as Tables
from sqlite_utils import Migrations

from ..errors import StoreError

FOLDER = Path(__file__).parent / "migrations"
SET = "cshub"
Notice = Callable[[str], None]


def migrate(connection: sqlite3.Connection, path: Path, notice: Notice, folder: Path = FOLDER) -> None:
    """Apply what is missing, all of it or nothing, after a backup beside the store when it already held something.

    Killed at any statement, the store is as before. Raises StoreError for a store made by a newer cshub.
    """
    steps = _steps(folder, notice)
    tables = Tables(connection, execute_plugins=False)
    applied = [step.name for step in steps.applied(tables)]
    _refuse_newer(applied, folder, path)
    pending = [step.name for step in steps.pending(tables)]
    if applied and pending:
        _back_up(connection, path.with_name(f"{path.name}.before-{pending[0][:4]}"))
    if pending:
        _apply(steps, tables, notice)


def split(text: str) -> Iterator[str]:
    """The statements of a script, triggers in one piece."""
    piece = ""
    for line in text.splitlines(keepends=True):
        piece += line
        if sqlite3.complete_statement(piece):
            yield piece.strip()
            piece = ""


def _steps(folder: Path, notice: Notice) -> Migrations:
    steps = Migrations(SET)
    for path in sorted(folder.glob("*.sql")):
        steps(name=path.stem)(_step(path, notice))
    return steps


def _step(path: Path, notice: Notice) -> Callable[[Tables], None]:
    def apply(tables: Tables) -> None:
        # Statement by statement: executescript would commit whatever is open.
        for statement in split(path.read_text(encoding="utf-8")):
            notice(statement)
            tables.conn.execute(statement)

    apply.__name__ = path.stem
    return apply


def _apply(steps: Migrations, tables: Tables, notice: Notice) -> None:
    """What is pending is asked again inside the transaction, where no other process can be faster; each step is a savepoint."""
    notice("begin")
    tables.conn.execute("begin immediate")
    try:
        steps.apply(tables)
        notice("commit")
        tables.conn.execute("commit")
    except BaseException:
        if tables.conn.in_transaction:
            tables.conn.execute("rollback")
        raise


def _refuse_newer(applied: list[str], folder: Path, path: Path) -> None:
    ours = {step.stem for step in folder.glob("*.sql")}
    if newer := sorted(set(applied) - ours):
        raise StoreError(
            f"this store was made by a newer cshub (it knows {', '.join(newer)})",
            where=str(path),
            hint="upgrade cshub, or restore a backup made before the upgrade",
        )


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=f"{target.name}.", dir=target.parent)
    os.close(handle)
    copy = sqlite3.connect(name)
    try:
        connection.backup(copy)
    finally:
        copy.close()
    Path(name).replace(target)
