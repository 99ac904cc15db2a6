"""The records of one object: what they are, what queries see of them yet, and what is in the recycle bin."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from .catalog import ObjectType
from .fields import Row, Value
from .ids import PREFIXES
from .times import DAY_MS

BIN_DAYS = 15


@dataclass(slots=True)
class Record:
    """One record. `values` is replaced by each write and never changed in place; `versions` are those queries may still see.

    Each version holds from its instant on. `deleted_with` is the record whose deletion took this one along.
    """

    id: str
    values: Row
    versions: list[tuple[int, Row]] = field(default_factory=list)
    deleted_ms: int | None = None
    deleted_with: str | None = None

    def put(self, values: Row, visible_ms: int, *, is_new: bool = False) -> None:
        """Let the record be this now, and queries see it from `visible_ms` on."""
        if not self.versions and not is_new:
            self.versions = [(0, self.values)]
        self.values = values
        self.versions.append((visible_ms, values))

    def seen(self, now_ms: int) -> Row | None:
        """What a query sees of it, None when it does not see it yet."""
        if not self.versions:
            return self.values
        due = [place for place, (since, _) in enumerate(self.versions) if since <= now_ms]
        if not due:
            return None
        shown = self.versions[due[-1]][1]
        # What is past is dropped; a settled record has no versions at all.
        self.versions = self.versions[due[-1] :] if due[-1] < len(self.versions) - 1 else []
        return shown

    @property
    def is_deleted(self) -> bool:
        """Whether it is in the recycle bin."""
        return bool(self.values.get("IsDeleted"))


class Table:
    """All records of one object, the deleted ones among them."""

    def __init__(self, type: ObjectType) -> None:
        self.type = type
        self.records: dict[str, Record] = {}
        self._indexes: dict[str, dict[Value, set[str]]] = {}

    @property
    def name(self) -> str:
        """The object's name."""
        return self.type.name

    @property
    def live(self) -> Iterator[Record]:
        """Those that are not deleted."""
        return (record for record in self.records.values() if not record.is_deleted)

    def get(self, record_id: str | None) -> Record | None:
        """The record of that id if it is not deleted."""
        record = self.records.get(record_id or "")
        return None if record is None or record.is_deleted else record

    def add(self, record: Record) -> None:
        """Take a record in."""
        self.records[record.id] = record
        self.reindex(record.id, {}, record.values)

    def drop(self, record_id: str) -> None:
        """Forget a record for good."""
        record = self.records.pop(record_id, None)
        if record:
            self.reindex(record_id, record.values, {})

    def purge(self, now_ms: int) -> None:
        """Empty the recycle bin of what is in it for longer than 15 days."""
        oldest_ms = now_ms - BIN_DAYS * DAY_MS
        gone = [
            key for key, each in self.records.items() if each.deleted_ms is not None and each.deleted_ms < oldest_ms
        ]
        for record_id in gone:
            self.drop(record_id)

    def with_value(self, name: str, value: Value) -> list[Record]:
        """The live records with this value, text in any case."""
        ids = self._index(name).get(_key(value), set())
        return [record for key in sorted(ids) if (record := self.get(key))]

    def reindex(self, record_id: str, old: Row, new: Row) -> None:
        """Keep what is looked up by value true after a write."""
        for name, index in self._indexes.items():
            if old.get(name) != new.get(name):
                index.get(_key(old.get(name)), set()).discard(record_id)
                index.setdefault(_key(new.get(name)), set()).add(record_id)

    def _index(self, name: str) -> dict[Value, set[str]]:
        if name not in self._indexes:
            index: dict[Value, set[str]] = {}
            for record in self.records.values():
                index.setdefault(_key(record.values.get(name)), set()).add(record.id)
            self._indexes[name] = index
        return self._indexes[name]


def _key(value: Value) -> Value:
    return value.lower() if isinstance(value, str) else value


def object_of(record_id: str) -> str | None:
    """The object that an id belongs to by its prefix."""
    return _OBJECTS.get(record_id[:3])


_OBJECTS = {prefix: name for name, prefix in PREFIXES.items()}
