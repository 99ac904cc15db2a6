"""Looks whether a SQLite store's schema is this version's, and has it brought there when it is older."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from ..errors import StoreError

FOLDER = Path(__file__).parent / "migrations"
#: The table is sqlite-utils'; it is read without it, because importing it takes a tenth of a second that most starts need not spend.
_TABLE = "select 1 from sqlite_schema where name = '_sqlite_migrations'"
_APPLIED = "select name from _sqlite_migrations where migration_set = 'cshub'"


def migrate(connection: sqlite3.Connection, path: Path, notice: Callable[[str], None], folder: Path = FOLDER) -> None:
    """Apply what is missing, all of it or nothing, after a backup beside the store when it already held something.

    Killed at any statement, the store is as before. Raises StoreError for a store made by a newer cshub.
    """
    files = sorted(folder.glob("*.sql"))
    applied = _applied(connection)
    _refuse_newer(applied - {file.stem for file in files}, path)
    pending = [file for file in files if file.stem not in applied]
    if pending:
        from .upgrade import upgrade  # noqa: PLC0415 - start-up: sqlite-utils is for upgrades alone

        backup = path.with_name(f"{path.name}.before-{pending[0].stem[:4]}") if applied else None
        upgrade(connection, files, notice, backup)


def _applied(connection: sqlite3.Connection) -> set[str]:
    if connection.execute(_TABLE).fetchone() is None:
        return set()
    return {name for (name,) in connection.execute(_APPLIED)}


def _refuse_newer(newer: set[str], path: Path) -> None:
    if newer:
        raise StoreError(
            f"this store was made by a newer cshub (it knows {', '.join(sorted(newer))})",
            where=str(path),
            hint="upgrade cshub, or restore a backup made before the upgrade",
        )
