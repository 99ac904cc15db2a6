"""Reading a time-cursor stream: once from beginning to end by id, then what changed, and now and then what was archived.

The list by id cannot lose a row to edits, whatever else happens meanwhile; what changed since it began is the first search's part.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from cshub import JSON, Answer, Page, Seen, walk_cursor

from .api import Api, listed
from .archive import Archive
from .associations import listed_ids
from .cursor import Changes, Listing, Sweep
from .objects import MERGED, URL_BYTES, ObjectType
from .query import Query
from .records import Record, reject
from .rows import Rows, ids_in
from .search import Walk, bounds
from .seen import news_of, stamped
from .settings import HubSpotSettings
from .values import epoch_ms


class Pull:
    """One reading of one object's stream, up to `until`."""

    def __init__(
        self, api: Api, object_type: ObjectType, rows: Rows, settings: HubSpotSettings, until: datetime
    ) -> None:
        self._api = api
        self._type = object_type
        self._rows = rows
        self._overlap = settings.overlap
        self._recheck_ms = int(settings.recheck.total_seconds() * 1000)
        self._until = until

    def pages(self, cursor: Listing | Changes | None) -> Iterator[Page]:
        """The pages after `cursor`; the last one's is where the next reading begins."""
        if isinstance(cursor, Changes):
            return self._changes(self._due(cursor))
        return self._listing(cursor)

    def _listing(self, cursor: Listing | None) -> Iterator[Page]:
        """Everything, by id. The search that follows begins where this began, less the overlap."""
        since = [cursor.since_ms] if cursor else []
        seen = Seen(cursor.seen if cursor else {})
        lean = len(",".join(self._rows.properties)) > URL_BYTES
        asked = (self._type.changed,) if lean else self._rows.properties

        def read(answer: Answer) -> tuple[list[JSON], str | None]:
            if not since:
                since.append(bounds(answer, self._until, self._overlap).settled_ms)
            return listed(answer)

        walk = walk_cursor(
            lambda at: self._api.page(self._type.name, asked, at), read, cursor.after if cursor else None
        )
        for items, after in walk:
            page = self._fetched(items) if lean else self._rows.page(items)
            seen.note(stamped(self._rows.complete(page.rows)), since[0])
            step = Listing(after=after, since_ms=since[0], seen=seen.known)
            last = Changes(at_ms=since[0], checked_ms=since[0], seen=seen.known)
            yield replace(page, cursor=(step if after else last).dump())

    def _changes(self, start: Changes) -> Iterator[Page]:
        """What changed since `start`, and what was archived if that is due."""
        query = Query.of(self._type.changed, self._rows.properties)
        walk = Walk(lambda body: self._api.search(self._type.name, body), query, start, self._until, self._overlap)
        lean = query.lacks(self._rows.properties)
        seen = Seen(start.seen)
        at = start
        for found in walk:
            page = self._found(news_of(seen, found.records, self._type.changed), found.broken, lean=lean)
            seen.note(stamped(self._rows.complete(page.rows)), walk.settled_ms)
            ahead = walk.settled_ms if found.at_ms is None else found.at_ms
            at = start.model_copy(update={"at_ms": ahead, "id": found.id, "seen": seen.known})
            yield replace(page, cursor=at.dump())
        if start.rechecking:
            yield from self._archived(at)

    def _due(self, cursor: Changes) -> Changes:
        """The cursor, set back to the last look at the archive when the next is due: the index may lag behind any overlap."""
        if cursor.rechecking or epoch_ms(self._until) - cursor.checked_ms < self._recheck_ms:
            return cursor
        back = min(cursor.at_ms, cursor.checked_ms)
        return Changes(at_ms=back, checked_ms=cursor.checked_ms, rechecking=True, seen=cursor.seen, gone=cursor.gone)

    def _archived(self, start: Changes) -> Iterator[Page]:
        """What was archived since the last look, and what came back; searches and the usual list never show the archive."""
        walk = walk_cursor(
            lambda at: self._api.page(self._type.name, (self._type.changed, MERGED), at, archived=True),
            listed,
            start.archived,
        )
        archive, seen = Archive(start.gone, start.checked_ms), dict(start.seen)
        for items, after in walk:
            gone = archive.note(items)
            # Should one of them come back as it was, it must not be taken for a row that was given before.
            seen = {id: ms for id, ms in seen.items() if id not in gone}
            if after:
                step = start.model_copy(update={"archived": after, "seen": seen, "gone": archive.known})
                yield Page(rows=(), tombstones=gone, cursor=step.dump())
                continue
            page = self._rows.fetched(archive.left) if archive.left else Page(rows=(), cursor=b"")
            archive.forget(str(row[0]) for row in page.rows)
            done = Changes(at_ms=start.at_ms, checked_ms=start.at_ms, seen=seen, gone=archive.known)
            yield replace(page, tombstones=(*gone, *page.tombstones), cursor=done.dump())

    def _found(self, records: list[Record], broken: Iterable[tuple[JSON, str]], *, lean: bool) -> Page:
        """The page of what a search gave, whose values are read separately if they did not fit into it."""
        rejects = [reject(item, reason) for item, reason in broken]
        if lean:
            return self._rows.fetched([record.id for record in records], rejects)
        return self._rows.of(records, rejects)

    def _fetched(self, items: Iterable[JSON]) -> Page:
        return self._rows.fetched(*ids_in(items))


def ids(api: Api, object_type: ObjectType, start: Sweep) -> Iterator[tuple[list[str], bytes]]:
    """The id of every living record with the place after each lot; complete only when it ends by itself."""
    walk = walk_cursor(
        lambda at: api.page(object_type.name, (object_type.changed,), at),
        listed_ids,
        None if start.done else start.after,
    )
    for lot, after in walk:
        yield list(lot), Sweep(after=after, done=after is None).dump()
