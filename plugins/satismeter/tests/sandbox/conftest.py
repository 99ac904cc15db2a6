"""A project that stands still in time, and a client that carries its key."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_satismeter.sandbox import SatisMeter, create

NOW = datetime(2026, 9, 15, 9, 30, tzinfo=UTC)
EVER = "2010-01-01T00:00:00Z"
Connect = Callable[[Sandbox[SatisMeter]], httpx.Client]
Make = Callable[..., Sandbox[SatisMeter]]


@pytest.fixture
def clock() -> SandboxClock:
    """A clock that moves only when told."""
    return SandboxClock(NOW, ticking=False)


@pytest.fixture
def make(clock: SandboxClock) -> Make:
    """Projects without responses unless told otherwise."""
    return lambda **switches: create(**({"clock": clock, "empty": True} | switches))  # type: ignore[arg-type]  # test input


@pytest.fixture
def sandbox(make: Make) -> Sandbox[SatisMeter]:
    """A project without responses."""
    return make()


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Clients of version 3 with the key of a sandbox, in process."""
    opened: list[httpx.Client] = []

    def open_client(sandbox: Sandbox[SatisMeter]) -> httpx.Client:
        client = httpx.Client(
            transport=httpx.WSGITransport(app=sandbox),
            base_url=f"https://app.satismeter.com/api/v3/projects/{sandbox.credentials['SATISMETER_PROJECT']}",
            headers={"Authorization": f"Bearer {sandbox.credentials['SATISMETER_TOKEN']}"},
        )
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()


@pytest.fixture
def client(sandbox: Sandbox[SatisMeter], connect: Connect) -> httpx.Client:
    """A client of the empty project."""
    return connect(sandbox)
