"""One value of a field for a customer that several accounts know: who is asked, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: A field that goes with another: it comes from the account that gave the other one.
COMPANIONS = {"currency": "mrr"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Priority:
    """The connections asked for a field of a customer's accounts, in order; others do not count for it.

    The first that knows a value gives it; with `is_newest` the account that its vendor changed last does, and the order breaks ties.
    """

    connections: tuple[str, ...]
    is_newest: bool = False


def priority_of(name: str, declared: Mapping[str, Priority], connections: Sequence[str]) -> tuple[str, Priority]:
    """The field that chooses the account for a field `name`, and its priority: what is declared, else every connection in order."""
    leader = name if name in declared else COMPANIONS.get(name, name)
    return leader, declared.get(leader) or Priority(connections=tuple(connections))
