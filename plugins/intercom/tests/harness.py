"""What the contract suite needs to know about Intercom: a sandbox of some pages, and how a person edits records in it."""

from __future__ import annotations

from collections.abc import Mapping

from cshub.testing import Edit, SandboxHarness
from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_intercom.connector import CONNECTOR
from cshub_intercom.sandbox import Intercom, create


def sandbox(clock: SandboxClock) -> Sandbox[Intercom]:
    """A workspace without limits, so that only the faults of a rule limit anything."""
    return create(customers=120, clock=clock, limits="off")


def settings(credentials: Mapping[str, str]) -> Mapping[str, object]:
    """The block of a connection to it."""
    url = credentials.get("INTERCOM_URL")
    return {"token": credentials["INTERCOM_TOKEN"], **({"base_url": url} if url else {})}


HARNESS = SandboxHarness(
    connector=CONNECTOR,
    sandbox=sandbox,
    settings=settings,
    edits={
        "companies": Edit(object="companies", text="name", shows="name"),
        "contacts": Edit(object="contacts", text="name", shows="name"),
    },
    bad_row_on={"companies": "POST /companies/list", "contacts": "GET /contacts"},
)
