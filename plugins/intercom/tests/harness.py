"""What the contract suite needs to know about Intercom: a sandbox of some pages, and how a person edits records in it.

A list of companies leaves out those without users, so a person who makes a company here makes somebody who works there as well.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cshub.testing import Edit, ManualClock, SandboxHarness, World
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


@dataclass(slots=True)
class Inhabited:
    """A sandbox's world in which no company is without users."""

    world: World

    @property
    def settings(self) -> Mapping[str, object]:
        return self.world.settings

    @property
    def folder(self) -> str:
        return self.world.folder

    @property
    def sandbox(self) -> Sandbox[Any] | None:
        return self.world.sandbox

    def editable(self) -> Mapping[str, str]:
        return self.world.editable()

    def add(self, stream: str, text: str | None) -> str:
        id = self.world.add(stream, text)
        if stream == "companies" and self.world.sandbox is not None:
            self.world.sandbox.vendor.add("contacts", {"companies": id})
        return id

    def edit(self, stream: str, id: str, text: str) -> None:
        self.world.edit(stream, id, text)

    def remove(self, stream: str, id: str) -> None:
        self.world.remove(stream, id)

    def spoil(self, stream: str) -> None:
        self.world.spoil(stream)


@dataclass(frozen=True, slots=True)
class Harness:
    """The sandbox harness, with inhabited worlds."""

    inner: SandboxHarness

    @property
    def connector(self) -> Any:
        return self.inner.connector

    def world(self, clock: ManualClock, folder: Path) -> Inhabited:
        """A fresh workspace."""
        return Inhabited(self.inner.world(clock, folder))


HARNESS = Harness(SandboxHarness(connector=CONNECTOR, sandbox=sandbox, settings=settings, edits=EDITS))
