"""The Intercom objects that become rows, as one table: kind, settings block, fields, rights, limits. No behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cshub import ACCOUNT, CONTACT, TICKET, Kind, Type

#: Page sizes as documented; `tests/connector/test_limits.py` checks those the official file states.
LIST_LIMIT = 150
COMPANY_LIMIT = 60
DELETED_LIMIT = 60
#: A list of companies ends here, whatever there is.
COMPANY_CAP = 10_000
#: A scroll through companies ends by itself when it is not used for so long.
SCROLL_S = 60.0

PEOPLE = "Read and list users and companies"
ONE_PERSON = "Read one user and one company"
TAGS = "Read tags"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectType:
    """One object. `list_key` is where its lists keep their elements, `prefix` what its rows' ids begin with.

    `fields` are the columns filled from one field unless YAML says otherwise, `extras` the extra fields that every row has.
    """

    name: str
    kind: Kind
    list_key: str
    scopes: tuple[str, ...]
    fields: Mapping[str, str]
    extras: Mapping[str, tuple[str, Type]] = field(default_factory=dict)
    prefix: str = ""


COMPANIES = ObjectType(
    name="companies",
    kind=ACCOUNT,
    list_key="data",
    scopes=(PEOPLE,),
    fields={"name": "name", "domains": "website", "external_id": "company_id", "created_at": "created_at"},
)
CONTACTS = ObjectType(
    name="contacts",
    kind=CONTACT,
    list_key="data",
    scopes=(PEOPLE,),
    fields={
        "email": "email",
        "name": "name",
        "role": "role",
        "external_id": "external_id",
        "last_seen_at": "last_seen_at",
        "account_id": "companies",
    },
    extras={"owner": ("owner_id", Type.TEXT)},
)
CONVERSATIONS = ObjectType(
    name="conversations",
    kind=TICKET,
    list_key="conversations",
    scopes=("Read conversations",),
    fields={
        "channel": "source.type",
        "is_open": "state",
        "priority": "priority",
        "opened_at": "created_at",
        "closed_at": "statistics.last_close_at",
        "first_reply_s": "statistics.time_to_admin_reply",
        "rating": "conversation_rating.rating",
        "account_id": "company.id",
        "contact_id": "contacts",
    },
    extras={
        "assignee": ("admin_assignee_id", Type.TEXT),
        "sla_name": ("sla_applied.sla_name", Type.TEXT),
        "sla_status": ("sla_applied.sla_status", Type.TEXT),
        "median_reply_s": ("statistics.median_time_to_reply", Type.NUMBER),
        "first_close_s": ("statistics.time_to_first_close", Type.NUMBER),
        "last_close_s": ("statistics.time_to_last_close", Type.NUMBER),
        "handling_s": ("statistics.handling_time", Type.NUMBER),
        "reopens": ("statistics.count_reopens", Type.INTEGER),
        "waiting_since": ("waiting_since", Type.TIME),
    },
)
#: Conversations and tickets are rows of one kind, and nothing says that their ids differ.
TICKETS = ObjectType(
    name="tickets",
    kind=TICKET,
    list_key="tickets",
    scopes=("Read tickets",),
    fields={
        "channel": "channel",
        "is_open": "ticket_state",
        "opened_at": "created_at",
        "closed_at": "ticket_parts",
        "contact_id": "contacts",
    },
    extras={
        "assignee": ("admin_assignee_id", Type.TEXT),
        "category": ("category", Type.TEXT),
        "ticket_type": ("ticket_type.name", Type.TEXT),
        "ticket_state": ("ticket_state", Type.TEXT),
    },
    prefix="ticket:",
)

OBJECTS: Mapping[str, ObjectType] = {each.name: each for each in (COMPANIES, CONTACTS, CONVERSATIONS, TICKETS)}
#: Those read by their time of change.
CHANGING: Mapping[str, ObjectType] = {each.name: each for each in (CONTACTS, CONVERSATIONS, TICKETS)}
#: Fields whose type is known, so that YAML need not say it.
KNOWN_TYPES: Mapping[str, Type] = {
    **dict.fromkeys(("monthly_spend", "session_count", "user_count", "size"), Type.NUMBER),
    **dict.fromkeys(("created_at", "updated_at", "remote_created_at", "last_request_at", "signed_up_at"), Type.TIME),
    **dict.fromkeys(("last_seen_at", "last_replied_at", "last_contacted_at", "last_email_opened_at"), Type.TIME),
    **dict.fromkeys(("last_email_clicked_at", "waiting_since", "snoozed_until"), Type.TIME),
    **dict.fromkeys(("has_hard_bounced", "marked_email_as_spam", "unsubscribed_from_emails", "open"), Type.FLAG),
    **dict.fromkeys(("read", "ai_agent_participated", "is_shared"), Type.FLAG),
    "tags": Type.LIST,
}
