"""A sandbox that stands still in time, and a client that carries an open session."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_salesforce.sandbox import Salesforce, create

NOW = datetime(2026, 9, 15, 9, 30, tzinfo=UTC)
HOST = "https://acme.my.salesforce.com"
DATA = "/services/data/v66.0"
Connect = Callable[[Sandbox[Salesforce]], httpx.Client]


@pytest.fixture
def clock() -> SandboxClock:
    """A clock that moves only when told."""
    return SandboxClock(NOW, ticking=False)


@pytest.fixture
def sandbox(clock: SandboxClock) -> Sandbox[Salesforce]:
    """An org without accounts, limits and lag."""
    return create(clock=clock, empty=True, limits="off", visibility_lag_s=0)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Clients with a session of a sandbox, in process; their paths begin behind the version."""
    opened: list[httpx.Client] = []

    def open_client(sandbox: Sandbox[Salesforce]) -> httpx.Client:
        client = httpx.Client(
            transport=httpx.WSGITransport(app=sandbox),
            base_url=f"{HOST}{DATA}",
            headers={"Authorization": f"Bearer {sandbox.vendor.access.open_session()}"},
        )
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()


@pytest.fixture
def client(sandbox: Sandbox[Salesforce], connect: Connect) -> httpx.Client:
    """A client of the empty org."""
    return connect(sandbox)


def soql(client: httpx.Client, query: str, *, everything: bool = False) -> list[dict[str, Any]]:
    """The rows of the first page of a query that goes well."""
    answer = client.get("/queryAll" if everything else "/query", params={"q": query})
    assert answer.status_code == 200, answer.text
    rows: list[dict[str, Any]] = answer.json()["records"]
    return rows


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, code and sentence of a refusal."""
    (error,) = answer.json()
    return answer.status_code, error["errorCode"], error["message"]
