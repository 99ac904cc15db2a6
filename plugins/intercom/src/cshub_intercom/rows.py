"""From Intercom's objects to a page of rows, with everything the rows need from other calls. Which objects, is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cshub import JSON, Page, Reject, Row

from .mapping import Mapper
from .parts import Gone, Parts, merges
from .records import Unmappable, id_of, record, reject


@dataclass(slots=True, kw_only=True)
class _Lot:
    """What became of the objects of a page so far."""

    rows: list[Row] = field(default_factory=list)
    tombstones: list[str] = field(default_factory=list)
    merges: list[tuple[str, str]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)


class Rows:
    """Makes the pages of one stream, without their cursors. A call that fails on the way fails the page: no half rows."""

    def __init__(self, mapper: Mapper, parts: Parts | None = None) -> None:
        self._mapper = mapper
        self._parts = parts

    def page(self, items: Iterable[JSON]) -> Page:
        """The page of these objects, each of them in exactly one of its lists."""
        lot = _Lot()
        for item in items:
            self._add(item, lot)
        return Page(rows=lot.rows, cursor=b"", tombstones=lot.tombstones, merges=lot.merges, rejects=lot.rejects)

    def _add(self, item: JSON, lot: _Lot) -> None:
        try:
            found = record(item)
            whole = self._parts.completed(found) if self._parts else found
            lot.rows.append(self._mapper.row(whole))
        except Unmappable as error:
            lot.rejects.append(reject(item, str(error), self._mapper.prefix))
        except Gone as gone:
            id = str(id_of(item))
            if gone.survivor is None:
                lot.tombstones.append(id)
            else:
                lot.merges.append((id, gone.survivor))
        else:
            lot.merges += merges(found) if self._parts else ()
