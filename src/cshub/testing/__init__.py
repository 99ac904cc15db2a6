"""What plugin authors test with: contract suites, the sandbox kit, fault profiles, a seeded company. Loaded when first used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .clock import ManualClock as ManualClock
    from .connection import context as context

__all__ = ["ManualClock", "context"]

#: Where each name is at home: the suites need pytest, which a running cshub does not have.
_HOMES = {"ManualClock": "clock", "context": "connection"}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(import_module(f".{_HOMES[name]}", __name__), name)
    globals()[name] = value
    return value
