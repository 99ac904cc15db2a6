"""What people do to Salesforce's records, and what cshub's rows must hold of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from cshub.testing.mutation import ALL_VERBS, Changing, Living, Mutable, Truth
from cshub.testing.sandbox import JSON
from cshub_salesforce import CONNECTOR
from cshub_salesforce.sandbox import create

#: A day is over, and with it the pause between two readings of what changes unseen.
SETTLE_S = 25 * 3600.0
#: Salesforce merges accounts, contacts, leads and cases alone.
UNMERGED = ALL_VERBS - {"merge"}
STAGES = ("Prospecting", "Closed Won", "Closed Lost")
PRIORITIES = {"Low": "low", "Medium": "normal", "High": "high"}


def truth(**columns: str) -> Truth:
    """The row of a record: column → the field whose text it holds."""

    def rows(record: Mapping[str, JSON]) -> Iterator[tuple[str, Mapping[str, object]]]:
        yield str(record["id"]), {column: record[name] for column, name in columns.items()}

    return rows


def related(field: str, object_type: str, n: int, living: Living) -> dict[str, str]:
    """A reference to one of the living, where there are some."""
    others = living.get(object_type, ())
    return {field: others[n % len(others)]} if others else {}


def case(record: Mapping[str, JSON]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """A case's row; what is open here is closed there."""
    yield (
        str(record["id"]),
        {"priority": PRIORITIES.get(str(record["Priority"])), "is_open": 0 if record["IsClosed"] else 1},
    )


ACCOUNTS = Changing(
    object="Account",
    stream="accounts",
    create=lambda n, living: {"Name": f"Company {n}", "Type": "Customer", "Tenant__c": f"C-{n}"},
    edit=lambda n, living: {"Name": f"Renamed {n}", **related("ParentId", "Account", n, living)},
    truth=truth(name="Name", external_id="Tenant__c", type="Type"),
)
CONTACTS = Changing(
    object="Contact",
    stream="contacts",
    create=lambda n, living: {
        "LastName": "Person",
        "Email": f"p{n}@people.example",
        **related("AccountId", "Account", n, living),
    },
    edit=lambda n, living: {"Title": f"Role {n}", **related("AccountId", "Account", n, living)},
    truth=truth(email="Email", role="Title"),
)
#: Which account a contact belongs to after two accounts were merged is told only where the move moves its stamp.
FOLLOWED = Changing(
    object="Contact",
    stream="contacts",
    create=CONTACTS.create,
    edit=CONTACTS.edit,
    truth=truth(email="Email", role="Title", account_id="AccountId"),
)
DEALS = Changing(
    object="Opportunity",
    stream="deals",
    create=lambda n, living: {
        "Name": f"Deal {n}",
        "StageName": STAGES[0],
        "CloseDate": "2026-12-31",
        "Amount": str(n),
        **related("AccountId", "Account", n, living),
    },
    edit=lambda n, living: {"StageName": STAGES[n % 3]},
    truth=truth(stage="StageName"),
    verbs=UNMERGED,
)
TICKETS = Changing(
    object="Case",
    stream="tickets",
    create=lambda n, living: {"Subject": f"Case {n}", **related("AccountId", "Account", n, living)},
    edit=lambda n, living: {"Priority": ("Low", "High")[n % 2], "Status": ("Working", "Closed")[n % 3 == 0]},
    truth=case,
)
EVENTS = Changing(
    object="Task",
    stream="events",
    create=lambda n, living: {"Subject": f"Task {n}", **related("WhatId", "Account", n, living)},
    edit=lambda n, living: {"Subject": f"Task {n} again"},
    truth=lambda record: [(str(record["id"]), {"name": "task"})],
    verbs=UNMERGED,
)
OBJECTS = (ACCOUNTS, CONTACTS, DEALS, TICKETS, EVENTS)
#: A field that is worked out of the parent's name and has no stamp, as the text of a column.
FORMULA = Changing(
    object="Account",
    stream="accounts",
    create=ACCOUNTS.create,
    edit=ACCOUNTS.edit,
    truth=truth(name="Name", type="Parent_Name__c"),
)


def salesforce(
    *objects: Changing,
    customers: int = 0,
    bulk_above: int = 50_000,
    overlap: str = "10m",
    formula: bool = False,
    **switches: object,
) -> Mutable:
    """Salesforce with its lag on, and the switches of its sandbox; all five objects unless told."""
    told = {"visibility_lag_s": 300, "limits": "off", **switches}
    told |= {"customers": customers} if customers else {"empty": True}
    mapped = {"external_id": "Tenant__c", **({"type": "Parent_Name__c"} if formula else {})}
    return Mutable(
        connector=CONNECTOR,
        sandbox=lambda clock: partial(create, clock=clock, **told)(),  # type: ignore[arg-type]  # switches by name
        settings=lambda credentials: {
            "my_domain": "acme",
            "client_id": credentials["SALESFORCE_CLIENT_ID"],
            "client_secret": credentials["SALESFORCE_CLIENT_SECRET"],
            "accounts": mapped,
            "bulk_above": bulk_above,
            "overlap": overlap,
        },
        objects=objects or OBJECTS,
        settle_s=SETTLE_S,
    )
