"""What the contract suites need to know about HubSpot: a sandbox of some pages, and how a person edits records in it."""

from __future__ import annotations

from cshub.testing import Edit, SandboxHarness
from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_hubspot import CONNECTOR
from cshub_hubspot.sandbox import HubSpot, create


def sandbox(clock: SandboxClock) -> Sandbox[HubSpot]:
    """An account without limits, so that only the faults of a rule limit anything."""
    return create(customers=120, clock=clock, limits="off", search_lag_s=5, surveys="all")


HARNESS = SandboxHarness(
    connector=CONNECTOR,
    sandbox=sandbox,
    settings=lambda credentials: {"token": credentials["HUBSPOT_TOKEN"], "surveys": True},
    edits={
        "companies": Edit(object="companies", text="name", shows="name", values={"domain": "people.example"}),
        "contacts": Edit(object="contacts", text="jobtitle", shows="role"),
    },
)
