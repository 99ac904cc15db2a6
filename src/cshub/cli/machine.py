"""What `doctor` finds on this machine: the store's place, the disk, the SQLite release."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from ..connector import Finding
from ..engine import Hub

#: Less free disk than this is a fault, in bytes.
LEAST_FREE = 500 * 1024 * 1024
#: The first release without the fault by which resetting the WAL can lose a commit, and earlier ones it was mended in.
MENDED, ALSO_MENDED = (3, 51, 3), ((3, 44, 6), (3, 50, 7))


def machine(hub: Hub) -> Iterator[Finding]:
    """Disk, permissions and versions."""
    place = Path(hub.config.folder) / hub.config.store.removeprefix("sqlite:///")
    free = shutil.disk_usage(place.parent).free
    told = f"{free / 1024**3:.1f} GB free beside {place.name}"
    yield Finding(check="disk", ok=free >= LEAST_FREE, message=told, fix="make room, or move the store with `store:`")
    yield _permissions(place)
    yield sqlite(sqlite3.sqlite_version_info)


def sqlite(version: tuple[int, ...]) -> Finding:
    """Whether this SQLite has the WAL-reset fault (https://sqlite.org/wal.html)."""
    text = ".".join(map(str, version))
    if version >= MENDED or version in ALSO_MENDED:
        return Finding(check="SQLite", ok=True, message=text)
    message = f"{text} has a fault that can, very rarely, lose a commit when two processes write"
    fix = "use a Python with SQLite 3.51.3 or newer (3.44.6 and 3.50.7 are mended too)"
    return Finding(check="remark on SQLite", ok=False, message=message, fix=fix)


def _permissions(place: Path) -> Finding:
    mode = place.stat().st_mode & 0o777 if place.exists() else 0o600
    ok = not mode & 0o077 and os.access(place.parent, os.W_OK)
    message = f"{place.name} is readable by {'its owner alone' if ok else 'others as well'} ({mode:o})"
    return Finding(check="permissions", ok=ok, message=message, fix=f"chmod 600 {place}")
