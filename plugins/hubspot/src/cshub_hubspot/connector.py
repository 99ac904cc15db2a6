"""The HubSpot connector's table of contents: what it reads and writes, and where each part is done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
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

from . import associations, batch, check, cursor, describe, named, owners, setup
from .api import Api
from .catalog import Catalog
from .client import open_clients
from .mapping import mapper
from .objects import READABLE, ObjectType
from .paths import Paths
from .pull import Pull
from .pull import ids as living
from .rows import Rows
from .settings import HubSpotSettings
from .streams import streams
from .values import canonical
from .write import Writer


class HubSpot:
    """One HubSpot account, as source and destination."""

    def __init__(self, settings: HubSpotSettings, context: Context) -> None:
        self._settings = settings
        self._context = context
        self._api = Api(open_clients(settings, context), Paths(settings.api))
        self._catalog = Catalog(self._api)

    def check(self) -> Check:
        """Whose account it is, missing scopes, clock and daily calls, properties that are not there."""
        found = check.check(self._api, {stream.name: stream.scopes for stream in streams(self._settings)})
        return replace(found, findings=(*found.findings, *named.unknown(self._catalog, self._settings)))

    def pull(self, stream: Stream, cursor_: bytes | None, until: datetime) -> Iterator[Page]:
        """The pages of a stream after a cursor."""
        where = f"{self._context.connection}.{stream.name}"
        if stream.name in READABLE:
            start = None if cursor_ is None else cursor.incremental(cursor_, where)
            return self._pull(READABLE[stream.name], until).pages(start)
        begin = cursor.Sweep() if cursor_ is None else cursor.Sweep.load(cursor_, where)
        if stream.name == "owners":
            return owners.pages(self._api, begin)
        if stream.name == "associations":
            return associations.pages(self._api.on_behalf_of(stream.name), begin)
        raise PluginError(f"HubSpot has no stream {stream.name}", where=where)

    def ids(self, stream: Stream, cursor_: bytes | None) -> Iterator[tuple[Sequence[str], bytes]]:
        """The ids of all living records of a stream."""
        where = f"{self._context.connection}.{stream.name}"
        if stream.name not in READABLE:
            raise PluginError(f"{stream.name} is read whole anyway and has no list of ids", where=where)
        begin = cursor.Sweep() if cursor_ is None else cursor.Sweep.load(cursor_, where)
        return living(self._api, READABLE[stream.name], begin)

    def describe(self, target: str) -> Sequence[TargetField]:
        """The object's properties as they are now."""
        self._catalog.forget(target)
        return [describe.target_field(each) for each in self._catalog.properties(target).values()]

    def provision(self, target: str, fields: Sequence[FieldSpec]) -> Sequence[Provisioned]:
        """Create the group and the properties that are missing."""
        return setup.provision(self._api, self._catalog, target, fields)

    def read(self, target: str, ids: Sequence[str], fields: Sequence[str]) -> Mapping[str, Mapping[str, Value]]:
        """Present values by record id; what is gone is left out."""
        types = self._catalog.types(target)
        found: dict[str, Mapping[str, Value]] = {}
        wanted = frozenset(ids)
        for item in batch.read(self._api, target, ids, fields).items:
            properties = item.get("properties") if isinstance(item, dict) else None
            id = batch.id_of(item)
            if id is not None and id in wanted and isinstance(properties, dict):
                found[id] = {name: canonical(properties.get(name), types.get(name, "string")) for name in fields}
        return found

    def write(self, batch: WriteBatch) -> Iterator[Outcome]:
        """Batch updates, one outcome per record."""
        return Writer(self._api, batch.target).outcomes(batch)

    def close(self) -> None:
        """Let go of the connections."""
        self._api.close()

    def _pull(self, object_type: ObjectType, until: datetime) -> Pull:
        by_stage = object_type.name == "tickets" and self._settings.closed_stages is None
        owned = self._context.owned.get(object_type.name, ())
        made = mapper(object_type, self._settings)
        rows = Rows(self._api, self._catalog, object_type, made, owned, stages=by_stage)
        return Pull(self._api, object_type, rows, self._settings, until)
