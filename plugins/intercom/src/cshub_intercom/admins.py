"""The people who work in the workspace: they own contacts and are assigned conversations."""

from __future__ import annotations

from collections.abc import Iterator

from cshub import JSON, Page, Reject, Row

from .api import Api
from .cursor import Whole
from .mapping import owner
from .pages import listed, walk
from .records import Unmappable, record, reject


def pages(api: Api, start: Whole) -> Iterator[Page]:
    """All admins. No paging was ever seen, but if there is some it is followed."""
    for items, after in walk(api.admins, listed("admins"), start.after):
        yield _page(items, Whole(after=after, done=after is None))


def _page(items: list[JSON], place: Whole) -> Page:
    rows: list[Row] = []
    rejects: list[Reject] = []
    for item in items:
        try:
            rows.append(owner(record(item)))
        except Unmappable as error:
            rejects.append(reject(item, str(error)))
    return Page(rows=rows, rejects=rejects, cursor=place.dump())
