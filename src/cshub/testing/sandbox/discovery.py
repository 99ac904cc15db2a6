"""Sandboxes by name: plugins offer theirs under the entry point group `cshub.sandbox`."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, cast

from ...errors import ConfigError
from .clock import SandboxClock
from .front import Sandbox
from .vendor import Vendor

GROUP = "cshub.sandbox"


class SandboxFactory(Protocol):
    """What the entry point names: a function that makes a fresh sandbox. Equal arguments make equal sandboxes."""

    def __call__(
        self, *, seed: int = 7, customers: int = 500, clock: SandboxClock | None = None, empty: bool = False
    ) -> Sandbox[Vendor]:
        """A sandbox seeded with the company of `seed`, or without any record when `empty`."""
        ...


def find_sandbox(name: str) -> SandboxFactory:
    """The factory of an installed sandbox. Raises ConfigError, naming those installed, when there is none."""
    found = {point.name: point for point in entry_points(group=GROUP)}
    if name not in found:
        raise ConfigError(f"no sandbox named {name!r} is installed", hint=_installed(found))
    return cast(SandboxFactory, found[name].load())


def _installed(found: dict[str, EntryPoint]) -> str:
    return f"installed: {', '.join(sorted(found))}" if found else "install the plugin that brings it"
