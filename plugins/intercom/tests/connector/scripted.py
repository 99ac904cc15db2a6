"""A scripted Intercom for the connector's own tests: lists and searches as simple as the facts allow, and answers said instead of them.

It is no double of the vendor: that is the sandbox. Lists page by place, the worst that can be when data moves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import httpx

from cshub.testing import ManualClock

TOKEN = "dG9rOnNlY3JldC10b2tlbg=="
Item = dict[str, Any]
Said = Callable[[httpx.Request], httpx.Response]


def error(status: int, code: str, message: str | None = "no", **headers: str) -> httpx.Response:
    """A refusal in Intercom's form."""
    body = {"type": "error.list", "request_id": "b2k3j4h5g6f7d8s9a0q1", "errors": [{"code": code, "message": message}]}
    return httpx.Response(status, json=body, headers={key.replace("_", "-"): value for key, value in headers.items()})


@dataclass(slots=True)
class Workspace(httpx.BaseTransport):
    """What is in it, by id; what was asked; and what is answered `instead`, each once, before anything else."""

    clock: ManualClock
    contacts: dict[str, Item] = field(default_factory=dict)
    companies: list[Item] = field(default_factory=list)
    conversations: dict[str, Item] = field(default_factory=dict)
    tickets: dict[str, Item] = field(default_factory=dict)
    deleted: list[Item] = field(default_factory=list)
    tags: list[Item] = field(default_factory=list)
    admins: list[Item] = field(default_factory=list)
    merged: dict[str, str] = field(default_factory=dict)
    hours_ahead: int = 0
    scroll_size: int = 100
    #: No page holds more, whatever was asked for.
    most: int = 150
    #: (method, path) → answers to give first, in order; None lets one request through.
    instead: dict[tuple[str, str], list[Said | httpx.Response | None]] = field(default_factory=dict)
    #: Done before the request of this number, counted from 1.
    before: dict[int, Callable[[], object]] = field(default_factory=dict)
    asked: list[httpx.Request] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    scroll_at: int | None = None
    #: How far its clock is ahead of ours.
    ahead: timedelta = timedelta(0)

    def now(self) -> datetime:
        return self.clock.now() + self.ahead

    def now_s(self) -> int:
        return int(self.now().timestamp())

    def say(self, method: str, path: str, *answers: Said | httpx.Response | None) -> None:
        """Answer so to the next requests of this method and path."""
        self.instead.setdefault((method, path), []).extend(answers)

    @property
    def paths(self) -> list[str]:
        """Method and path of everything asked."""
        return [f"{each.method} {each.url.path}" for each in self.asked]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        self.asked.append(request)
        self.before.pop(len(self.asked), lambda: None)()
        queue = self.instead.get((request.method, request.url.path))
        said = queue.pop(0) if queue else None
        if said is None:
            said = self._answer(request)
        answer = said if isinstance(said, httpx.Response) else said(request)
        date = format_datetime(self.now(), usegmt=True)
        return httpx.Response(
            answer.status_code, headers={"date": date, **self.headers, **answer.headers}, content=answer.content
        )

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return error(401, "unauthorized", "Access Token Invalid")
        if path in ("/contacts", "/conversations"):
            return self._listed(path[1:], request)
        if path.endswith("/search"):
            return self._searched(path.split("/")[1], request)
        if path.startswith("/contacts/"):
            return self._part(*path.split("/")[2:])
        simple: dict[str, Said] = {
            "/me": lambda _: httpx.Response(200, json=ME),
            "/tags": lambda _: httpx.Response(200, json={"type": "list", "data": self.tags}),
            "/admins": lambda _: httpx.Response(200, json={"type": "admin.list", "admins": self.admins}),
            "/companies/list": self._companies,
            "/companies/scroll": self._scroll,
            "/conversations/deleted": self._deleted,
        }
        return simple[path](request)

    def _listed(self, name: str, request: httpx.Request) -> httpx.Response:
        items = list(getattr(self, name).values())
        if name == "conversations":
            items.sort(key=lambda item: -item["updated_at"])
        query = parse_qs(request.url.query.decode())
        size = min(self.most, int(query.get("per_page", ["20"])[0]))
        return page(name, items, size, query.get("starting_after", [None])[0])

    def _searched(self, name: str, request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content)
        version = tuple(int(part) for part in request.headers["intercom-version"].split("."))
        by_day = name == "contacts" and version < (2, 17)
        items = [item for item in getattr(self, name).values() if self._fits(item, body["query"], by_day)]
        sign = -1 if body["sort"]["order"] == "descending" else 1
        items.sort(key=lambda item: sign * item["updated_at"])
        paging = body.get("pagination", {})
        return page(name, items, min(self.most, paging.get("per_page", 20)), paging.get("starting_after"))

    def _fits(self, item: Item, query: Item, by_day: bool) -> bool:
        if query["operator"] in ("AND", "OR"):
            found = [self._fits(item, each, by_day) for each in query["value"]]
            return all(found) if query["operator"] == "AND" else any(found)
        left, right = item[query["field"]], query["value"]
        if by_day:
            left, right = self._day(left), self._day(right)
        return bool(left == right if query["operator"] == "=" else left > right)

    def _day(self, seconds: int) -> int:
        zone = timezone(timedelta(hours=self.hours_ahead))
        return datetime.fromtimestamp(seconds, UTC).astimezone(zone).toordinal()

    def _part(self, id: str, name: str | None = None) -> httpx.Response:
        if id in self.merged:
            link = f'</contacts/{self.merged[id]}>; rel="canonical"'
            return error(410, "contact_merged", "This contact has been merged.", link=link)
        if id not in self.contacts:
            return error(404, "not_found", "User Not Found")
        if name is None:
            return httpx.Response(200, json=self.contacts[id])
        data = self.contacts[id]["whole"][name]
        return httpx.Response(200, json={"type": "list", "data": data, "total_count": len(data), "pages": {}})

    def _companies(self, request: httpx.Request) -> httpx.Response:
        query = parse_qs(request.url.query.decode())
        number, size = int(query["page"][0]), int(query["per_page"][0])
        if (number - 1) * size >= 10_000:
            return error(400, "bad_request", "page limit reached, please use scroll API")
        items = sorted(self.companies, key=lambda item: -item.get("last_request_at", 0))
        return numbered("data", items, number, size, "/companies")

    def _deleted(self, request: httpx.Request) -> httpx.Response:
        query = parse_qs(request.url.query.decode())
        items = sorted(self.deleted, key=lambda item: -item["deleted_at"])
        return numbered("conversations", items, int(query["page"][0]), int(query["per_page"][0]), "/conversations")

    def _scroll(self, request: httpx.Request) -> httpx.Response:
        query = parse_qs(request.url.query.decode())
        if "scroll_param" not in query:
            if self.scroll_at is not None:
                return error(400, "scroll_exists", "scroll already exists for this workspace")
            self.scroll_at = 0
        at = self.scroll_at or 0
        data = self.companies[at : at + self.scroll_size]
        self.scroll_at = at + len(data) if data else None
        return httpx.Response(200, json={"type": "list", "data": data, "pages": None, "scroll_param": "s-1"})


