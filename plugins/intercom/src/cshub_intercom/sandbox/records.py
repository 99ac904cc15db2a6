"""The records of one type: live, archived, deleted and merged away; and who belongs to which company."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from cshub.testing.sandbox import JSON

#: A `Link` header follows a chain of merges so far.
HOPS = 3


@dataclass(slots=True)
class Record:
    """One record. `values` and `custom` are replaced by each write and never changed in place, so searches may keep them."""

    id: str
    values: dict[str, JSON]
    created_at: int
    updated_at: int
    custom: dict[str, JSON] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)

    def text(self, name: str) -> str:
        """A value as text; empty for null."""
        value = self.values.get(name)
        return "" if value is None else str(value)

    def number(self, name: str) -> int:
        """A value as a number; 0 for null."""
        value = self.values.get(name)
        return int(value) if isinstance(value, int | float) else 0


@dataclass(frozen=True, slots=True)
class Merge:
    """Where a record went when it was merged, what it was, and when."""

    target: str
    role: str
    at: int
    external_id: str


class Table:
    """All records of one type."""

    def __init__(self) -> None:
        self.live: dict[str, Record] = {}
        self.archived: dict[str, Record] = {}
        self.deleted: dict[str, tuple[Record, int]] = {}
        self.merged: dict[str, Merge] = {}

    def known(self, record_id: str) -> Record | None:
        """A live or archived record."""
        return self.live.get(record_id) or self.archived.get(record_id)

    def archive(self, record_id: str) -> Record:
        """Put a record aside. Raises KeyError when there is none."""
        self.archived[record_id] = self.live.pop(record_id)
        return self.archived[record_id]

    def unarchive(self, record_id: str) -> Record:
        """Take it back. Raises KeyError when it is not archived."""
        self.live[record_id] = self.archived.pop(record_id)
        return self.live[record_id]

    def delete(self, record_id: str, now: int) -> Record:
        """Delete a record. Raises KeyError when there is none."""
        pool = self.archived if record_id in self.archived else self.live
        record = pool.pop(record_id)
        self.deleted[record_id] = (record, now)
        return record

    def restore(self, record_id: str) -> Record:
        """Bring a deleted or archived record back. Raises KeyError when there is none."""
        if record_id in self.archived:
            return self.unarchive(record_id)
        self.live[record_id] = self.deleted.pop(record_id)[0]
        return self.live[record_id]

    def merge_away(self, record_id: str, into: str, now: int) -> Record:
        """Let a live record end in another. Raises KeyError when there is none."""
        record = self.live.pop(record_id)
        self.merged[record_id] = Merge(into, record.text("role"), now, record.text("external_id"))
        return record

    def target(self, record_id: str) -> str:
        """Where a merged record ended, after three hops at most."""
        for _ in range(HOPS):
            if record_id not in self.merged:
                break
            record_id = self.merged[record_id].target
        return record_id

    def merged_into(self, record_id: str, *, deep: bool) -> list[tuple[str, Merge]]:
        """What was merged into a record, the newest first; `deep` counts what had been merged into those before."""
        found = [(id, merge) for id, merge in self.merged.items() if merge.target == record_id]
        if deep:
            found += [older for id, _ in [*found] for older in self.merged_into(id, deep=True)]
        return sorted(found, key=lambda each: each[1].at, reverse=True)

    def __iter__(self) -> Iterator[Record]:
        return iter(self.live.values())


class Links:
    """Which contacts belong to which companies, in the order in which they joined."""

    def __init__(self) -> None:
        self._companies: dict[str, dict[str, None]] = {}
        self._contacts: dict[str, dict[str, None]] = {}

    def add(self, contact: str, company: str) -> None:
        """Let a contact belong to a company; twice is once."""
        self._companies.setdefault(contact, {})[company] = None
        self._contacts.setdefault(company, {})[contact] = None

    def remove(self, contact: str, company: str) -> bool:
        """End it; whether it was there."""
        self._contacts.get(company, {}).pop(contact, None)
        return company in self._companies.get(contact, {}) and self._companies[contact].pop(company, None) is None

    def drop_company(self, company: str) -> None:
        """Detach every contact of a company."""
        for contact in self.contacts(company):
            self.remove(contact, company)

    def move(self, contact: str, into: str) -> None:
        """Let another contact have the companies of this one."""
        for company in self.companies(contact):
            self.remove(contact, company)
            self.add(into, company)

    def companies(self, contact: str) -> list[str]:
        """The companies of a contact."""
        return list(self._companies.get(contact, ()))

    def contacts(self, company: str) -> list[str]:
        """The contacts of a company."""
        return list(self._contacts.get(company, ()))
