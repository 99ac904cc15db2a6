"""A HubSpot double in process, a connector on it whose every request is judged by the official files, and a clock that never sleeps."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest

from cshub import Budget, Client, Context, Incremental, Page, Row, Snapshot
from cshub.testing.openapi import Exchange
from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_hubspot import connector
from cshub_hubspot.sandbox import create
from cshub_hubspot.settings import HubSpotSettings
from plugins.hubspot.tests.openapi_judge import JudgedTransport, OpenApiJudge, record

NOW = datetime(2026, 9, 15, 9, 30, tzinfo=UTC)
GENERATIONS = ("2026-09", "classic")
OF_EACH_SORT = 3
#: How often each sort of exchange was seen: method, path without id, status, names of parameters and top keys of the body.
SORTS: Counter[tuple[object, ...]] = Counter()


class Clock:
    """The connector's clock: waiting moves the sandbox's time on and takes none. `ahead` makes it disagree with the sandbox."""

    def __init__(self, sandboxes: SandboxClock) -> None:
        self._sandboxes = sandboxes
        self.slept: list[float] = []
        self.ahead = timedelta(0)

    def now(self) -> datetime:
        return self._sandboxes.now() + self.ahead

    def monotonic(self) -> float:
        return self._sandboxes.now_ms() / 1000

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self._sandboxes.advance(seconds)


class Judged(httpx.BaseTransport):
    """What goes over the wire, kept; requests the official files dislike are fouls, refused ones excepted."""

    def __init__(self, inner: httpx.BaseTransport, judge: OpenApiJudge | None, clock: SandboxClock) -> None:
        self._inner = inner
        self._clock = clock
        self._judge = judge
        self.exchanges: list[Exchange] = []
        #: Bodies (or status and body) to answer with, by the end of the path.
        self.instead: dict[str, object] = {}
        #: Done once, right before a request of this method whose path ends so.
        self.before: dict[tuple[str, str], Callable[[], object]] = {}

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        for method, end in [*self.before]:
            if request.method == method and request.url.path.endswith(end):
                self.before.pop((method, end))()
        for end, said in self.instead.items():
            if request.url.path.endswith(end):
                status, content = said if isinstance(said, tuple) else (200, said)
                return httpx.Response(status, json=content)
        kept = JudgedTransport(self._inner, _Silent(), strict=False)  # type: ignore[arg-type]  # only keeps exchanges
        response = kept.handle_request(request)
        self.exchanges += kept.exchanges
        if self._judge is not None and response.status_code < 400:
            complaints = self._judge.request_complaints(kept.exchanges[0])
            assert complaints == [], f"{kept.exchanges[0]}\n{complaints}"
            record_sort(kept.exchanges[0], self._judge)
        headers = {**response.headers, "date": format_datetime(self._clock.now(), usegmt=True)}
        return httpx.Response(response.status_code, headers=headers, content=response.content)


def record_sort(exchange: Exchange, judge: OpenApiJudge) -> None:
    """Keep the first few exchanges of each sort for the second judge; it is too slow to see thousands that are alike."""
    if "CSHUB_RECORD" not in os.environ:
        return
    names = sorted(name for name, _ in parse_qsl(exchange.query))
    body = json.loads(exchange.body) if exchange.body.startswith(b"{") else {}
    sort = (exchange.method, re.sub(r"/\d+$", "/id", exchange.path), exchange.status, *names, *sorted(body))
    SORTS[sort] += 1
    if SORTS[sort] <= OF_EACH_SORT and not judge.complaints(exchange):
        record(exchange)


class _Silent:
    """A judge that likes everything: the real one would judge the answers too, and those may be spoiled on purpose."""

    def complaints(self, _: Exchange) -> list[str]:
        return []


@dataclass(slots=True)
class Account:
    """A sandbox with everything to look at it through the connector."""

    sandbox: Sandbox[Any]
    clock: Clock
    wire: Judged
    generation: str
    owned: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def settings(self, **given: object) -> HubSpotSettings:
        values = {"token": self.sandbox.credentials["HUBSPOT_TOKEN"], "api": self.generation, **given}
        return HubSpotSettings.model_validate({key: value for key, value in values.items() if value is not None})

    def connect(self, **given: object) -> connector.HubSpot:
        """The connector as a new run would open it."""
        return connector.HubSpot(self.settings(**given), self.context())

    def context(self) -> Context:
        def client(
            *, origin: str, account: str = "default", budget: Any = None, auth: Any = None, **rest: Any
        ) -> Client:
            shared = Budget(budget, self.clock)
            rest = {key: value for key, value in rest.items() if value is not None}
            return Client(
                name="crm", origin=origin, auth=auth, budget=shared, clock=self.clock, transport=self.wire, **rest
            )

        return Context(connection="crm", client=client, clock=self.clock, owned=self.owned)

    def add(self, object_type: str, **values: str) -> str:
        return str(self.sandbox.vendor.add(object_type, values))

    def tick(self, **span: float) -> None:
        self.sandbox.clock.advance(timedelta(**span).total_seconds())

    @property
    def paths(self) -> list[str]:
        """Method and path of every request since `forget`."""
        return [f"{entry.method} {entry.path}" for entry in self.wire.exchanges]

    def forget(self) -> None:
        self.wire.exchanges.clear()

    def api(self, method: str, path: str, body: object = None) -> httpx.Response:
        """A request as somebody else's client makes it, in the dated generation and unjudged."""
        headers = {"Authorization": f"Bearer {self.sandbox.credentials['HUBSPOT_TOKEN']}"}
        with httpx.Client(
            transport=httpx.WSGITransport(app=self.sandbox), base_url="https://x", headers=headers
        ) as http:
            return http.request(method, path, json=body)


