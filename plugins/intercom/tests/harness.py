"""What the contract suite needs to know about Intercom: a sandbox of some pages, and how a person edits records in it.

A list of companies leaves out those without users, so a person who makes a company here makes somebody who works there as well.
"""

from __future__ import annotations

from collections.abc import Mapping

from cshub.testing import Edit, SandboxHarness, SandboxWorld
from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_intercom import CONNECTOR
from cshub_intercom.sandbox import Intercom, create

EDITS = {
    "companies": Edit(object="companies", text="name", shows="name"),
    "contacts": Edit(object="contacts", text="name", shows="name"),
}


def sandbox(clock: SandboxClock) -> Sandbox[Intercom]:
    """A workspace without limits, so that only the faults of a rule limit anything."""
    return create(customers=120, clock=clock, limits="off")


def settings(credentials: Mapping[str, str]) -> Mapping[str, object]:
    """The block of a connection to it; the address only where the sandbox has one."""
    names = {"token": "INTERCOM_TOKEN", "base_url": "INTERCOM_URL"}
    return {key: credentials[name] for key, name in names.items() if name in credentials}


class Inhabited(SandboxWorld):
    """A sandbox's world in which no company is without users."""

    def add(self, stream: str, text: str | None) -> str:
        id = super().add(stream, text)
        if stream == "companies" and self.sandbox is not None:
            self.sandbox.vendor.add("contacts", {"companies": id})
        return id


HARNESS = SandboxHarness(connector=CONNECTOR, sandbox=sandbox, settings=settings, edits=EDITS, worlds=Inhabited)
