"""What changed since: walking a search by (time of change, id), never deep into its offsets. Texts of searches: `query.py`.

HubSpot gives no more than 10 000 results to one search, moves rows between pages while they are edited, may answer out of
order or outside the window, and its index lags. So each page is asked for anew from the last time seen: the rows at a page's edge
are read again, and a millisecond that fills a page is drained by id. A row may have been edited while the index still lists it
under its older stamp: it is given as it is, but stamps out of order, or too new to be believed, never move the edge.
See https://developers.hubspot.com/docs/api-reference/search/guide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from cshub import JSON, Answer, PageLoop, VendorTrouble

from .api import listed
from .cursor import Changes
from .objects import SEARCH_CAP, SEARCH_LIMIT
from .query import Query
from .records import Record, Unmappable, changed_at, record
from .values import epoch_ms

Ask: TypeAlias = Callable[[JSON], Answer]
#: Clocks this close are the same: the Date header is cut to seconds and the answer took its time.
_SAME_CLOCK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Found:
    """Some changes, and where to go on: everything before `at_ms` was given, and of that millisecond all ids up to `id`.

    Records stand as HubSpot ordered them; some may be newer than asked for. `at_ms` None: there is no more.
    `broken` are elements without a usable id or time of change, with the reason.
    """

    records: list[Record]
    broken: list[tuple[JSON, str]]
    at_ms: int | None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Bounds:
    """Up to where a reading goes (`end_ms`), and what is old enough to be believed (`settled_ms`): there the next one begins."""

    end_ms: int
    settled_ms: int


def bounds(answer: Answer, until: datetime, overlap: timedelta) -> Bounds:
    """The bounds of a reading up to `until`. Where the clocks disagree, the later end is read to and the earlier one believed."""
    return _between(until, until + skew(answer), overlap)


def _between(until: datetime, vendors: datetime, overlap: timedelta) -> Bounds:
    return Bounds(epoch_ms(max(until, vendors)), max(1, epoch_ms(min(until, vendors) - overlap)))


def skew(answer: Answer) -> timedelta:
    """How far HubSpot's clock is ahead of ours, by the answer's Date header; zero when it does not say or it hardly matters."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return timedelta(0)
    if theirs.tzinfo is None or answer.received_at is None:
        return timedelta(0)
    found = theirs - answer.received_at
    return found if abs(found) > _SAME_CLOCK else timedelta(0)


@dataclass(frozen=True, slots=True)
class _Hits:
    """One answer: records with their stamps as HubSpot ordered them, whether there are more, and what could not be read."""

    records: list[tuple[int, Record]]
    broken: list[tuple[JSON, str]]
    more: bool
    size: int

    def in_order(self) -> Iterator[int]:
        """The stamps without those that a smaller one follows: such a row stands where its older stamp belonged."""
        least = None
        for at_ms, _ in reversed(self.records):
            if least is None or at_ms <= least:
                least = at_ms
                yield at_ms


class Walk:
    """One reading of the changes after `start`. Iterating asks; each Found says where it leads."""

    def __init__(self, ask: Ask, query: Query, start: Changes, until: datetime, overlap: timedelta) -> None:
        self._ask = ask
        self._query = query
        self._at_ms = max(1, start.at_ms)  # HubSpot answers 500 to a time of exactly zero
        self._id = start.id
        self._ceiling_ms: int | None = None
        self._offset = 0
        self._until = until
        self._overlap = overlap
        self._where = ""
        self._given: set[tuple[int, str]] = set()
        self._known: Bounds | None = None

    @property
    def settled_ms(self) -> int:
        """Where the next reading begins, once this one is through."""
        return self._bounds().settled_ms

    def __iter__(self) -> Iterator[Found]:
        while True:
            found = self._window() if self._id is None else self._drain(self._id)
            if found is None:
                continue
            yield found
            if found.at_ms is None:
                return
            self._at_ms, self._id, self._offset = found.at_ms, found.id, 0

    def _drain(self, id: str) -> Found:
        """The next rows of one millisecond, by id."""
        hits = self._hits(self._query.instant(self._at_ms, id))
        if not hits.more:
            return self._found(hits, self._at_ms + 1)
        last = max((int(record.id) for _, record in hits.records), default=0)
        if last <= int(id):
            raise PageLoop("the search by id never ends: it gives ids it gave before", where=self._where)
        return self._found(hits, self._at_ms, str(last))

    def _window(self) -> Found | None:
        """The next rows and the page's edge; None when another search must be asked first."""
        hits = self._hits(self._query.window(self._at_ms, self._ceiling_ms, self._offset))
        if not hits.more:
            ceiling_ms, self._ceiling_ms = self._ceiling_ms, None
            return self._found(hits, None if ceiling_ms is None else ceiling_ms + 1)
        bounds = self._bounds()
        believed_ms = bounds.settled_ms if self._at_ms <= bounds.settled_ms else bounds.end_ms
        edge_ms = max((at_ms for at_ms in hits.in_order() if self._at_ms <= at_ms <= believed_ms), default=None)
        if edge_ms is None:
            return self._lost(hits, bounds)
        if all(at_ms >= edge_ms for at_ms, _ in hits.records):
            self._at_ms, self._id, self._offset = edge_ms, "0", 0
            return None
        return self._found(hits, edge_ms)

    def _found(self, hits: _Hits, at_ms: int | None, id: str | None = None) -> Found:
        """All rows of a page but those of the page before, which stood at its edge."""
        records = [record for at_ms, record in hits.records if (at_ms, record.id) not in self._given]
        self._given = {(at_ms, record.id) for at_ms, record in hits.records}
        return Found(records, hits.broken, at_ms, id)

    def _lost(self, hits: _Hits, bounds: Bounds) -> Found | None:
        """A page of nothing but new stamps does not say how far the list is: narrow the window, then look past the page."""
        if self._at_ms > bounds.settled_ms:
            return self._found(hits, None)
        if self._ceiling_ms is None:
            self._ceiling_ms = bounds.settled_ms
            return None
        self._offset += hits.size
        if self._offset + SEARCH_LIMIT > SEARCH_CAP:
            raise VendorTrouble("thousands of records change while they are read", where=self._where)
        return None

    def _bounds(self) -> Bounds:
        """Known from the first answer on."""
        return self._known or _between(self._until, self._until, self._overlap)

    def _hits(self, body: JSON) -> _Hits:
        answer = self._ask(body)
        self._where = answer.where
        if self._known is None:
            self._known = bounds(answer, self._until, self._overlap)
        items, after = listed(answer)
        records: list[tuple[int, Record]] = []
        broken: list[tuple[JSON, str]] = []
        for item in items:
            try:
                found = record(item)
                records.append((epoch_ms(changed_at(found, self._query.changed)), found))
            except Unmappable as error:
                broken.append((item, str(error)))
        return _Hits(records, broken, after is not None, len(items))
