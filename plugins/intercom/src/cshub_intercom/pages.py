"""What the list answers of Intercom have in common, and walking through them. What a page holds is decided elsewhere.

Cursors are opaque, and data moves between pages while one pages: repetitions are dropped, loops are found.
See https://developers.intercom.com/docs/build-an-integration/learn-more/rest-apis/pagination.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias
from urllib.parse import parse_qs, urlsplit

from cshub import JSON, Answer, RequestRefused, walk_cursor

from .records import id_of

Fetch: TypeAlias = Callable[[str | None], Answer]
Read: TypeAlias = Callable[[Answer], tuple[Sequence[JSON], str | None]]
#: What Intercom answers to a place in a list that it does not know any more.
_STALE = (400, 404, 410, 422)
_PAGE = re.compile(r"[?&]page=([0-9]{1,9})\b")


def items(answer: Answer, *keys: str) -> list[JSON]:
    """The elements of a list answer, under the first of these keys that it has."""
    return _items(answer.object(), answer, *keys)


def _items(said: Mapping[str, JSON], answer: Answer, *keys: str) -> list[JSON]:
    for key in keys:
        found = said.get(key)
        if isinstance(found, list):
            return found
    raise answer.error(f"answered without a list of {keys[0]}")


def next_of(said: Mapping[str, JSON], answer: Answer) -> str | None:
    """Where a list goes on: a cursor, or a link or path; None on the last page."""
    pages = said.get("pages")
    step = pages.get("next") if isinstance(pages, dict) else None
    if step is None or step == "":
        return None
    after = step.get("starting_after") if isinstance(step, dict) else step
    if after is None:
        return None
    if not isinstance(after, str | int) or isinstance(after, bool) or after == "":
        raise answer.error("named a next page without saying where it starts")
    return str(after)


def cursor_of(said: Mapping[str, JSON], answer: Answer) -> str | None:
    """`pages.next.starting_after`, or the same from an address; one without it is not what was documented."""
    after = next_of(said, answer)
    if after is None or "://" not in after:
        return after
    found = parse_qs(urlsplit(after).query).get("starting_after")
    if not found:
        raise answer.error("named an address where the cursor of the next page belongs")
    return found[0]


def total(answer: Answer) -> int | None:
    """`total_count`, None where it is not said."""
    found = answer.object().get("total_count")
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def listed(key: str) -> Read:
    """The reader of a page by cursor."""

    def read(answer: Answer) -> tuple[list[JSON], str | None]:
        said = answer.object()
        return _items(said, answer, key), cursor_of(said, answer)

    return read


def walk(fetch: Fetch, read: Read, start: str | None) -> Iterator[tuple[list[JSON], str | None]]:
    """Pages by cursor from a saved place, without the elements that stood on the page before.

    A saved place that Intercom does not know any more begins the list anew.
    """
    saved = None if start is None else _resumed(fetch, start)
    waiting = [] if saved is None else [saved]

    def ask(after: str | None) -> Answer:
        return waiting.pop() if waiting else fetch(after)

    before: Mapping[str, JSON] = {}
    for found, after in walk_cursor(ask, read, start if saved else None):
        once = {id_of(item) or f"?{place}": item for place, item in enumerate(found)}
        yield [item for id, item in once.items() if before.get(id) != item], after
        before = once


def _resumed(fetch: Fetch, start: str) -> Answer | None:
    """The page at a saved place, None when Intercom does not know the place any more."""
    try:
        return fetch(start)
    except RequestRefused as error:
        if error.status in _STALE:
            return None
        raise


def numbered(fetch: Callable[[int], Answer], key: str) -> Iterator[tuple[list[JSON], Answer]]:
    """Pages by number with the answers they came in. `pages.next` is an address here, of which only the number is taken."""
    here: list[tuple[int, Answer]] = []

    def ask(page: str | None) -> Answer:
        number = int(page or "1")
        here[:] = [(number, fetch(number))]
        return here[0][1]

    def read(answer: Answer) -> tuple[list[JSON], str | None]:
        said = answer.object()
        found = _items(said, answer, key)
        return found, _next_number(said, here[0][0]) if found else None

    for found, _ in walk_cursor(ask, read):
        yield list(found), here[0][1]


def _next_number(said: Mapping[str, JSON], here: int) -> str | None:
    pages = said.get("pages")
    step = pages.get("next") if isinstance(pages, dict) else None
    if not step:
        return None
    named = _PAGE.search(step) if isinstance(step, str) else None
    return named[1] if named else str(here + 1)
