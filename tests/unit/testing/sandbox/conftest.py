"""The smallest vendor: a list of things in pages of two, with one cursor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import httpx
import pytest

from cshub.testing.sandbox import (
    JSON,
    Fault,
    PageShape,
    Request,
    Response,
    Running,
    Sandbox,
    SandboxClock,
    WriteEntry,
    WriteLog,
    json_response,
    serve,
)


class Things:
    """Things with a name."""

    page_shape = PageShape(rows=("rows",), cursor=("next", "cursor"), link=("next", "url"))

    def __init__(self, clock: SandboxClock) -> None:
        self.clock = clock
        self.writes = WriteLog()
        self.names = {str(number): f"thing {number}" for number in range(1, 6)}

    def answer(self, request: Request) -> Response:
        if request.method == "POST":
            return json_response({"id": self.add("things", {"name": str(request.json())})}, 201)
        start = int(request.arg("cursor") or 0)
        rows = [{"id": key, "name": name} for key, name in list(self.names.items())[start : start + 2]]
        return json_response({"rows": rows, "next": {"cursor": str(start + 2)}})

    def complain(self, fault: Fault, request: Request) -> Response:
        headers = [("Retry-After", fault.retry_after)] if fault.retry_after else []
        status = {"rate_limited": 429, "unauthorized": 401, "missing_scope": 403}.get(fault.kind, fault.status)
        return json_response({"oops": fault.kind}, status, headers)

    def objects(self) -> dict[str, int]:
        return {"things": len(self.names)}

    def dump(self, object_type: str) -> list[dict[str, JSON]]:
        return [{"id": key, "name": name} for key, name in self._of(object_type).items()]

    def add(self, object_type: str, values: Mapping[str, str]) -> str:
        key = str(len(self._of(object_type)) + 1)
        self.edit(object_type, key, values)
        return key

    def edit(self, object_type: str, record_id: str, values: Mapping[str, str]) -> None:
        old, new = self._of(object_type).get(record_id), values["name"]
        self.names[record_id] = new
        entry = WriteEntry(
            at=self.clock.now(), object=object_type, id=record_id, field="name", old=old, new=new, by="human"
        )
        self.writes.add(entry)

    def remove(self, object_type: str, record_id: str) -> None:
        del self._of(object_type)[record_id]

    def _of(self, object_type: str) -> dict[str, str]:
        return {"things": self.names}[object_type]


@pytest.fixture
def sandbox() -> Sandbox[Things]:
    """A sandbox of five things."""
    clock = SandboxClock()
    return Sandbox(Things(clock), name="things", credentials={"THINGS_TOKEN": "t"}, clock=clock)


@pytest.fixture
def running(sandbox: Sandbox[Things]) -> Iterator[Running]:
    """The sandbox on a port."""
    with serve(sandbox) as running:
        yield running


@pytest.fixture
def http(running: Running) -> Iterator[httpx.Client]:
    """A client of the served sandbox."""
    with httpx.Client(base_url=running.url, timeout=5) as client:
        yield client


@pytest.fixture
def local(sandbox: Sandbox[Things]) -> Iterator[httpx.Client]:
    """A client of the sandbox in process."""
    with httpx.Client(transport=httpx.WSGITransport(app=sandbox), base_url="http://things") as client:
        yield client