@dataclass(slots=True)
class Reader:
    """Pulls one stream the way the core does: keeps the newest row of each id, and the last cursor."""

    account: Account
    stream: str
    settings: Mapping[str, object] = field(default_factory=dict)
    cursor: bytes | None = None
    rows: dict[str, Row] = field(default_factory=dict)
    pages: list[Page] = field(default_factory=list)

    def pull(self, until: datetime | None = None) -> list[Page]:
        source = self.account.connect(**self.settings)
        stream = self.declared()
        self.pages = []
        for page in source.pull(stream, self.cursor, until or self.account.clock.now()):
            self.land(page)
        source.close()
        return self.pages

    def declared(self) -> Incremental | Snapshot:
        settings = self.account.settings(**self.settings)
        return next(each for each in connector.streams(settings) if each.name == self.stream)

    def land(self, page: Page) -> None:
        self.pages.append(page)
        self.cursor = page.cursor
        for row in page.rows:
            self.rows[str(row[0])] = row
        for gone in (*page.tombstones, *(old for old, _ in page.merges)):
            self.rows.pop(gone, None)

    def column(self, name: str, id: str) -> object:
        return self.rows[id][2 + self.declared().kind.names.index(name)]


Open = Callable[..., Account]


@pytest.fixture(scope="session")
def official() -> OpenApiJudge | None:
    """The judge, None where the official files are missing: the tests themselves do not need them."""
    shared = os.environ.get("CSHUB_SHARED")
    return OpenApiJudge(Path(shared) / "specs" / "hubspot") if shared else None


@pytest.fixture
def open_account(official: OpenApiJudge | None) -> Open:
    """Accounts with the sandbox's switches; empty, without limits and lag unless told otherwise."""

    def opened(*, generation: str = "2026-09", **switches: Any) -> Account:
        clock = SandboxClock(NOW, ticking=False)
        told = {"empty": True, "limits": "off", "search_lag_s": 0, **switches}
        if "customers" in told:
            told.pop("empty")
        sandbox = create(clock=clock, **told)
        return Account(sandbox, Clock(clock), Judged(httpx.WSGITransport(app=sandbox), official, clock), generation)

    return opened


@pytest.fixture
def account(open_account: Open) -> Account:
    """An account without records, limits and lag."""
    return open_account()


def ids(pages: Sequence[Page]) -> list[str]:
    """The ids of all rows of these pages, in order."""
    return [str(row[0]) for page in pages for row in page.rows]


def later(account: Account, **span: float) -> Account:
    """The same account after some time."""
    account.tick(**span)
    return replace(account)
