"""The search index: an older picture of the records, kept in order of (modified, id), that catches up after a lag."""

from __future__ import annotations

import heapq
from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count

Key = tuple[int, int]
#: From so many waiting changes on, sorting everything is cheaper than placing each.
REBUILD_FROM = 500


@dataclass(frozen=True, slots=True)
class Hit:
    """A record as searches see it."""

    modified_ms: int
    id: int
    values: Mapping[str, str]


class SearchIndex:
    """What searches find. Changes wait until they are due; a record that is gone is forgotten at once."""

    def __init__(self) -> None:
        self._hits: dict[int, Hit] = {}
        self._keys: list[Key] = []
        self._waiting: list[tuple[int, int, Hit]] = []
        self._version: dict[int, int] = {}
        self._count = count(1)

    def load(self, rows: Iterable[tuple[int, int, Mapping[str, str]]]) -> None:
        """Replace the whole index."""
        self._hits = {row[1]: Hit(*row) for row in rows}
        self._keys = sorted((hit.modified_ms, hit.id) for hit in self._hits.values())
        self._waiting.clear()

    def note(self, hit: Hit, due_ms: int) -> None:
        """Let a record be seen in this form from `due_ms` on."""
        heapq.heappush(self._waiting, (due_ms, next(self._count), hit))

    def drop(self, record_id: int) -> None:
        """Forget a record, also its waiting changes."""
        self._version[record_id] = next(self._count)
        hit = self._hits.pop(record_id, None)
        if hit:
            del self._keys[bisect_left(self._keys, (hit.modified_ms, hit.id))]

    def settle(self, now_ms: int) -> None:
        """Take in every change that is due."""
        due: dict[int, Hit] = {}
        while self._waiting and self._waiting[0][0] <= now_ms:
            _, version, hit = heapq.heappop(self._waiting)
            if version > self._version.get(hit.id, 0):
                self._version[hit.id] = version
                due[hit.id] = hit
        if len(due) >= REBUILD_FROM:
            self._hits |= due
            self._keys = sorted((hit.modified_ms, hit.id) for hit in self._hits.values())
        else:
            for hit in due.values():
                self._place(hit)

    def span(self, low: Key, high: Key) -> tuple[int, int]:
        """The places of the hits with low <= (modified, id) < high."""
        first = bisect_left(self._keys, low)
        return first, max(first, bisect_left(self._keys, high))

    def slice(self, first: int, last: int) -> list[Hit]:
        """The hits at those places."""
        return [self._hits[key[1]] for key in self._keys[first:last]]

    def __iter__(self) -> Iterator[Hit]:
        return (self._hits[key[1]] for key in self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def _place(self, hit: Hit) -> None:
        old = self._hits.get(hit.id)
        if old:
            del self._keys[bisect_left(self._keys, (old.modified_ms, old.id))]
        self._hits[hit.id] = hit
        insort(self._keys, (hit.modified_ms, hit.id))
