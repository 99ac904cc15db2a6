"""What the contract suites need to know about SatisMeter: a sandbox of some pages, and how a person answers and edits in it.

People act on responses, while rows are answers; a world of our own says which answer of a response is meant.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from cshub.testing import Edit, SandboxHarness, SandboxWorld
from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_satismeter import CONNECTOR
from cshub_satismeter.sandbox import create

#: A response whose free text shows an edit, and whose rating makes it a row.
EDITS = {"responses": Edit(object="responses", text="comment", shows="comment", values={"nps": "9"})}


def sandbox(clock: SandboxClock) -> Sandbox[Any]:
    """A project without limits, so that only the faults of a rule limit anything."""
    return create(customers=200, clock=clock)


def settings(credentials: Mapping[str, str]) -> Mapping[str, object]:
    """The connection's block; the address only where the sandbox has one."""
    names = {"token": "SATISMETER_TOKEN", "project": "SATISMETER_PROJECT", "base_url": "SATISMETER_URL"}
    given = {key: credentials[name] for key, name in names.items() if name in credentials}
    return {**given, "fields": {"comment": "comment"}}


class Answers(SandboxWorld):
    """A sandbox's world in which the id of a row stands for its response."""

    def add(self, stream: str, text: str | None) -> str:
        response = super().add(stream, text)
        return f"{response}:{self._rated(response)}"

    def edit(self, stream: str, id: str, text: str) -> None:
        super().edit(stream, id.partition(":")[0], text)

    def remove(self, stream: str, id: str) -> None:
        super().remove(stream, id.partition(":")[0])

    def _rated(self, response: str) -> str:
        """The id of the answer that measures something, as the vendor's own list shows it."""
        for item in self._listed():
            if item["id"] == response:
                return next(str(answer["id"]) for answer in item["answers"] if answer.get("metric"))
        raise AssertionError(f"the sandbox does not list the response {response} it made")

    def _listed(self) -> list[dict[str, Any]]:
        """All responses, page by page."""
        path = f"/api/v3/projects/{self.settings['project']}/responses"
        params = {"startDate": "2010-01-01T00:00:00Z", "endDate": "2100-01-01T00:00:00Z", "pageSize": "100"}
        headers = {"Authorization": f"Bearer {self.settings['token']}"}
        transport = httpx.WSGITransport(app=self.sandbox)  # type: ignore[arg-type]  # a sandbox is a WSGI application
        found: list[dict[str, Any]] = []
        with httpx.Client(transport=transport, base_url="https://survey.example", headers=headers) as http:
            while True:
                said = http.get(path, params=params).raise_for_status().json()
                found += said["data"]
                if not said["page"]["hasNextPage"]:
                    return found
                params["pageCursor"] = said["page"]["nextPageCursor"]


HARNESS = SandboxHarness(connector=CONNECTOR, sandbox=sandbox, settings=settings, edits=EDITS, worlds=Answers)
