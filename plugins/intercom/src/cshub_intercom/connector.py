"""The Intercom connector's table of contents: what it reads, and where each part is done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from cshub import Check, Context, Page, PluginError, Stream

from . import admins, associations, cursor, whole
from .api import Api
from .check import check
from .client import open_client
from .companies import Companies
from .lists import Lists
from .mapping import asks_tags, mapper
from .objects import CHANGING, COMPANIES, CONTACTS, ObjectType
from .pace import Pace
from .parts import Parts
from .pull import Pull
from .rows import Rows
from .settings import IntercomSettings
from .streams import streams
from .tags import TagNames


class Intercom:
    """One Intercom workspace, as a source."""

    def __init__(self, settings: IntercomSettings, context: Context) -> None:
        self._settings = settings
        self._context = context
        client = open_client(settings, context)
        self._api = Api(client, settings.api_version, context.clock, Pace(context.clock))

    def check(self) -> Check:
        """Whose workspace it is, its region, the clock, and what the token may not read."""
        return check(self._api, self._settings, {stream.name: stream.scopes for stream in streams(self._settings)})

    def pull(self, stream: Stream, cursor_: bytes | None, until: datetime) -> Iterator[Page]:
        """The pages of a stream after a cursor. Every stream keeps a position of its own, parents and children too."""
        where = self._where(stream)
        api = self._api.on_behalf_of(stream.name)
        if stream.name in CHANGING:
            start = None if cursor_ is None else cursor.incremental(cursor_, where)
            object_type = CHANGING[stream.name]
            return Pull(api, object_type, self._rows(api, object_type), self._settings, until).pages(start)
        begin = cursor.whole(cursor_, where)
        if stream.name == "companies":
            return Companies(api, self._rows(api, COMPANIES), self._settings).pages()
        if stream.name == "admins":
            return admins.pages(api, begin)
        if stream.name == "associations":
            parts, overlap = Parts(api, None), self._settings.overlap
            return associations.pages(Lists(api, CONTACTS), parts, begin, until, overlap)
        raise PluginError(f"Intercom has no stream {stream.name}", where=where)

    def ids(self, stream: Stream, cursor_: bytes | None) -> Iterator[tuple[Sequence[str], bytes]]:
        """The ids of all living records of a stream; archived, deleted and merged ones are not among them."""
        where = self._where(stream)
        if stream.name not in CHANGING:
            raise PluginError(f"{stream.name} is read whole anyway and has no list of ids", where=where)
        object_type = CHANGING[stream.name]
        lists = Lists(self._api.on_behalf_of(stream.name), object_type)
        begin = cursor.whole(cursor_, where)
        return whole.ids(lists, object_type, begin, self._context.clock.now(), self._settings.overlap)

    def close(self) -> None:
        """Let go of the connections."""
        self._api.close()

    def _rows(self, api: Api, object_type: ObjectType) -> Rows:
        made = mapper(object_type, self._settings)
        if object_type is not CONTACTS:
            return Rows(made)
        tags = TagNames(api) if asks_tags(self._settings, object_type) else None
        return Rows(made, Parts(api, tags))

    def _where(self, stream: Stream) -> str:
        return f"{self._context.connection}.{stream.name}"
