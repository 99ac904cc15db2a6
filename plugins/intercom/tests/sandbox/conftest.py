"""A sandbox that stands still in time, clients that carry its token, and the judge over the official file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_intercom.sandbox import Intercom, create

from .spec_judge import JudgedTransport, SpecJudge

#: A second within a window of ten, at half past nine in the morning UTC, which is the day's small hours in Los Angeles.
NOW = datetime(2026, 9, 15, 9, 30, 3, tzinfo=UTC)
HOST = "api.intercom.io"
Connect = Callable[..., httpx.Client]


@pytest.fixture
def clock() -> SandboxClock:
    """A clock that moves only when told."""
    return SandboxClock(NOW, ticking=False)


@pytest.fixture
def sandbox(clock: SandboxClock) -> Sandbox[Intercom]:
    """A workspace without records, limits and lag."""
    return create(clock=clock, empty=True, limits="off", search_lag_s=0)


@dataclass(slots=True)
class Witnessed(httpx.BaseTransport):
    """Straight into the sandbox; where the official file is at hand, every answer of its version is judged on the way.

    Not judged are answers that a fault spoilt, and redirects.
    """

    sandbox: Sandbox[Intercom]
    judge: SpecJudge | None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        inner = httpx.WSGITransport(app=self.sandbox)
        judge = self.judge if request.headers.get("intercom-version") == "2.16" else None
        if judge is None or len(self.sandbox.faults) or request.url.host != HOST:
            return inner.handle_request(request)
        return JudgedTransport(inner, judge, passed=(302,)).handle_request(request)


@pytest.fixture
def connect(witness: SpecJudge | None) -> Iterator[Connect]:
    """Clients with the token of a sandbox, in process."""
    opened: list[httpx.Client] = []

    def open_client(sandbox: Sandbox[Intercom], version: str = "2.16") -> httpx.Client:
        token = sandbox.credentials["INTERCOM_TOKEN"]
        client = httpx.Client(
            transport=Witnessed(sandbox, witness),
            base_url=f"https://{HOST}",
            headers={"Authorization": f"Bearer {token}", "Intercom-Version": version},
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
def witness() -> SpecJudge | None:
    """The official file of 2.16 as a judge; None where it is missing."""
    folder = os.environ.get("CSHUB_SHARED")
    return SpecJudge(Path(folder, "specs", "intercom", "intercom-2.16.validation.json")) if folder else None


@pytest.fixture(scope="session")
def judge(shared: Path, witness: SpecJudge | None) -> SpecJudge:
    """The same; skips where it is missing."""
    assert witness is not None
    return witness
