"""The Salesforce connector's table of contents: what it reads and writes, and where each part is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from cshub import (
    Check,
    Context,
    FieldSpec,
    Outcome,
    Page,
    PluginError,
    Provisioned,
    Stream,
    TargetField,
    Value,
    WriteBatch,
)

from . import check, cursor, describe, lookup, setup
from .api import Api
from .catalog import Catalog
from .login import Session
from .objects import OBJECTS, ObjectType
from .paths import Paths
from .pull import Pull
from .pull import ids as living
from .quota import Quota
from .rows import Rows, rows
from .settings import SalesforceSettings
from .write import Writer


class Salesforce:
    """One Salesforce org, as source and destination."""

    def __init__(self, settings: SalesforceSettings, context: Context) -> None:
        self._settings = settings
        self._context = context
        quota = Quota(context.clock, settings.reserve)
        self._api = Api(Session(settings, context, quota), quota, Paths(settings.api))
        self._catalog = Catalog(self._api)

    def check(self) -> Check:
        """Whose org it is, what may be read, mapped fields that are not there, clock, version and daily calls."""
        return check.check(self._api, self._catalog, self._settings)

    def pull(self, stream: Stream, cursor_: bytes | None, until: datetime) -> Iterator[Page]:
        """The pages of a stream after a cursor."""
        object_type, where = self._object_type(stream)
        start = None if cursor_ is None else cursor.incremental(cursor_, where)
        api = self._api.reading(stream.name)
        pull = Pull(
            api=api,
            stream=stream.name,
            rows=self._rows(object_type, api, where),
            settings=self._settings,
            clock=self._context.clock,
            until=until,
            where=where,
        )
        yield from pull.pages(start)

    def ids(self, stream: Stream, cursor_: bytes | None) -> Iterator[tuple[Sequence[str], bytes]]:
        """The ids of all living records of a stream."""
        object_type, where = self._object_type(stream)
        begin = cursor.Sweep() if cursor_ is None else cursor.Sweep.load(cursor_, where)
        api = self._api.reading(stream.name)
        yield from living(api, self._rows(object_type, api, where), begin)

    def describe(self, target: str) -> Sequence[TargetField]:
        """The object's fields as they are now."""
        self._catalog.forget(target)
        return [describe.target_field(each) for each in self._catalog.object(target).fields.values()]

    def provision(self, target: str, fields: Sequence[FieldSpec]) -> Sequence[Provisioned]:
        """Create the fields that are missing, and who may see them."""
        return setup.provision(self._api, self._catalog, target, fields)

    def read(self, target: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        """Present values by record id; what is gone is left out."""
        return lookup.present(self._api, self._catalog.object(target), ids, fields)

    def write(self, batch: WriteBatch) -> Iterator[Outcome]:
        """Collections of at most 200, one outcome per record."""
        return Writer(self._api, self._catalog, batch.target, self._context.clock).outcomes(batch)

    def close(self) -> None:
        """Let go of the connections."""
        self._api.close()

    def _object_type(self, stream: Stream) -> tuple[ObjectType, str]:
        where = f"{self._context.connection}.{stream.name}"
        if stream.name not in OBJECTS:
            raise PluginError(f"Salesforce has no stream {stream.name}", where=where)
        return OBJECTS[stream.name], where

    def _rows(self, object_type: ObjectType, api: Api, where: str) -> Rows:
        owned = self._context.owned.get(object_type.sobject, ())
        return rows(api, self._catalog, object_type, self._settings, owned, where)
