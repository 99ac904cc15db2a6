"""From Salesforce's elements to a page of rows. Which elements, is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cshub import JSON, OwnedValue, Page, PermissionMissing, Reject, Row

from .api import Api
from .catalog import Catalog, SObject
from .mapping import Mapper, mapper
from .objects import ObjectType
from .records import Record, Unmappable, record, reject
from .selection import Selection, select
from .settings import SalesforceSettings
from .values import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Makes the pages of one stream, without their cursors."""

    sobject: SObject
    mapper: Mapper
    selection: Selection

    def records(self, items: Iterable[JSON]) -> tuple[list[Record], list[Reject]]:
        """The well-formed records among these elements, and a reject for each of the others."""
        records: list[Record] = []
        rejects: list[Reject] = []
        for item in items:
            try:
                records.append(record(item, self.selection.shows))
            except Unmappable as error:
                rejects.append(reject(item, str(error)))
        return records, rejects

    def page(self, records: Iterable[Record], rejects: Iterable[Reject], cursor: bytes) -> Page:
        """The page of these records, each in exactly one of its lists: alive, deleted, merged away, or unreadable."""
        rows: list[Row] = []
        gone: list[str] = []
        merged: list[tuple[str, str]] = []
        rejected = [*rejects]
        owned: list[OwnedValue] = []
        for each in records:
            if each.deleted:
                merged.append((each.id, each.master)) if each.master else gone.append(each.id)
                continue
            try:
                rows.append(self.mapper.row(each))
            except Unmappable as error:
                rejected.append(reject(dict(each.values), str(error)))
                continue
            owned += self._owned(each)
        return Page(rows=rows, cursor=cursor, tombstones=gone, merges=merged, rejects=rejected, owned=owned)

    def _owned(self, record: Record) -> Sequence[OwnedValue]:
        """The fields cshub writes, as Salesforce has them now, in canonical text."""
        return [
            OwnedValue(
                target=self.sobject.name,
                id=record.id,
                field=name,
                value=canonical(record.values.get(name), self.sobject.type_of(name)),
                changed_at=record.changed_at,
            )
            for name in self.selection.owned
        ]


def rows(
    api: Api, catalog: Catalog, object_type: ObjectType, settings: SalesforceSettings, owned: Sequence[str], where: str
) -> Rows:
    """What makes a stream's rows, by the object as it is now: fields come and go between readings.

    Raises PermissionMissing where the object cannot be read, ConfigError for a mapped field that is not there.
    """
    catalog.forget(object_type.sobject)
    sobject = catalog.object(object_type.sobject, api)
    if not sobject.queryable:
        scopes = (f"{object_type.sobject}: read",)
        raise PermissionMissing(f"{object_type.sobject} may not be queried", where=where, scopes=scopes)
    made = mapper(object_type, settings, sobject.record_types)
    return Rows(sobject=sobject, mapper=made, selection=select(object_type, settings, sobject, owned, where))
