"""A SatisMeter project in a few lines, as the facts describe v3, and a connector on it by a clock that never sleeps."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from cshub import Page, Row
from cshub.testing import ManualClock, context
from cshub_satismeter.connector import SatisMeter
from cshub_satismeter.settings import SatisMeterSettings
from cshub_satismeter.streams import streams

PROJECT = "5d0a1b2c3d4e5f6071829304"
KEY = "read-key-0123456789"
ORDERS: Mapping[str, Callable[[list[dict[str, Any]]], list[dict[str, Any]]]] = {
    "newest first": lambda items: items[::-1],
    "oldest first": lambda items: items,
    "no order": lambda items: sorted(items, key=lambda item: item["id"][::-1]),
}


def iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def hex24(number: int) -> str:
    return f"{number:024x}"


def question(number: int) -> str:
    return f"00000000-0000-4000-8000-{number:012d}"


def nps(value: object, number: int = 1, **more: object) -> dict[str, Any]:
    """An answer to an NPS question."""
    said = {"id": question(number), "label": "How likely are you to recommend us?", "value": value, "type": "scale"}
    return {**said, "metric": "nps", "name": "SM_rating", **more}


def comment(text: object) -> dict[str, Any]:
    """An answer in free text, whose `metric` is missing."""
    return {"id": question(99), "label": "Why?", "value": text, "type": "long-text", "name": "SM_comment"}


@dataclass(slots=True, repr=False)
class Project(httpx.BaseTransport):
    """Holds responses and answers the three calls. `exclusive` bounds, `order` and `page_size` are what nobody documents."""

    clock: ManualClock
    exclusive: bool = False
    order: str = "newest first"
    page_size: int | None = None
    responses: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[httpx.Request] = field(default_factory=list)
    #: Status and body for requests to come, in this order, instead of what is asked for; None lets one pass.
    instead: list[tuple[int, object] | None] = field(default_factory=list)
    #: Changes the body of a good answer.
    spoil: Callable[[Any], Any] | None = None
    expired: set[str] = field(default_factory=set)
    count: int = 0

    def add(self, *answers: dict[str, Any], at: datetime | None = None, **values: Any) -> str:
        """A person answers; returns the response's id."""
        self.count += 1
        id = hex24(self.count)
        user = {"id": hex24(7), "deleted": False, "userId": "u-7", "anonymousId": None, "traits": {}, "email": None}
        item = {"id": id, "project": PROJECT, "campaign": hex24(500), "created": iso(at or self.clock.now())}
        item |= {"answers": list(answers), "user": user, "ip": "192.0.2.1", "location": {"country": None, "city": ""}}
        item |= {"referrer": None, "language": "en", "method": "In-app", "device": {"type": "desktop", "os": "Linux"}}
        self.responses[id] = {**item, **values}
        return id

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        instead = self.instead.pop(0) if self.instead else None
        if instead is not None:
            return self._said(*instead)
        if request.headers.get("authorization") != f"Bearer {KEY}":
            return self._said(401, {"errors": [{"title": "Unauthorized"}]})
        path = request.url.path.removeprefix(f"/api/v3/projects/{PROJECT}")
        if path == "":
            return self._said(200, {"data": {"id": PROJECT, "name": "Acme"}})
        if path == "/campaigns":
            return self._said(200, {"data": [{"id": hex24(500), "name": "NPS", "type": "nps", "state": "live"}]})
        if path != "/responses":
            return self._said(404, {"errors": [{"title": "Not found"}]})
        return self._page(dict(request.url.params))

    def _page(self, asked: Mapping[str, str]) -> httpx.Response:
        cursor = asked.get("pageCursor", "at-0")
        if cursor in self.expired:
            return self._said(400, {"errors": [{"title": "Invalid cursor"}]})
        size = self.page_size or int(asked.get("pageSize", "20"))
        found = ORDERS[self.order]([item for item in self._recorded() if self._is_in(item, asked)])
        start = int(cursor.removeprefix("at-"))
        more = start + size < len(found)
        page = {"hasNextPage": more, "nextPageCursor": f"at-{start + size}" if more else None, "size": size}
        body = {"data": found[start : start + size], "page": page}
        return self._said(200, self.spoil(body) if self.spoil else body)

    def _recorded(self) -> list[dict[str, Any]]:
        return sorted(self.responses.values(), key=lambda item: str(item.get("created")))

    def _is_in(self, item: Mapping[str, Any], asked: Mapping[str, str]) -> bool:
        try:
            created = datetime.fromisoformat(item["created"])
        except (ValueError, TypeError):
            created = self.clock.now()
        default = iso(self.clock.now() - timedelta(days=30))
        since = datetime.fromisoformat(asked.get("startDate", default))
        until = datetime.fromisoformat(asked.get("endDate", iso(self.clock.now())))
        return since < created < until if self.exclusive else since <= created <= until

    def _said(self, status: int, body: object) -> httpx.Response:
        content = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return httpx.Response(status, content=content, headers={"content-type": "application/json"})

    @property
    def asked(self) -> list[dict[str, str]]:
        """The parameters of every request for responses."""
        return [dict(each.url.params) for each in self.requests if each.url.path.endswith("/responses")]


@dataclass(slots=True, repr=False)
class Reader:
    """Pulls the way the core does: keeps the newest row of each id, and the last cursor."""

    project: Project
    settings: Mapping[str, object] = field(default_factory=dict)
    cursor: bytes | None = None
    rows: dict[str, Row] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)

    def source(self) -> SatisMeter:
        around = context(connection="survey", transport=self.project, clock=self.project.clock)
        return SatisMeter(self.declared(), around)

    def declared(self) -> SatisMeterSettings:
        return SatisMeterSettings.model_validate({"token": KEY, "project": PROJECT, **self.settings})

    def reading(self) -> Iterator[Page]:
        """The pages as they come."""
        (stream,) = streams(self.declared())
        yield from self.source().pull(stream, self.cursor, self.project.clock.now())

    def pull(self, pages: int | None = None) -> list[Page]:
        """Read, at most so many pages."""
        self.pages = []
        for page in self.reading():
            self.land(page)
            if len(self.pages) == pages:
                break
        return self.pages

    def land(self, page: Page) -> None:
        self.pages.append(page)
        self.cursor = page.cursor
        for row in page.rows:
            self.rows[str(row[0])] = row
        for gone in page.tombstones:
            self.rows.pop(gone, None)

    def ids(self) -> list[str]:
        """What a sweep lists."""
        (stream,) = streams(self.declared())
        return [id for ids, _ in self.source().ids(stream, None) for id in ids]

    @property
    def gone(self) -> list[str]:
        return [id for page in self.pages for id in page.tombstones]

    @property
    def values(self) -> dict[str, object]:
        """id → value."""
        return {id: row[3] for id, row in self.rows.items()}


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def project(clock: ManualClock) -> Project:
    """A project nobody answered yet."""
    return Project(clock)


@pytest.fixture
def reader(project: Project) -> Reader:
    """Reads the project from the beginning."""
    return Reader(project)
