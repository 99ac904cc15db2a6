"""What the contract suites need to know about Salesforce: a sandbox of some pages, and how a person edits records in it."""

from __future__ import annotations

from typing import Any

from cshub.testing import Edit, SandboxHarness
from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_salesforce import CONNECTOR
from cshub_salesforce.sandbox import create


def sandbox(clock: SandboxClock) -> Sandbox[Any]:
    """An org without limits, so that only the faults of a rule limit anything."""
    return create(customers=60, clock=clock, limits="off", page_rows=50, visibility_lag_s=2)


HARNESS = SandboxHarness(
    connector=CONNECTOR,
    sandbox=sandbox,
    settings=lambda credentials: {
        "my_domain": "acme",  # in process nobody answers elsewhere, and the instance is whatever host was asked
        "client_id": credentials["SALESFORCE_CLIENT_ID"],
        "client_secret": credentials["SALESFORCE_CLIENT_SECRET"],
        "accounts": {"about": "Description"},
    },
    edits={
        "accounts": Edit(
            object="Account", text="Description", shows="about", values={"Name": "Acme"}
        ),  # a name cannot be empty
        "contacts": Edit(object="Contact", text="Title", shows="role", values={"LastName": "Person"}),
    },
    bad_row_on={
        "accounts": "*/queryAll",
        "contacts": "*/queryAll",
    },  # the login and describe come first and hold no rows
)
