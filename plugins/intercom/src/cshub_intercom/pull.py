"""Reading a time-cursor stream: once everything, then what changed, and now and then the day again and what was deleted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from cshub import JSON, Answer, Page, RequestRefused, Seen, VendorTrouble

from .api import Api
from .cursor import Changes, Listing
from .lists import Lists, settled_s, sure_s
from .objects import ObjectType
from .pages import numbered, walk
from .records import id_of
from .rows import Rows
from .seen import news_of, stamped
from .settings import IntercomSettings
from .values import epoch_s, time


class Pull:
    """One reading of one object's stream, up to `until`."""

    def __init__(
        self, api: Api, object_type: ObjectType, rows: Rows, settings: IntercomSettings, until: datetime
    ) -> None:
        self._api = api
        self._lists = Lists(api, object_type)
        self._rows = rows
        self._overlap = settings.overlap
        self._recheck_s = settings.recheck.total_seconds()
        self._until = until
        self._lists_deleted = object_type.name == "conversations" and api.version.lists_deleted_conversations

    def pages(self, cursor: Listing | Changes | None) -> Iterator[Page]:
        """The pages after `cursor`; the last one's is where the next reading begins."""
        if isinstance(cursor, Changes):
            return self._changes(self._due(cursor))
        return self._listing(cursor)

    def _listing(self, cursor: Listing | None) -> Iterator[Page]:
        """Everything. The search that follows begins where this began, less the overlap."""
        since = [cursor.since_s] if cursor else []
        sure = [0]
        seen = Seen(cursor.seen if cursor else {})

        def read(answer: Answer) -> tuple[list[JSON], str | None]:
            sure[0] = sure_s(answer, self._until)
            if not since:
                since.append(settled_s(answer, self._until, self._overlap))
            found, after = self._lists.read(answer)
            return list(found), after

        for items, after in walk(self._lists.page, read, cursor.after if cursor else None):
            page = self._rows.page(items)
            seen.note(stamped(items, sure[0]), since[0])
            step = Listing(after=after, since_s=since[0], seen=seen.known)
            last = Changes(at_s=since[0], checked_s=since[0], seen=seen.known)
            yield replace(page, cursor=(step if after else last).dump())

    def _changes(self, start: Changes) -> Iterator[Page]:
        """What changed since `start`, and what was deleted if that is due."""
        step = start
        if not start.deleting:
            for page, step in self._search(start):
                yield replace(page, cursor=step.dump())
        if step.deleting:
            yield from self._deleted(step)

    def _search(self, start: Changes) -> Iterator[tuple[Page, Changes]]:
        seen = Seen(start.seen)
        settled = start.settled_s
        for items, after, answer in self._lists.changed(start.at_s, start.after):
            settled = settled_s(answer, self._until, self._overlap) if settled is None else settled
            news = news_of(seen, items, start.at_s)
            page = self._rows.page(news)
            seen.note(stamped(news, sure_s(answer, self._until)), settled)
            step = start.model_copy(update={"after": after, "settled_s": settled, "seen": seen.known})
            yield page, step if after else self._through(step, settled)

    def _through(self, step: Changes, settled: int) -> Changes:
        """Where the reading stands when the search is through."""
        if step.rechecking and self._lists_deleted:
            return step.model_copy(update={"deleting": True})
        checked = settled if step.rechecking else step.checked_s
        return Changes(at_s=settled, checked_s=checked, seen=step.seen)

    def _due(self, cursor: Changes) -> Changes:
        """The cursor, set back to the last recheck when the next is due: a search's index may lag behind any overlap."""
        going_on = cursor.rechecking or cursor.settled_s is not None
        if going_on or epoch_s(self._until) - cursor.checked_s < self._recheck_s:
            return cursor
        back = min(cursor.at_s, cursor.checked_s)
        return Changes(at_s=back, checked_s=cursor.checked_s, rechecking=True, seen=cursor.seen)

    def _deleted(self, start: Changes) -> Iterator[Page]:
        """Conversations deleted since the last recheck, newest first; where there is no such list, sweeps find them."""
        settled = start.at_s if start.settled_s is None else start.settled_s
        done = Changes(at_s=settled, checked_s=settled, seen=start.seen)
        try:
            for items, _ in numbered(self._api.deleted_conversations, "conversations"):
                fresh = [item for item in items if _deleted_since(item, start.checked_s)]
                gone = [id for id in map(id_of, fresh) if id is not None]
                yield Page(rows=(), tombstones=gone, cursor=start.dump())
                if len(fresh) < len(items):
                    break
        except (RequestRefused, VendorTrouble) as error:
            if error.status != 404:
                raise
        yield Page(rows=(), cursor=done.dump())


def _deleted_since(item: JSON, since_s: int) -> bool:
    """Whether this conversation was deleted since; when it does not say, it may have been."""
    at = item.get("deleted_at") if isinstance(item, dict) else None
    try:
        return at is None or epoch_s(time(at)) >= since_s
    except ValueError:
        return True
