"""The file connector's table of contents: one stream, read whole or from where the last reading ended."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from cshub import Check, Context, CshubError, Finding, Page, Stream

from . import whole
from .files import Found, find, header_of, opened
from .growing import Growing
from .settings import FileSettings

#: Files that a check opens.
_CHECKED = 20


class Files:
    """The files of one connection, as a source."""

    def __init__(self, settings: FileSettings, context: Context) -> None:
        self._settings = settings
        self._context = context

    def check(self) -> Check:
        """Whether there are files and their columns are those of the settings."""
        path = self._settings.path
        try:
            files = find(self._settings, self._context.folder, self._context.connection)
        except CshubError as error:
            return Check(org=path, account=path, findings=(_finding("files", error),))
        return Check(org=path, account=path, findings=tuple(map(self._look_into, files[:_CHECKED])))

    def pull(self, stream: Stream, cursor: bytes | None, until: datetime) -> Iterator[Page]:
        """The pages after `cursor`."""
        where = f"{self._context.connection}.{stream.name}"
        files = find(self._settings, self._context.folder, where)
        if self._settings.mode == "replace":
            yield from whole.pages(files, self._settings, cursor, where)
        else:
            yield from Growing(self._settings, cursor, until, where).pages(files)

    def close(self) -> None:
        """Nothing stays open."""

    def _look_into(self, file: Found) -> Finding:
        where = self._context.connection
        try:
            with opened(file, self._settings, where) as lines:
                header_of(file, lines, self._settings, where)
        except CshubError as error:
            return _finding(file.name, error)
        return Finding(check=file.name, ok=True, message=f"{file.size} bytes")


def _finding(check: str, error: CshubError) -> Finding:
    return Finding(check=check, ok=False, message=error.message, fix=error.hint)
