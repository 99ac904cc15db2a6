"""Every living object of a list, with proof against what moves: at the end, what changed meanwhile is read as well.

An object edited while the list is paged can move past the reader. Absence is concluded from these lists, so it must not be missed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from cshub import JSON, Answer

from .cursor import Whole
from .lists import Lists, settled_s
from .objects import ObjectType
from .pages import walk
from .records import ids_of
from .seen import stamp


def everything(
    lists: Lists, start: Whole, now: datetime, overlap: timedelta
) -> Iterator[tuple[list[JSON], Whole, Answer]]:
    """Pages with the place after each and the answer they came in; some objects come twice."""
    since = [] if start.since_s is None else [start.since_s]
    answers: list[Answer] = []

    def read(answer: Answer) -> tuple[list[JSON], str | None]:
        answers[:] = [answer]
        if not since:
            since.append(settled_s(answer, now, overlap))
        found, after = lists.read(answer)
        return list(found), after

    if not start.closing:
        for items, after in walk(lists.page, read, start.after):
            yield items, Whole(after=after, since_s=since[0], closing=after is None), answers[0]
    for items, after, answer in lists.changed(since[0], start.after if start.closing else None):
        late = [item for item in items if (at := stamp(item)) is None or at >= since[0]]
        yield late, Whole(after=after, since_s=since[0], closing=True, done=after is None), answer


def ids(
    lists: Lists, object_type: ObjectType, start: Whole, now: datetime, overlap: timedelta
) -> Iterator[tuple[list[str], bytes]]:
    """The id of every living row with the place after each lot; complete only when it ends by itself."""
    for items, place, answer in everything(lists, start, now, overlap):
        yield [f"{object_type.prefix}{id}" for id in ids_of(items, answer)], place.dump()