def page(name: str, items: list[Item], size: int, after: str | None) -> httpx.Response:
    """A page by cursor, which is the place in the list."""
    at = int(after.removeprefix("place-")) if after else 0
    pages: Item = {"type": "pages", "page": 1, "per_page": size, "total_pages": 1}
    if at + size < len(items):
        pages["next"] = {"page": 2, "starting_after": f"place-{at + size}"}
    key = "data" if name == "contacts" else name
    kept = [{key: value for key, value in item.items() if key != "whole"} for item in items[at : at + size]]
    return httpx.Response(200, json={"type": "list", key: kept, "total_count": len(items), "pages": pages})


def numbered(key: str, items: list[Item], number: int, size: int, path: str) -> httpx.Response:
    """A page by number, whose next one is an address."""
    more = number * size < len(items)
    following = f"https://api.intercom.io{path}?page={number + 1}" if more else None
    pages = {"type": "pages", "next": following, "page": number, "per_page": size, "total_pages": 1}
    body = {"type": "list", key: items[(number - 1) * size : number * size], "total_count": len(items), "pages": pages}
    return httpx.Response(200, json=body)


ME: Item = {
    "type": "admin",
    "id": "991",
    "app": {"type": "app", "id_code": "ab12cd", "name": "Ours", "region": "US", "timezone": "America/Los_Angeles"},
}


def nested(id: str, name: str, ids: Iterable[str], shown: int = 10) -> Item:
    """A nested list of a contact: cut, with a `has_more` that is false all the same."""
    stubs = [{"type": name, "id": each, "url": f"/{name}/{each}"} for each in ids]
    return {
        "type": "list",
        "data": stubs[:shown],
        "url": f"/contacts/{id}/{name}",
        "total_count": len(stubs),
        "has_more": False,
    }
