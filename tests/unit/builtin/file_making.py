"""Makes file connections over a folder and reads them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cshub import Page, Reject, Row
from cshub.builtin.file import CONNECTOR
from cshub.builtin.file.connector import Files
from cshub.builtin.file.settings import FileSettings
from cshub.testing import context

#: Long after any file of a test was written, so that none of them looks as if it were still being written.
UNTIL = datetime.now(UTC) + timedelta(days=1)
USAGE = {
    "path": "*.csv",
    "kind": "event",
    "key": ["company", "metric", "day"],
    "columns": {"account.external_id": "company", "name": "metric", "at": "day", "value": "value"},
}
HEADER = "company,metric,day,value\n"


def settings(**changes: object) -> FileSettings:
    """The settings of daily usage, changed."""
    return FileSettings.model_validate({**USAGE, **changes})


def read(folder: Path, cursor: bytes | None = None, *, until: datetime = UNTIL, **changes: object) -> list[Page]:
    """The pages of one reading."""
    chosen = settings(**changes)
    source = Files(chosen, context(folder=str(folder)))
    (stream,) = CONNECTOR.streams(chosen)
    return list(source.pull(stream, cursor, until))


def rows(pages: Sequence[Page]) -> list[Row]:
    """All rows of these pages."""
    return [row for page in pages for row in page.rows]


def rejects(pages: Sequence[Page]) -> list[Reject]:
    """All rejects of these pages."""
    return [reject for page in pages for reject in page.rejects]


def ids(pages: Sequence[Page]) -> list[str]:
    """The ids of all rows."""
    return [str(row[0]) for row in rows(pages)]


def write(folder: Path, name: str, text: str, *, age_s: float = 3600) -> Path:
    """A file with that text below the usual header, last changed so long before now."""
    path = folder / name
    path.write_text(HEADER + text, encoding="utf-8")
    touch(path, age_s=age_s)
    return path


def touch(path: Path, *, age_s: float) -> None:
    """Let the file look as if it had been changed that long ago."""
    then = datetime.now(UTC).timestamp() - age_s
    os.utime(path, (then, then))
