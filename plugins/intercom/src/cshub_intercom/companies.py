"""Reading all companies: by list where they are few, by scroll where they are many, and in both cases until nothing is missing.

Nothing tells which companies changed (up to 2.16), so they are read whole, and what is absent is gone: the reading must be complete. The list is
sorted by last activity and moves while it is read, the scroll can break or expire. So a reading that fell short is done again, and a second one
that finds nothing new is believed. A page's cursor never resumes within: neither a page's number nor a scroll means the same thing later.
See https://developers.intercom.com/docs/references/rest-api/api.intercom.io/companies/scrolloverallcompanies.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from cshub import JSON, Answer, Page, PageLoop, RateLimited, RequestRefused, VendorTrouble

from .api import Api
from .cursor import Whole
from .explain import is_page_limit
from .objects import COMPANY_CAP
from .pages import items, numbered, total
from .records import id_of
from .rows import Rows
from .settings import IntercomSettings

#: How often a reading is begun anew before it is given up.
_ROUNDS = 4


class Companies:
    """One reading of all companies."""

    def __init__(self, api: Api, rows: Rows, settings: IntercomSettings) -> None:
        self._api = api
        self._rows = rows
        self._method = settings.read_companies
        self._seen: set[str] = set()
        self._is_first_round = True
        self._falls_short = False
        self._trouble: VendorTrouble | None = None

    def pages(self) -> Iterator[Page]:
        """Every company once, and at the end an empty page that says the list is done."""
        for _ in range(_ROUNDS):
            before = len(self._seen)
            yield from self._round()
            stands_still = not self._is_first_round and len(self._seen) == before
            if self._trouble is None and (stands_still or not self._falls_short):
                yield Page(rows=(), cursor=Whole(done=True).dump())
                return
            self._is_first_round = False
        moving = VendorTrouble("the companies keep moving while they are read", hint="a later run tries again")
        raise self._trouble or moving

    def _round(self) -> Iterator[Page]:
        self._falls_short = False
        self._trouble = None
        if self._method != "scroll":
            try:
                yield from self._listed()
            except RequestRefused as error:
                if self._method == "list" or not is_page_limit(error):
                    raise
                self._method = "scroll"
        if self._method == "scroll":
            yield from self._scrolled()

    def _listed(self) -> Iterator[Page]:
        """The list, unless it turns out too long. It is whole when its count stood still and was reached."""
        first: int | None = None
        last: int | None = None
        for found, answer in numbered(self._api.companies, "data"):
            last = total(answer)
            first = last if first is None else first
            if self._method == "auto" and (last or 0) >= COMPANY_CAP:
                self._method = "scroll"
                return
            yield self._page(found)
        self._falls_short = last is not None and (first != last or len(self._seen) < last)

    def _scrolled(self) -> Iterator[Page]:
        """A scroll from beginning to end. Nothing else is asked in between; broken off, it can only be begun anew."""
        expected = total(self._api.companies(1, 1)) or 0
        before: list[JSON] = []
        param: str | None = None
        while (answer := self._scroll(param)) is not None:
            found = items(answer, "data", "companies")
            if not found:
                return
            if found == before:
                raise PageLoop("the scroll gives the same page twice", where=answer.where, status=answer.status)
            yield self._page(found)
            before, param = found, _param(answer)
        # Ended by a 404, as in some workspaces, instead of an empty page: the count decides, or another round.
        self._falls_short = len(self._seen) < expected

    def _scroll(self, param: str | None) -> Answer | None:
        """The next page; None when the scroll ended or broke."""
        try:
            answer = self._api.scroll(param)
            if param is not None and not answer.content.strip():
                raise VendorTrouble("the scroll answered with nothing", where=answer.where, status=answer.status)
            return answer
        except RequestRefused as error:
            if param is None or error.status not in (400, 404):
                raise
            self._trouble = None if error.status == 404 else _expired(error)
        except RateLimited as error:
            raise (_taken(error) if error.status == 400 else error) from error
        except VendorTrouble as error:
            if param is None:
                raise
            self._trouble = error
        return None

    def _page(self, found: list[JSON]) -> Page:
        """The companies that were not given before. What has no id is told once."""
        news = [item for item in found if (id := id_of(item)) not in self._seen and (id or self._is_first_round)]
        self._seen.update(id for id in map(id_of, news) if id is not None)
        return replace(self._rows.page(news), cursor=Whole().dump())


def _param(answer: Answer) -> str:
    found = answer.object().get("scroll_param")
    if not isinstance(found, str) or not found:
        raise answer.error("gave companies of a scroll without saying how it goes on")
    return found


def _expired(error: RequestRefused) -> VendorTrouble:
    return VendorTrouble(
        f"the scroll through the companies broke: {error.message}",
        where=error.where,
        hint="a later run tries again",
        status=error.status,
        request_id=error.request_id,
    )


def _taken(error: RateLimited) -> VendorTrouble:
    return VendorTrouble(
        "another program is scrolling through the companies of this workspace, and Intercom allows one at a time",
        where=error.where,
        hint="a later run tries again; find out which program it is, or set `read_companies: list`",
        status=error.status,
        request_id=error.request_id,
    )
