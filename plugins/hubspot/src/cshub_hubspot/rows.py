"""From HubSpot's elements to a page of rows, with everything the rows need from other calls. Which elements, is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from cshub import JSON, OwnedValue, Page, Reject, Row

from .api import Api
from .associations import references
from .batch import id_of, read
from .catalog import Catalog
from .mapping import Facts, Mapper
from .objects import ObjectType
from .records import Record, Unmappable, changed_at, merges, record, reject
from .values import canonical


class Rows:
    """Makes the pages of one stream, without their cursors. A call that fails on the way fails the page: no half rows."""

    def __init__(
        self, api: Api, catalog: Catalog, object_type: ObjectType, mapper: Mapper, owned: Sequence[str], *, stages: bool
    ) -> None:
        self._api = api
        self._catalog = catalog
        self._type = object_type
        self._mapper = mapper
        self._owned = tuple(owned)
        self._stages = stages

    @property
    def properties(self) -> tuple[str, ...]:
        """The properties to ask for: those the rows are made of, and those cshub owns there."""
        return tuple(dict.fromkeys((*self._mapper.properties, *self._owned)))

    def complete(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Those of the rows that refer to something, where they should: a link often comes just after its record, unstamped."""
        if not self._type.links:
            return iter(rows)
        names = self._type.kind.names
        company, contact = 2 + names.index("account_id"), 2 + names.index("contact_id")
        return (row for row in rows if row[company] is not None or row[contact] is not None)

    def page(self, items: Iterable[JSON], gone: Sequence[str] = ()) -> Page:
        """The page of these elements, each of them in exactly one of its lists."""
        records: list[Record] = []
        rejects: list[Reject] = []
        for item in items:
            try:
                records.append(record(item))
            except Unmappable as error:
                rejects.append(reject(item, str(error)))
        return self.of(records, rejects, gone)

    def fetched(self, ids: Sequence[str], rejects: Sequence[Reject] = ()) -> Page:
        """The page of the records with these ids, read with all their properties; those gone meanwhile are tombstones."""
        lot = read(self._api, self._type.name, ids, self.properties)
        page = self.page(lot.items, lot.gone)
        return replace(page, rejects=(*rejects, *page.rejects))

    def of(self, records: Sequence[Record], rejects: Sequence[Reject] = (), gone: Sequence[str] = ()) -> Page:
        """The page of these records."""
        facts = self._facts(records)
        rejected = [*rejects]
        rows: list[Row] = []
        merged: list[tuple[str, str]] = []
        kept: list[Record] = []
        for each in records:
            try:
                row, pairs = self._mapper.row(each, facts), merges(each)
            except Unmappable as error:
                rejected.append(reject({"id": each.id, "properties": dict(each.properties)}, str(error)))
                continue
            rows.append(row)
            merged += pairs
            kept.append(each)
        owned = self._owned_values(kept) if self._owned else []
        return Page(rows=rows, cursor=b"", tombstones=gone, merges=merged, rejects=rejected, owned=owned)

    def _facts(self, records: Sequence[Record]) -> Facts:
        """What these rows need; nothing is asked for a page without rows."""
        if not records:
            return Facts()
        ids = [each.id for each in records]
        linked = references(self._api, self._type.name, ids) if self._type.links else {}
        return Facts(closed=self._catalog.closed_stages() if self._stages else {}, references=linked)

    def _owned_values(self, records: list[Record]) -> list[OwnedValue]:
        """The fields cshub writes, as HubSpot has them now, in canonical text."""
        types = self._catalog.types(self._type.name) if records else {}
        return [
            OwnedValue(
                target=self._type.name,
                id=each.id,
                field=name,
                value=canonical(each.properties.get(name), types.get(name, "string")),
                changed_at=changed_at(each, self._mapper.changed),
            )
            for each in records
            for name in self._owned
        ]


def ids_in(items: Iterable[JSON]) -> tuple[list[str], list[Reject]]:
    """The ids of elements that are to be read again with all their properties, and rejects for those without."""
    ids: list[str] = []
    rejects: list[Reject] = []
    for item in items:
        id = id_of(item)
        if id is None:
            rejects.append(reject(item, "the record has no id"))
        else:
            ids.append(id)
    return ids, rejects
