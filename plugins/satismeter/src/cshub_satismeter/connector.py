"""The SatisMeter connector's table of contents: what it reads, and where each part is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from cshub import Check, Context, Page, PluginError, Stream

from . import check, cursor, pull
from .client import Api
from .mapping import Mapper
from .settings import SatisMeterSettings


class SatisMeter:
    """One SatisMeter project, as a source."""

    def __init__(self, settings: SatisMeterSettings, context: Context) -> None:
        self._settings = settings
        self._context = context
        self._api = Api(settings, context)
        self._mapper = Mapper(settings)

    def check(self) -> Check:
        """Which project it is, its surveys, and whether responses name their customers."""
        return check.check(self._api, self._settings, self._context.clock.now())

    def pull(self, stream: Stream, cursor_: bytes | None, until: datetime) -> Iterator[Page]:
        """The pages of the responses after a cursor."""
        where = self._where(stream)
        start = None if cursor_ is None else cursor.Position.load(cursor_, where)
        return pull.Pull(self._api, self._mapper, self._settings, start, until).pages()

    def ids(self, stream: Stream, cursor_: bytes | None) -> Iterator[tuple[Sequence[str], bytes]]:
        """The ids of the rows of all responses."""
        where = self._where(stream)
        anew = pull.sweep(self._settings.begins, self._context.clock.now())
        start = anew if cursor_ is None else cursor.Sweep.load(cursor_, where)
        return pull.ids(self._api, self._mapper, start, where)

    def close(self) -> None:
        """Let go of the connections."""
        self._api.close()

    def _where(self, stream: Stream) -> str:
        where = f"{self._context.connection}.{stream.name}"
        if stream.name != "responses":
            raise PluginError(f"SatisMeter has no stream {stream.name}", where=where)
        return where
