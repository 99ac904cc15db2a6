"""What plugin authors test with: contract suites, the sandbox kit, fault profiles, a seeded company. Loaded when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .clock import ManualClock as ManualClock
    from .connection import context as context
    from .contract import DestinationContract as DestinationContract
    from .contract import Edit as Edit
    from .contract import Harness as Harness
    from .contract import SandboxHarness as SandboxHarness
    from .contract import SandboxWorld as SandboxWorld
    from .contract import SourceContract as SourceContract
    from .contract import Trial as Trial
    from .contract import World as World

#: Where each name is at home: the suites need pytest, which a running cshub does not have.
_HOMES = {
    "DestinationContract": "contract",
    "Edit": "contract",
    "Harness": "contract",
    "ManualClock": "clock",
    "SandboxHarness": "contract",
    "SandboxWorld": "contract",
    "SourceContract": "contract",
    "Trial": "contract",
    "World": "contract",
    "context": "connection",
}
__all__ = [
    "DestinationContract",
    "Edit",
    "Harness",
    "ManualClock",
    "SandboxHarness",
    "SandboxWorld",
    "SourceContract",
    "Trial",
    "World",
    "context",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
