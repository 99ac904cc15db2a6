"""The people who own records, those who left included: their names still stand on old records."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cshub import JSON, Page, Reject, Row, walk_cursor

from .api import Api, listed
from .cursor import Sweep
from .mapping import owner
from .records import Unmappable, reject

_PARTS = (False, True)  # archived owners are a list of their own


def pages(api: Api, start: Sweep) -> Iterator[Page]:
    """All owners, the living first; the last page's cursor says that the list is done.

    See https://developers.hubspot.com/docs/api-reference/crm-owners-v3/guide.
    """
    begin = Sweep() if start.done else start
    for part in range(begin.part, len(_PARTS)):
        after = begin.after if part == begin.part else None
        for items, cursor in _walk(api, after, archived=_PARTS[part]):
            last = cursor is None
            yield _page(items, Sweep(part=part + last, after=cursor, done=last and part == len(_PARTS) - 1))


def _walk(api: Api, after: str | None, *, archived: bool) -> Iterator[tuple[Sequence[JSON], str | None]]:
    return walk_cursor(lambda at: api.owners(at, archived=archived), listed, after)


def _page(items: Sequence[JSON], cursor: Sweep) -> Page:
    rows: list[Row] = []
    rejects: list[Reject] = []
    for item in items:
        try:
            rows.append(owner(item))
        except Unmappable as error:
            rejects.append(reject(item, str(error)))
    return Page(rows=rows, rejects=rejects, cursor=cursor.dump())
