"""What a contact carries only the beginning of: its companies and tags, fetched in full where the count says that some are missing.

A contact that is gone by then is no failure: it was deleted (404), or merged into another one (410).
See https://developers.intercom.com/docs/references/rest-api/api.intercom.io/contacts/showcontact.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

from cshub import JSON, Answer, RequestRefused, VendorTrouble

from . import paths
from .api import Api
from .pages import items, next_of
from .records import Item, Unmappable, id_of, part
from .tags import TagNames

_CANONICAL = re.compile(
    r"<(?:https?://[^/>]+)?/contacts/(?P<id>[^/>?#]+)>\s*;[^,]*\brel=\"?canonical\"?", re.IGNORECASE
)
#: Intercom resolves so many merges in a row by itself.
_HOPS = 3


class Gone(Exception):
    """The contact is not there any more; `survivor` is the one it lives on as, if any."""

    def __init__(self, survivor: str | None) -> None:
        super().__init__(survivor)
        self.survivor = survivor


class Parts:
    """Completes contacts. `tags` is None where nobody asks for them."""

    def __init__(self, api: Api, tags: TagNames | None) -> None:
        self._api = api
        self._tags = tags

    def completed(self, item: Item) -> Item:
        """The contact with all its companies, and the names of its tags where they are asked for. Raises Gone, Unmappable."""
        companies = self.companies(item)
        whole: dict[str, JSON] = {**item, "companies": {"data": companies, "total_count": len(companies)}}
        if self._tags is not None:
            names = [self._tags.name(tag) for tag in self._all(item, "tags")]
            whole["tags"] = [name for name in names if name is not None]
        return whole

    def companies(self, item: Item) -> list[JSON]:
        """Every company of a contact, once. Raises Gone."""
        return self._all(item, "companies")

    def _all(self, item: Item, name: str) -> list[JSON]:
        stubs, count, url = part(item, name)
        if count <= len(stubs):
            return _once(stubs)
        own = paths.part(str(id_of(item)), name)
        return _once(self._fetched(str(id_of(item)), url if url and url.startswith("/") else own, name))

    def _fetched(self, contact: str, path: str, name: str) -> list[JSON]:
        """All pages of a nested list. They are linked; where the link is missing, the number of pages counts."""
        found: list[JSON] = []
        asked: set[tuple[str, int | None]] = set()
        step: tuple[str, int | None] | None = (path, None)
        while step is not None:
            if step in asked:
                raise Unmappable(f"its list of {name} never ends")
            asked.add(step)
            answer = self._page(contact, *step)
            found += items(answer, "data", name)
            step = _following(answer, path)
        return found

    def _page(self, contact: str, path: str, page: int | None) -> Answer:
        try:
            answer = self._api.part(path, page)
        except RequestRefused as error:
            if error.status == 404:
                raise Gone(None) from error
            raise
        except VendorTrouble as error:
            # A 404 that is a web page every time: the gateway's way of saying either that the record or that the path is gone.
            if error.status == 404 and self._is_gone(contact):
                raise Gone(None) from error
            raise
        if answer.status == 410:
            raise Gone(survivor(self._api, answer))
        return answer

    def _is_gone(self, contact: str) -> bool:
        try:
            answer = self._api.contact(contact)
        except (RequestRefused, VendorTrouble) as error:
            if error.status == 404:
                return True
            raise
        if answer.status == 410:
            raise Gone(survivor(self._api, answer))
        return False


def survivor(api: Api, answer: Answer) -> str | None:
    """The contact that a merged one lives on as, by the Link header of a 410; longer chains are followed."""
    for _ in range(_HOPS):
        found = _CANONICAL.search(answer.headers.get("link", ""))
        if found is None:
            return None
        try:
            answer = api.contact(found["id"])
        except RequestRefused as error:
            if error.status == 404:
                return None
            raise
        if answer.status != 410:
            return found["id"]
    return None


def merges(item: Item) -> list[tuple[str, str]]:
    """(gone id, this id) for every contact merged into this one, where it says so."""
    listed, id = item.get("merge_history"), id_of(item)
    found = (
        [each.get("source_contact_id") for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    )
    return [(gone, str(id)) for gone in found if isinstance(gone, str) and gone and gone != id]


def _following(answer: Answer, path: str) -> tuple[str, int | None] | None:
    said = answer.object()
    pages = said.get("pages")
    step = pages.get("next") if isinstance(pages, dict) else None
    if isinstance(step, str) and step:
        return step, None
    if isinstance(step, dict) and (after := next_of(said, answer)):
        return f"{path}?starting_after={quote(after, safe='')}", None
    here, last = _number(pages, "page"), _number(pages, "total_pages")
    return (path, here + 1) if here < last else None


def _number(pages: JSON, key: str) -> int:
    found = pages.get(key) if isinstance(pages, Mapping) else None
    return found if isinstance(found, int) and not isinstance(found, bool) else 0


def _once(stubs: list[JSON]) -> list[JSON]:
    return list({id_of(stub) or str(place): stub for place, stub in enumerate(stubs)}.values())
