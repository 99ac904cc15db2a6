"""A sandbox that stands still in time, clients that carry its token, and the judge over the official file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_intercom.sandbox import Intercom, create

from .spec_judge import SpecJudge

#: A second within a window of ten, at half past nine in the morning UTC, which is the day's small hours in Los Angeles.
NOW = datetime(2026, 9, 15, 9, 30, 3, tzinfo=UTC)
Connect = Callable[..., httpx.Client]


@pytest.fixture
def clock() -> SandboxClock:
    """A clock that moves only when told."""
    return SandboxClock(NOW, ticking=False)


@pytest.fixture
def sandbox(clock: SandboxClock) -> Sandbox[Intercom]:
    """A workspace without records, limits and lag."""
    return create(clock=clock, empty=True, limits="off", search_lag_s=0)


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Clients with the token of a sandbox, in process."""
    opened: list[httpx.Client] = []

    def open_client(sandbox: Sandbox[Intercom], version: str = "2.16") -> httpx.Client:
        client = httpx.Client(
            transport=httpx.WSGITransport(app=sandbox),
            base_url="https://api.intercom.io",
            headers={
                "Authorization": f"Bearer {sandbox.credentials['INTERCOM_TOKEN']}",
                "Intercom-Version": version,
            },
        )
        opened.append(client)
        return client

    yield open_client
    for client in opened:
        client.close()


@pytest.fixture
def client(sandbox: Sandbox[Intercom], connect: Connect) -> httpx.Client:
    """A client of the empty workspace."""
    return connect(sandbox)


@pytest.fixture(scope="session")
def judge(shared: Path) -> SpecJudge:
    """The official file of 2.16 as a judge; skips where it is missing."""
    return SpecJudge(shared / "specs" / "intercom" / "intercom-2.16.validation.json")
