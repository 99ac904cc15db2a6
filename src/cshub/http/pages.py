"""Walking through a list page by page, and noticing a list that never ends. What a page holds is the plugin's."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import TypeVar

from ..errors import PageLoop
from .answer import Answer

T = TypeVar("T")
C = TypeVar("C", bound=Hashable)


def walk_cursor(
    fetch: Callable[[str | None], Answer],
    read: Callable[[Answer], tuple[Sequence[T], str | None]],
    start: str | None = None,
) -> Iterator[tuple[Sequence[T], str | None]]:
    """Pages of a list with cursors: `(items, cursor of the next page)`, the last with None.

    A cursor that comes twice, or the same items twice in a row, is a PageLoop; the page that shows it is not given.
    """
    return _walk(fetch, lambda answer, _: read(answer), start)


def walk_link(
    fetch: Callable[[str], Answer], read: Callable[[Answer], tuple[Sequence[T], str | None]], start: str
) -> Iterator[tuple[Sequence[T], str | None]]:
    """Pages of a list whose pages name the next by a link, from `start`; as `walk_cursor`. The client pins the host."""
    return _walk(fetch, lambda answer, _: read(answer), start)


def walk_offset(
    fetch: Callable[[int], Answer], read: Callable[[Answer], tuple[Sequence[T], bool]], start: int = 0
) -> Iterator[tuple[Sequence[T], int | None]]:
    """Pages of a list with offsets: `read` gives the items and whether there are more; as `walk_cursor`."""

    def turn(answer: Answer, offset: int) -> tuple[Sequence[T], int | None]:
        items, more = read(answer)
        return items, offset + len(items) if more else None

    return _walk(fetch, turn, start)


def _walk(
    fetch: Callable[[C], Answer], turn: Callable[[Answer, C], tuple[Sequence[T], C | None]], start: C
) -> Iterator[tuple[Sequence[T], C | None]]:
    seen = {start}
    before: Sequence[T] = ()
    cursor = start
    while True:
        answer = fetch(cursor)
        items, following = turn(answer, cursor)
        if following in seen and following is not None:
            raise _loop(answer, "names a page that was already read as the next one")
        if items and items == before:
            raise _loop(answer, "gives the same page twice")
        yield items, following
        if following is None:
            return
        seen.add(following)
        before, cursor = items, following


def _loop(answer: Answer, what: str) -> PageLoop:
    return PageLoop(
        f"the list never ends: it {what}",
        where=answer.where,
        hint="report it to the connector's author",
        status=answer.status,
        request_id=answer.request_id,
    )
