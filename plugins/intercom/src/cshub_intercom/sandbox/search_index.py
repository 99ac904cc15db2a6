"""What contact searches see: an older picture of the contacts that catches up after a lag."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count

from cshub.testing.sandbox import JSON


@dataclass(frozen=True, slots=True)
class Hit:
    """A record as searches see it."""

    id: str
    fields: Mapping[str, JSON]


class SearchIndex:
    """Changes wait until they are due; a contact that is gone is forgotten at once."""

    def __init__(self) -> None:
        self._hits: dict[str, Hit] = {}
        self._waiting: list[tuple[int, int, Hit]] = []
        self._version: dict[str, int] = {}
        self._count = count(1)

    def note(self, hit: Hit, due_ms: int) -> None:
        """Let a contact be seen in this form from `due_ms` on."""
        heapq.heappush(self._waiting, (due_ms, next(self._count), hit))

    def drop(self, record_id: str) -> None:
        """Forget a contact, also its waiting changes."""
        self._version[record_id] = next(self._count)
        self._hits.pop(record_id, None)

    def settle(self, now_ms: int) -> None:
        """Take in every change that is due."""
        while self._waiting and self._waiting[0][0] <= now_ms:
            _, version, hit = heapq.heappop(self._waiting)
            if version > self._version.get(hit.id, 0):
                self._version[hit.id] = version
                self._hits[hit.id] = hit

    def __iter__(self) -> Iterator[Hit]:
        return iter(self._hits.values())
