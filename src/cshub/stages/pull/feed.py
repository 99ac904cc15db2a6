"""Pages on their way from the thread that fetches them to the thread that lands them: a few wait, so that both are busy."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import Final

from ...connector import Page
from ...errors import CshubError, Interrupted, PageLoop, PluginError, StoreError

#: Pages wait until so many rows are there to be committed together, or for so long.
ROWS: Final = 2000
WAIT_S: Final = 0.25
#: How long a request to stop may go unnoticed, in seconds.
NOTICE_S: Final = 0.1


class Feed:
    """A bounded queue of pages with an end, which may be an error."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._pages: list[Page] = []
        self._rows = 0
        self._ended = False
        self._closed = False
        self._error: CshubError | None = None

    def fill(self, source: Callable[[], Iterable[Page]], where: str) -> None:
        """Fetch pages until they end, fail, or nobody takes them any more. Runs in a thread of its own."""
        try:
            self._fetch(source(), where)
        except BaseException as error:  # noqa: BLE001 - whatever a plugin raises, even SystemExit, ends its stream and nothing else
            self._end(vendors_or_plugins(error, where))
        else:
            self._end(None)

    def take(self, stopping: Callable[[], bool]) -> list[Page]:
        """The pages to land next, at most `ROWS` rows unless one page has more; none when there are no more, or `stopping` and none wait."""
        with self._changed:
            while not self._pages and not self._ended:
                if stopping():
                    return []
                self._changed.wait(NOTICE_S)
            self._changed.wait_for(lambda: self._ended or self._rows >= ROWS or stopping(), WAIT_S)
            taken = self._pages[: _fitting(self._pages)]
            del self._pages[: len(taken)]
            self._rows -= sum(map(_weight, taken))
            self._changed.notify_all()
            return taken

    def close(self) -> None:
        """Nobody takes pages any more: the fetching thread ends at its next page."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def check_end(self, where: str) -> None:
        """Raise what ended the fetching, if it failed, and Interrupted if it has not come to its end."""
        if self._error is not None:
            raise self._error
        if self._closed or not self._ended:
            raise Interrupted("stopped at a page's boundary; the next pull goes on from there", where=where)

    def _fetch(self, pages: Iterable[Page], where: str) -> None:
        before: Page | None = None
        for page in pages:
            _check(page, before, where)
            if not self._put(page):
                return
            before = page
        if before is None:
            raise PluginError("the source gave no page, not even an empty one", where=where)

    def _put(self, page: Page) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._rows < ROWS or self._closed)
            if self._closed:
                return False
            self._pages.append(page)
            self._rows += _weight(page)
            self._changed.notify_all()
            return True

    def _end(self, error: CshubError | None) -> None:
        with self._changed:
            self._error = error
            self._ended = not self._closed
            self._changed.notify_all()


def vendors_or_plugins(error: BaseException, where: str) -> CshubError:
    """The error itself where a connector raises what it should, else a PluginError that names the stream."""
    if isinstance(error, CshubError) and not isinstance(error, StoreError):
        return error
    told = PluginError(f"{type(error).__name__}: {error}", where=where, hint="tell the connector's author")
    told.__cause__ = error
    return told


def _check(page: object, before: Page | None, where: str) -> None:
    if not isinstance(page, Page):
        raise PluginError(f"the source gave a {type(page).__name__} instead of a page", where=where)
    if before is not None and page.rows and page.cursor == before.cursor and page.rows == before.rows:
        raise PageLoop("the same page came twice in a row", where=where, hint="the connector's paging does not move on")


def _weight(page: Page) -> int:
    """An empty page counts as well, so that a source of empty pages does not run ahead for ever."""
    return 1 + len(page.rows) + len(page.tombstones) + len(page.rejects)


def _fitting(pages: list[Page]) -> int:
    rows = 0
    for number, page in enumerate(pages):
        rows += _weight(page)
        if rows > ROWS:
            return max(number, 1)
    return len(pages)
