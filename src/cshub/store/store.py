"""The store as the stages see it: its parts over one database.

A new part is a class in its own module, made with the database alone; it gets an import and a property here.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..errors import ConfigError
from .alerts import Alerts
from .conditions import Conditions
from .database import Database
from .due_writes import DueWrites
from .landing import Landing
from .leases import Leases
from .links import Links
from .locks import FileLocks
from .people import People
from .rejects import Rejects
from .runs import Runs
from .scores import Scores
from .sqlite import SqliteDatabase
from .streams import Streams
from .unified import Unified
from .writes import Writes


class Store:
    """Everything cshub remembers. Close it when done."""

    def __init__(self, db: Database, locks: FileLocks) -> None:
        self.db = db
        self.alerts = Alerts(db)
        self.conditions = Conditions(db)
        self.due_writes = DueWrites(db)
        self.landing = Landing(db)
        self.leases = Leases(db, locks)
        self.links = Links(db)
        self.people = People(db)
        self.rejects = Rejects(db)
        self.runs = Runs(db, locks)
        self.scores = Scores(db)
        self.streams = Streams(db)
        self.unified = Unified(db)
        self.writes = Writes(db)

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
