"""What people do to Intercom's records, and what cshub's rows must hold of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial

from cshub.testing.mutation import Changing, Living, Mutable, Verb
from cshub.testing.sandbox import JSON, Sandbox
from cshub_intercom import CONNECTOR
from cshub_intercom.sandbox import Intercom, create

#: A day is over, and with it the pause between two rechecks.
SETTLE_S = 25 * 3600.0
PRIORITIES = {"low": "low", "high": "high", "priority": "high", "urgent": "urgent"}
WORDS = ("none", "low", "medium", "high", "urgent")
STATES = ("submitted", "in_progress", "waiting_on_customer", "resolved")
FOR_GOOD: frozenset[Verb] = frozenset({"create", "edit", "remove"})
Rows = Iterable[tuple[str, Mapping[str, object]]]


def one_of(n: int, living: Living, object_type: str) -> str:
    """Some record of that type, empty where there is none."""
    found = living.get(object_type, ())
    return found[n % len(found)] if found else ""


def inside(record: Mapping[str, JSON], *path: str) -> JSON:
    """What stands at a path, None where something on it is missing."""
    value: JSON = dict(record)
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def company_rows(record: Mapping[str, JSON]) -> Rows:
    """A company; the id that Intercom made up for one that people made by hand is nobody's."""
    ours = None if str(record["company_id"]).endswith("-qualification-company") else record["company_id"]
    yield str(record["id"]), {"name": record["name"], "external_id": ours, "mrr": record["monthly_spend"]}


def inhabited(record: Mapping[str, JSON]) -> Rows:
    """The same, of those with users: a list leaves out the others."""
    return company_rows(record) if record["user_count"] else ()


def contact_rows(record: Mapping[str, JSON]) -> Rows:
    """A contact, without its company: who belongs where can change without the contact saying so, and links tell."""
    yield str(record["id"]), {name: record[name] for name in ("email", "name", "role")}


def link_rows(record: Mapping[str, JSON]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The links of a contact."""
    stubs = inside(record, "companies", "data")
    assert isinstance(stubs, list)
    for company in (str(inside(stub, "id")) for stub in stubs if isinstance(stub, dict)):
        place = {"from_kind": "contact", "from_id": record["id"], "to_kind": "account", "to_id": company}
        yield f"contact:{record['id']}>account:{company}", place


def conversation_rows(record: Mapping[str, JSON]) -> Rows:
    """A conversation, without its contact, who can vanish without the conversation saying so."""
    closed = inside(record, "statistics", "last_close_at")
    yield (
        str(record["id"]),
        {
            "is_open": int(record["state"] != "closed"),
            "priority": PRIORITIES.get(str(record["priority"]), "normal"),
            "closed_at": int(str(closed)) * 1000 if closed and record["state"] == "closed" else None,
            "rating": inside(record, "conversation_rating", "rating"),
        },
    )


def ticket_rows(record: Mapping[str, JSON]) -> Rows:
    """A ticket."""
    state = inside(record, "ticket_state", "category") or record["ticket_state"]
    yield f"ticket:{record['id']}", {"is_open": int(state != "resolved"), "channel": record["channel"]}


COMPANIES = Changing(
    object="companies",
    stream="companies",
    create=lambda n, living: {"name": f"Company {n}", "company_id": f"C-{n}"},
    edit=lambda n, living: {"monthly_spend": str(n)} if n % 2 else {"name": f"Renamed {n}", "last_request_at": str(n)},
    truth=inhabited,
    verbs=frozenset({"create", "edit", "remove", "restore"}),
)
CONTACTS = Changing(
    object="contacts",
    stream="contacts",
    create=lambda n, living: {
        "email": f"p{n}@people.example",
        "role": "lead" if n % 4 == 0 else "user",
        "companies": one_of(n, living, "companies"),
    },
    edit=lambda n, living: {"name": f"Renamed {n}"} if n % 2 else {"email": f"moved{n}@people.example"},
    truth=contact_rows,
)
LINKS = Changing(
    object="contacts",
    stream="associations",
    create=lambda n, living: {"name": f"Joiner {n}", "companies": one_of(n, living, "companies")},
    edit=lambda n, living: {"leaves" if n % 3 == 0 else "companies": one_of(n // 3, living, "companies")},
    truth=link_rows,
    verbs=frozenset({"create", "edit"}),
)


def answered(n: int, living: Living) -> dict[str, str]:
    """Somebody closes a conversation or opens it again, rates it, or judges how much it matters."""
    if n % 3 == 0:
        return {"state": ("closed", "open", "snoozed")[n // 3 % 3], "body": f"Words {n}"}
    return {"rating": str(1 + n % 5)} if n % 3 == 1 else {"priority": WORDS[n % 5], "body": f"Words {n}"}


CONVERSATIONS = Changing(
    object="conversations",
    stream="conversations",
    create=lambda n, living: {"body": f"Words {n}", "contacts": one_of(n, living, "contacts")},
    edit=answered,
    truth=conversation_rows,
    verbs=FOR_GOOD,
)
TICKETS = Changing(
    object="tickets",
    stream="tickets",
    create=lambda n, living: {"subject": f"Ticket {n}", "contacts": one_of(n, living, "contacts")},
    edit=lambda n, living: {"state": STATES[n % 4], "body": f"Words {n}"},
    truth=ticket_rows,
    verbs=FOR_GOOD,
)
PEOPLE = (COMPANIES, CONTACTS, LINKS)
CASES = (CONVERSATIONS, TICKETS)


def with_all_companies(objects: Iterable[Changing]) -> tuple[Changing, ...]:
    """The same objects where a scroll shows companies without users as well."""
    return tuple(replace(each, truth=company_rows) if each is COMPANIES else each for each in objects)


def intercom(
    *objects: Changing, customers: int = 0, given: Mapping[str, object] | None = None, **switches: object
) -> Mutable:
    """Intercom with its search lag on, and the switches of its sandbox; `given` are settings of the connection."""
    told = {"limits": "off", "customers": customers, "empty": not customers, **switches}
    version = {"version": told["version"]} if "version" in told else {}
    return Mutable(
        connector=CONNECTOR,
        sandbox=lambda clock: partial(create, clock=clock, **told)(),  # type: ignore[arg-type]  # switches by name
        settings=lambda credentials: {
            "token": credentials["INTERCOM_TOKEN"],
            "companies": {"mrr": "monthly_spend"},
            "calls_per_10s": 10_000,
            **version,
            **(given or {}),
        },
        objects=objects or (*PEOPLE, *CASES),
        settle_s=SETTLE_S,
    )


def untold(sandbox: Sandbox[Intercom]) -> set[str]:
    """The contacts of which nobody tells that they were merged: not before 2.16, not a lead, and perhaps not what was merged twice."""
    told: set[str] = set()
    for contact in sandbox.vendor.dump("contacts"):
        history = contact.get("merge_history")
        entries = history if isinstance(history, list) else []
        told |= {str(inside(each, "source_contact_id")) for each in entries if isinstance(each, dict)}
    return sandbox.vendor.workspace.contacts.merged.keys() - told
