"""Reading a stream: once everything, then what changed; and where values change unseen, everything again on a schedule of its own.

Everything is read by id, or by the Bulk API when there is much of it: neither loses a row to edits, and what changed since it began
is the next reading's part. Each reading goes up to now; only the cursor stays behind by the overlap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from cshub import Answer, Clock, Page, Seen, VendorTrouble

from . import bulk
from .api import Api, total
from .cursor import Changes, Full, Sweep
from .explain import QueryTooHeavy
from .rows import Rows
from .seen import news_of, stamped
from .selection import living
from .settings import SalesforceSettings
from .soql import after_id, count, every, select, since
from .values import epoch_ms, moment
from .walk import Found, Place, Walk


def told_time(answer: Answer) -> datetime | None:
    """What Salesforce's clock said when it answered; None when it did not say."""
    try:
        found = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return None
    return found if found.tzinfo else None


#: Stamps are cut to seconds, and the Date header is when an answer was ready, not when its rows were read.
_SURE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pull:
    """One reading of one object's stream, up to `until`."""

    api: Api
    stream: str
    rows: Rows
    settings: SalesforceSettings
    clock: Clock
    until: datetime
    where: str

    def pages(self, cursor: Full | Changes | None) -> Iterator[Page]:
        """The pages after `cursor`; the last one's is where the next reading begins."""
        if cursor is None or cursor.mark != self.rows.selection.mark:  # a field came to light: rows read before lack it
            return self._full(Full(mark=self.rows.selection.mark))
        if isinstance(cursor, Full):
            return self._full(cursor)
        if self._is_stale(cursor):
            return self._full(Full(mark=cursor.mark))
        return self._nothing(cursor) if self.rows.selection.stamp is None else self._changes(cursor)

    def _is_stale(self, cursor: Changes) -> bool:
        """Whether everything is to be read again, because some value changes without a time of change."""
        unseen = self.rows.selection.calculated or self.rows.selection.stamp is None
        return unseen and epoch_ms(self.until) - cursor.refreshed_ms >= self.settings.refresh / timedelta(
            milliseconds=1
        )

    def _nothing(self, cursor: Changes) -> Iterator[Page]:
        yield Page(rows=(), cursor=cursor.dump())

    def _full(self, start: Full) -> Iterator[Page]:
        """Everything, going on where `start` says."""
        resumed = start.job is not None
        if start.job is None and start.after is None and self._is_large():
            start = self._begun(start)
            yield Page(rows=(), cursor=start.dump())
        if start.job is None:
            yield from self._by_id(start)
            return
        try:
            yield from self._in_bulk(start, start.job)
        except bulk.JobFailed as error:
            if not resumed and not error.unsupported:
                hint = f"`methods: {{{self.stream}: rest}}` reads it without the Bulk API"
                raise VendorTrouble(f"the bulk query {start.job}: {error}", where=self.where, hint=hint) from error
            fresh = Full(mark=start.mark)
            yield from self._by_id(fresh) if error.unsupported else self._full(fresh)

    def _is_large(self) -> bool:
        """Whether everything is better read by the Bulk API: as the settings say, else by the number of records."""
        method = self.settings.method(self.stream)
        if method != "auto":
            return method == "bulk"
        try:
            answer = self.api.query(count(self.rows.sobject.name, self.rows.selection.where), label="query count")
        except QueryTooHeavy:  # too many to be counted
            return True
        return total(answer) > self.settings.bulk_above

    def _begun(self, start: Full) -> Full:
        """The cursor with a new job, or as it is where the Bulk API does not take this query."""
        selection = self.rows.selection
        begun = bulk.begin(self.api, select(selection.fields, self.rows.sobject.name, selection.where))
        if begun is None:
            return start
        job, answer = begun
        return start.model_copy(update={"job": job, "since_ms": self._settled(answer)})

    def _in_bulk(self, start: Full, job: str) -> Iterator[Page]:
        """What the job gives. The pages without rows while it runs save its id and let a run be stopped."""
        for _ in bulk.until_done(self.api, self.clock, job):
            yield Page(rows=(), cursor=start.dump())
        sobject, since_ms = self.rows.sobject, start.since_ms or 0
        types = {name: sobject.type_of(name) for name in self.rows.selection.fields}
        seen, given = Seen(start.seen), start.rows
        for items, locator in bulk.rows(self.api, job, start.locator, types, given):
            records, rejects = self.rows.records(items)
            seen.note(stamped(records, self._fresh(since_ms)), since_ms)
            given += len(items)
            step = start.model_copy(update={"locator": locator, "rows": given, "seen": seen.known})
            cursor = step if locator else self._after_all(since_ms, seen)
            yield self.rows.page(records, rejects, cursor.dump())

    def _by_id(self, start: Full) -> Iterator[Page]:
        """Everything by id, over REST."""
        seen, since_ms = Seen(start.seen), start.since_ms
        for found in Walk(self.api, self._ask_by_id, self.rows.records, Place(start.after)):
            since_ms = self._settled(found.answer) if since_ms is None else since_ms
            seen.note(stamped(found.records, self._fresh(since_ms)), since_ms)
            step = Full(after=found.place.id, since_ms=since_ms, mark=start.mark, seen=seen.known)
            cursor = self._after_all(since_ms, seen) if found.last else step
            yield self.rows.page(found.records, found.rejects, cursor.dump())

    def _changes(self, start: Changes) -> Iterator[Page]:
        """What changed since `start`."""
        seen, settled_ms = Seen(start.seen), None
        place = Place(start.id, moment(start.at_ms))
        for found in Walk(self.api, self._ask_by_time, self.rows.records, place):
            settled_ms = max(start.at_ms, self._settled(found.answer)) if settled_ms is None else settled_ms
            news = news_of(seen, found.records)
            seen.note(stamped(news, self._fresh(self._settled(found.answer))), settled_ms)
            cursor = start.model_copy(update={**_reached(found, settled_ms, start), "seen": seen.known})
            yield self.rows.page(news, found.rejects, cursor.dump())

    def _after_all(self, since_ms: int, seen: Seen) -> Changes:
        mark = self.rows.selection.mark
        return Changes(at_ms=since_ms, refreshed_ms=epoch_ms(self.until), mark=mark, seen=seen.known)

    def _settled(self, answer: Answer) -> int:
        """What is old enough to be believed: where the clocks disagree, by the earlier one; in whole seconds."""
        earlier = min(self.until, told_time(answer) or self.until) - self.settings.overlap
        return max(0, epoch_ms(earlier.replace(microsecond=0)))

    def _fresh(self, settled_ms: int) -> int:
        """What changed after this was read too soon after its change to be sure that it keeps its stamp only as it is."""
        return settled_ms + (self.settings.overlap - _SURE) // timedelta(milliseconds=1)

    def _ask_by_id(self, place: Place, limit: int) -> str:
        selection = self.rows.selection
        where = every(selection.where, after_id(place.id))
        return select(selection.fields, self.rows.sobject.name, where, ("Id",), limit)

    def _ask_by_time(self, place: Place, limit: int) -> str:
        selection = self.rows.selection
        stamp = selection.stamp or ""
        where = every(selection.where, since(stamp, place.at or moment(0), place.id))
        return select(selection.fields, self.rows.sobject.name, where, (stamp, "Id"), limit)


def _reached(found: Found, settled_ms: int, start: Changes) -> dict[str, object]:
    """Where to go on: behind the records found, but never past what is settled, for rows become visible late."""
    at_ms = start.at_ms if found.place.at is None else epoch_ms(found.place.at)
    if found.last or at_ms > settled_ms:
        return {"at_ms": settled_ms, "id": None}
    return {"at_ms": at_ms, "id": found.place.id}


def ids(api: Api, rows: Rows, start: Sweep) -> Iterator[tuple[list[str], bytes]]:
    """The id of every living record with the place after each lot; complete only when it ends by itself."""
    selection = rows.selection
    fields = tuple(name for name in ("Id", selection.shows) if name)

    def ask(place: Place, limit: int) -> str:
        return select(fields, rows.sobject.name, every(living(selection), after_id(place.id)), ("Id",), limit)

    for found in Walk(api, ask, rows.records, Place(None if start.done else start.after)):
        yield [record.id for record in found.records], Sweep(after=found.place.id, done=found.last).dump()
