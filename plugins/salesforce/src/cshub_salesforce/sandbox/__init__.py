"""Salesforce's stateful double, written from the vendor facts alone: it knows nothing of the connector beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Unpack

from cshub.testing.company import generate
from cshub.testing.sandbox import Sandbox, SandboxClock

from .behaviour import NO_LIMITS, Behaviour, Limits, Switches, ValidationRule, behaviour
from .errors import ERRORS
from .salesforce import Salesforce
from .seed import as_account, seed_company, seed_people, seed_person
from .seed import seed_accounts as put_accounts

__all__ = ["ERRORS", "NO_LIMITS", "Behaviour", "Limits", "Salesforce", "Switches", "ValidationRule", "create"]


def create(
    *,
    seed: int = 7,
    customers: int = 500,
    clock: SandboxClock | None = None,
    empty: bool = False,
    seed_accounts: Iterable[Mapping[str, str]] | None = None,
    seed_companies: Iterable[Mapping[str, str]] | None = None,
    **switches: Unpack[Switches],
) -> Sandbox[Salesforce]:
    """A fresh Salesforce org. Equal arguments and clocks make equal orgs.

    It holds the seeded company with so many customers; or its own people alone (`empty`); or the given rows of account
    fields, where fields Salesforce does not have become texts; or rows with `name` and `customer_id`, as the command line
    reads them (`seed_companies`). `switches` are those of `Behaviour`; `limits` may also be
    `"vendor"` or `"off"`. For logins by JWT a test registers its public key: `sandbox.vendor.access.register_key(pem)`.
    """
    clock = clock or SandboxClock()
    vendor = Salesforce(clock=clock, behaviour=behaviour(switches), seed=seed)
    seed_people(vendor.org)
    if seed_accounts is not None or seed_companies is not None:
        put_accounts(vendor.org, (*(seed_accounts or ()), *map(as_account, seed_companies or ())))
    elif not empty:
        vendor.ids = seed_company(vendor.org, generate(now=clock.now(), seed=seed, customers=customers))
    if vendor.org.behaviour.person_accounts:
        seed_person(vendor.org)
    credentials = {
        "SALESFORCE_CLIENT_ID": vendor.access.client_id,
        "SALESFORCE_CLIENT_SECRET": vendor.access.client_secret,
        "SALESFORCE_USERNAME": vendor.access.username,
    }
    return Sandbox(vendor, name="salesforce", credentials=credentials, clock=clock, seed=seed)
