"""Several vendors' doubles as one company's tools: one clock, one seeded company, and the second CRM in sync with the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import signature
from typing import Protocol, cast, runtime_checkable

from .clock import SandboxClock
from .discovery import find_sandbox
from .front import Sandbox
from .vendor import Vendor


@runtime_checkable
class Seeded(Protocol):
    """A double that remembers what became of the seeded company: its keys → the vendor's ids."""

    @property
    def ids(self) -> Mapping[str, str]:
        """Key of a record of the company → its id here."""
        ...


def together(
    names: Sequence[str],
    *,
    seed: int = 7,
    customers: int = 500,
    clock: SandboxClock | None = None,
    empty: bool = False,
    switches: Mapping[str, Mapping[str, object]] | None = None,
) -> tuple[Sandbox[Vendor], ...]:
    """The doubles of these vendors, in order, showing the same company at the same time.

    A double that can hold the ids of another CRM (its factory takes `crm_ids`) gets those of the first. `switches` are further
    arguments by name. Raises ConfigError for a name nobody offers.
    """
    clock = clock or SandboxClock()
    made: list[Sandbox[Vendor]] = []
    for name in names:
        factory = find_sandbox(name)
        more = dict((switches or {}).get(name, {}))
        first: object = made[0].vendor if made else None
        if isinstance(first, Seeded) and "crm_ids" in signature(factory).parameters:
            more["crm_ids"] = first.ids
        # What a factory takes besides is its own business; the call complains about what it does not take.
        make = cast("Callable[..., Sandbox[Vendor]]", factory)
        made.append(make(seed=seed, customers=customers, clock=clock, empty=empty, **more))
    return tuple(made)
