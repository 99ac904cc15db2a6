"""The contract between cshub and its connectors, as rules that run: what every source and every destination keeps.

A rule is a function that raises when a connector breaks it; its docstring is the promise. The rules stand in one module per group.
"""

from __future__ import annotations

from .harness import Edit, Harness, SandboxHarness, SandboxWorld, World
from .suite import DESTINATION_RULES, SOURCE_RULES, DestinationContract, Rule, SourceContract
from .trial import Trial

__all__ = [
    "DESTINATION_RULES",
    "SOURCE_RULES",
    "DestinationContract",
    "Edit",
    "Harness",
    "Rule",
    "SandboxHarness",
    "SandboxWorld",
    "SourceContract",
    "Trial",
    "World",
]
