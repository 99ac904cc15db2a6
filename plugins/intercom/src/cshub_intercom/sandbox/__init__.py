"""Intercom's stateful double, written from the vendor facts alone: it knows nothing of the connector beside it."""

from __future__ import annotations

from typing import Unpack

from cshub.testing.company import generate
from cshub.testing.sandbox import Sandbox, SandboxClock

from .behaviour import NO_LIMITS, Behaviour, Limits, Switches, behaviour
from .intercom import Intercom
from .refusals import ERRORS
from .seed import seed_company

__all__ = ["ERRORS", "NO_LIMITS", "Behaviour", "Intercom", "Limits", "Switches", "create"]


def create(
    *,
    seed: int = 7,
    customers: int = 500,
    clock: SandboxClock | None = None,
    empty: bool = False,
    **switches: Unpack[Switches],
) -> Sandbox[Intercom]:
    """A fresh Intercom workspace. Equal arguments and clocks make equal workspaces.

    It holds what the seeded company with so many customers keeps at support, or nothing (`empty`). `switches` are those of
    `Behaviour`; `limits` may also be `"vendor"` or `"off"`.
    """
    clock = clock or SandboxClock()
    vendor = Intercom(clock=clock, behaviour=behaviour(switches), seed=seed)
    if not empty:
        company = generate(now=clock.now(), seed=seed, customers=customers)
        vendor.ids |= seed_company(vendor.workspace, company)
    credentials = {"INTERCOM_TOKEN": vendor.access.token}
    return Sandbox(vendor, name="intercom", credentials=credentials, clock=clock, seed=seed)
