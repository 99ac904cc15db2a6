"""A sandbox that stands still in time, and a client that carries its token."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_hubspot.sandbox import HubSpot, create

NOW = datetime(2026, 9, 15, 9, 30, tzinfo=UTC)
Connect = Callable[[Sandbox[HubSpot]], httpx.Client]


@pytest.fixture
def clock() -> SandboxClock:
    """A clock that moves only when told."""
    return SandboxClock(NOW, ticking=False)


@pytest.fixture
def sandbox(clock: SandboxClock) -> Sandbox[HubSpot]:
    """An account without records, limits and lag."""
    return create(clock=clock, empty=True, limits="off", search_lag_s=0)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Clients with the token of a sandbox, in process."""
    opened: list[httpx.Client] = []

    def open_client(sandbox: Sandbox[HubSpot]) -> httpx.Client:
        token = sandbox.credentials["HUBSPOT_TOKEN"]
        client = httpx.Client(
            transport=httpx.WSGITransport(app=sandbox),
            base_url="https://api.hubapi.com",
            headers={"Authorization": f"Bearer {token}"},
        )
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()


@pytest.fixture
def client(sandbox: Sandbox[HubSpot], connect: Connect) -> httpx.Client:
    """A client of the empty account."""
    return connect(sandbox)
