"""What people do to HubSpot's records, and what cshub's rows must hold of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from cshub.testing.mutation import Changing, Living, Mutable, Truth
from cshub.testing.sandbox import JSON
from cshub_hubspot import CONNECTOR
from cshub_hubspot.sandbox import create

#: A day is over, and with it the pause between two looks at the archive.
SETTLE_S = 25 * 3600.0
PRIORITIES = {"LOW": "low", "MEDIUM": "normal", "HIGH": "high", "URGENT": "urgent"}


def truth(**columns: str) -> Truth:
    """The row of a record: column → the property whose text it holds."""

    def rows(record: Mapping[str, JSON]) -> Iterator[tuple[str, Mapping[str, object]]]:
        properties = record["properties"]
        assert isinstance(properties, dict)
        yield str(record["id"]), {column: properties[name] for column, name in columns.items()}

    return rows


def employer(n: int, living: Living) -> dict[str, str]:
    """A contact's company, where there are companies."""
    companies = living.get("companies", ())
    return {"associatedcompanyid": companies[n % len(companies)]} if companies else {}


COMPANIES = Changing(
    object="companies",
    stream="companies",
    create=lambda n, living: {"name": f"Company {n}", "customer_id": f"C-{n}"},
    edit=lambda n, living: {"name": f"Renamed {n}"},
    truth=truth(name="name", external_id="customer_id", stage="lifecyclestage"),
)
CONTACTS = Changing(
    object="contacts",
    stream="contacts",
    create=lambda n, living: {"email": f"p{n}@people.example", "jobtitle": f"Role {n}", **employer(n, living)},
    edit=lambda n, living: {"jobtitle": f"Promoted {n}", **employer(n, living)},
    truth=truth(email="email", role="jobtitle", account_id="associatedcompanyid"),
)
DEALS = Changing(
    object="deals",
    stream="deals",
    create=lambda n, living: {"dealname": f"Deal {n}", "dealstage": "contractsent"},
    edit=lambda n, living: {"dealstage": ("contractsent", "closedwon", "closedlost")[n % 3]},
    truth=truth(stage="dealstage"),
)
TICKETS = Changing(
    object="tickets",
    stream="tickets",
    create=lambda n, living: {"subject": f"Ticket {n}", "hs_pipeline": "0", "hs_pipeline_stage": "1"},
    edit=lambda n, living: {"hs_ticket_priority": ("LOW", "HIGH", "URGENT")[n % 3]},
    truth=lambda record: [
        (id, {"priority": PRIORITIES.get(str(row["priority"]))})
        for id, row in truth(priority="hs_ticket_priority")(record)
    ],
)


def hubspot(*objects: Changing, customers: int = 0, **switches: object) -> Mutable:
    """HubSpot with its search lag on, and the switches of its sandbox; all four objects unless told."""
    told = {"search_lag_s": 30, "limits": "off", **switches}
    told |= {"customers": customers} if customers else {"empty": True}
    return Mutable(
        connector=CONNECTOR,
        sandbox=lambda clock: partial(create, clock=clock, **told)(),  # type: ignore[arg-type]  # switches by name
        settings=lambda credentials: {
            "token": credentials["HUBSPOT_TOKEN"],
            "accounts": {"external_id": "customer_id"},
        },
        objects=objects or (COMPANIES, CONTACTS, DEALS, TICKETS),
        settle_s=SETTLE_S,
    )
