"""SatisMeter's stateful double, written from the vendor facts alone: it knows nothing of the connector beside it."""

from __future__ import annotations

from typing import Unpack

from cshub.testing.company import generate
from cshub.testing.sandbox import Sandbox, SandboxClock

from .behaviour import Behaviour, Switches
from .refusals import ERRORS
from .satismeter import SatisMeter
from .seed import seed_company

__all__ = ["ERRORS", "Behaviour", "SatisMeter", "Switches", "create"]


def create(
    *,
    seed: int = 7,
    customers: int = 500,
    clock: SandboxClock | None = None,
    empty: bool = False,
    **switches: Unpack[Switches],
) -> Sandbox[SatisMeter]:
    """A fresh SatisMeter project. Equal arguments and clocks make equal projects.

    It holds the surveys, and the answers of the seeded company with so many customers unless `empty`. `switches` are
    those of `Behaviour`.
    """
    clock = clock or SandboxClock()
    vendor = SatisMeter(clock=clock, behaviour=Behaviour(**switches), seed=seed)
    if not empty:
        vendor.ids.update(seed_company(vendor.project, generate(now=clock.now(), seed=seed, customers=customers)))
    credentials = {"SATISMETER_TOKEN": vendor.project.key, "SATISMETER_PROJECT": vendor.project.id}
    return Sandbox(vendor, name="satismeter", credentials=credentials, clock=clock, seed=seed)
