"""The records of one object type: live, archived and merged away, and the way to page through them by id."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .schema import Schema
from .search_index import SearchIndex


@dataclass(frozen=True, slots=True)
class Version:
    """A value that stood in a property from `at_ms` on."""

    value: str
    at_ms: int


@dataclass(slots=True)
class Record:
    """One record. `values` is replaced by each write and never changed in place, so the search index may keep it."""

    id: int
    values: dict[str, str]
    created_ms: int
    modified_ms: int
    archived_ms: int | None = None
    history: dict[str, list[Version]] = field(default_factory=dict)


class _Ids:
    """Ids in order; appended cheaply, sorted when somebody looks."""

    def __init__(self) -> None:
        self._ids: list[int] = []

    def add(self, record_id: int) -> None:
        if self._ids and record_id < self._ids[-1]:
            self._ids.insert(bisect_left(self._ids, record_id), record_id)
        else:
            self._ids.append(record_id)

    def remove(self, record_id: int) -> None:
        del self._ids[bisect_left(self._ids, record_id)]

    def page(self, start: int, limit: int) -> list[int]:
        first = bisect_left(self._ids, start)
        return self._ids[first : first + limit]


class Table:
    """All records of one type, its schema and its search index."""

    def __init__(self, name: str, schema: Schema, *, stamp: str, created: str) -> None:
        self.name = name
        self.schema = schema
        self.stamp = stamp
        self.created = created
        self.live: dict[int, Record] = {}
        self.archived: dict[int, Record] = {}
        self.merged: dict[int, int] = {}
        self.index = SearchIndex()
        self._live_ids = _Ids()
        self._archived_ids = _Ids()
        self._unique: dict[str, dict[str, int]] = {}

    def put(self, record: Record) -> None:
        """Add a live record."""
        self.live[record.id] = record
        self._live_ids.add(record.id)
        self.remember_unique(record)

    def load(self, records: Iterable[Record]) -> None:
        """Add many records that searches find at once."""
        for record in records:
            self.put(record)
        self.index.load((record.modified_ms, record.id, record.values) for record in self.live.values())

    def archive(self, record_id: int, now_ms: int) -> None:
        """Move a live record to the archived ones; searches forget it at once."""
        record = self._take(record_id)
        record.archived_ms = now_ms
        self.archived[record_id] = record
        self._archived_ids.add(record_id)

    def restore(self, record_id: int) -> Record:
        """Bring an archived record back to the live ones. Raises KeyError when it is not there."""
        record = self.archived.pop(record_id)
        self._archived_ids.remove(record_id)
        record.archived_ms = None
        self.put(record)
        return record

    def purge(self, before_ms: int) -> None:
        """Remove for good what was archived before that instant."""
        while self.archived:
            # Records were archived in the order in which they stand here.
            oldest = next(iter(self.archived.values()))
            if (oldest.archived_ms or 0) >= before_ms:
                return
            self.forget(oldest.id)

    def merge_away(self, record_id: int, winner: int) -> None:
        """Let a live record end in `winner`; whoever ended in it ends there too."""
        self._take(record_id)
        self.merged[record_id] = winner
        for old, target in self.merged.items():
            if target == record_id:
                self.merged[old] = winner

    def forget(self, record_id: int) -> None:
        """Remove a record for good."""
        if record_id in self.live:
            self._take(record_id)
        elif self.archived.pop(record_id, None):
            self._archived_ids.remove(record_id)

    def page(self, start: int, limit: int, *, archived: bool) -> list[Record]:
        """Up to `limit` records in order of their ids, the first not before `start`."""
        pool, ids = (self.archived, self._archived_ids) if archived else (self.live, self._live_ids)
        return [pool[record_id] for record_id in ids.page(start, limit)]

    def resolve(self, record_id: int) -> Record | None:
        """The live record behind an id, also one that was merged away."""
        return self.live.get(self.merged.get(record_id, record_id))

    def holder(self, name: str, value: str) -> int | None:
        """The live record with this value in a unique property."""
        return self._index_of(name).get(value)

    def remember_unique(self, record: Record) -> None:
        """Note a record's unique values after a write."""
        for name, index in self._unique.items():
            if value := record.values.get(name):
                index[value] = record.id

    def forget_unique(self, record: Record, name: str) -> None:
        """Drop a unique value a record no longer holds."""
        value = record.values.get(name)
        if value and self._index_of(name).get(value) == record.id:
            del self._index_of(name)[value]

    def __iter__(self) -> Iterator[Record]:
        return iter(self.live.values())

    def _take(self, record_id: int) -> Record:
        record = self.live.pop(record_id)
        self._live_ids.remove(record_id)
        self.index.drop(record_id)
        for name in self._unique:
            self.forget_unique(record, name)
        return record

    def _index_of(self, name: str) -> dict[str, int]:
        if name not in self._unique:
            found = ((record.values.get(name), record.id) for record in self.live.values())
            self._unique[name] = {value: record_id for value, record_id in found if value}
        return self._unique[name]
