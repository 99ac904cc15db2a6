"""HubSpot's stateful double, written from the vendor facts alone: it knows nothing of the connector beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, Unpack

from cshub.testing.company import generate
from cshub.testing.sandbox import Sandbox, SandboxClock

from .behaviour import NO_LIMITS, Behaviour, Limits, Switches, behaviour
from .hubspot import HubSpot
from .named_errors import ERRORS
from .seed import Shown, seed_company, seed_rows

__all__ = ["ERRORS", "NO_LIMITS", "Behaviour", "HubSpot", "Limits", "Switches", "create"]


def create(
    *,
    seed: int = 7,
    customers: int = 500,
    clock: SandboxClock | None = None,
    empty: bool = False,
    seed_companies: Iterable[Mapping[str, str]] | None = None,
    seed_contacts: Iterable[Mapping[str, str]] | None = None,
    tickets: Literal["all", "none"] = "all",
    surveys: Literal["all", "none"] = "none",
    twins: Literal["all", "none"] | None = None,
    crm_ids: Mapping[str, str] | None = None,
    **switches: Unpack[Switches],
) -> Sandbox[HubSpot]:
    """A fresh HubSpot account. Equal arguments and clocks make equal accounts.

    It holds the seeded company with so many customers; or nothing (`empty`); or the given rows of company and contact
    properties instead of it, where properties HubSpot does not have become text properties and companies are customers
    unless their row says otherwise. `tickets` and `surveys` say whether the company's tickets and survey answers are kept
    here. `crm_ids` makes this the second CRM: the ids that accounts have in the first, by their key, stand in
    `salesforceaccountid` where the two are synced, and some customers have a second record (`twins`). `switches` are
    those of `Behaviour`; `limits` may also be `"vendor"` or `"off"`.
    """
    clock = clock or SandboxClock()
    vendor = HubSpot(clock=clock, behaviour=behaviour(switches), seed=seed)
    if seed_companies is not None or seed_contacts is not None:
        seed_rows(vendor.portal, "companies", seed_companies or ())
        seed_rows(vendor.portal, "contacts", seed_contacts or ())
    elif not empty:
        has_twins = twins == "all" or (twins is None and crm_ids is not None)
        shown = Shown(tickets=tickets == "all", surveys=surveys == "all", twins=has_twins, crm_ids=crm_ids or {})
        company = generate(now=clock.now(), seed=seed, customers=customers)
        vendor.ids.update(seed_company(vendor.portal, company, shown))
    credentials = {
        "HUBSPOT_TOKEN": vendor.access.static_token,
        "HUBSPOT_CLIENT_ID": vendor.access.client_id,
        "HUBSPOT_CLIENT_SECRET": vendor.access.client_secret,
        "HUBSPOT_REFRESH_TOKEN": vendor.access.refresh_token,
    }
    return Sandbox(vendor, name="hubspot", credentials=credentials, clock=clock, seed=seed)
