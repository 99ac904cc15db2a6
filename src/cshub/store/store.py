"""The store as the stages see it: its parts over one database.

A new part is a class in its own module, made with the database alone; it gets an import and an attribute here.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError
from .database import Database
from .leases import Leases
from .locks import FileLocks
from .runs import Runs
from .sqlite import SqliteDatabase

if TYPE_CHECKING:
    from .alerts import Alerts
    from .conditions import Conditions
    from .due_writes import DueWrites
    from .landing import Landing
    from .links import Links
    from .people import People
    from .portfolio import Portfolios
    from .rejects import Rejects
    from .scores import Scores
    from .segments import Segments
    from .streams import Streams
    from .unified import Unified
    from .writes import Writes


class Store:
    """Everything cshub remembers. Close it when done. Parts are imported when they are first used: a pull needs few of them."""

    alerts: Alerts
    conditions: Conditions
    due_writes: DueWrites
    landing: Landing
    links: Links
    people: People
    portfolio: Portfolios
    rejects: Rejects
    scores: Scores
    segments: Segments
    streams: Streams
    unified: Unified
    writes: Writes

    def __init__(self, db: Database, locks: FileLocks) -> None:
        self.db = db
        self.locks = locks
        self.leases = Leases(db, locks)
        self.runs = Runs(db, locks)

    if not TYPE_CHECKING:  # a type checker would take any name for a part

        def __getattr__(self, name: str) -> object:
            if name not in Store.__annotations__:
                raise AttributeError(f"a store has no part {name!r}")
            module = import_module(f".{name}", __package__)
            part = getattr(module, Store.__annotations__[name])(self.db)
            setattr(self, name, part)
            return part

    def close(self) -> None:
        """Close every connection to the database."""
        self.db.close()


def open_store(
    url: str,
    *,
    folder: Path | str = ".",
    busy_timeout_s: float = 30.0,
    observer: Callable[[str], None] | None = None,
) -> Store:
    """The store at `url` (`sqlite:///cshub.db`; relative paths start at `folder`), made or brought up to date when needed.

    `observer` is told each statement and commit right before it happens. Raises ConfigError for an address nobody knows, StoreError, StoreBusy.
    """
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url == prefix:
        raise ConfigError(f"{url!r} is not the address of a store", where="store", hint="write sqlite:///cshub.db")
    path = Path(folder) / url.removeprefix(prefix)
    db = SqliteDatabase(path, url=url, busy_timeout_s=busy_timeout_s, observer=observer)
    return Store(db, FileLocks(path))
