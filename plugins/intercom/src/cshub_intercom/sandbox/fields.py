"""What searches may name: the fields of contacts, conversations and tickets, their kinds, and the operators each kind takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from .attributes import CUSTOM, Catalog
from .versions import V2_17, Version

#: A `day` is cut to the calendar day; a `moment` is exact; a `stamp` is exact and knows lists as well.
Kind: TypeAlias = Literal["text", "number", "flag", "day", "moment", "stamp", "tag"]
Fields: TypeAlias = Mapping[str, Kind]

EQUAL = frozenset({"=", "!="})
LISTS = frozenset({"IN", "NIN"})
ORDER = frozenset({"<", ">", "<=", ">="})
OPERATORS: Mapping[Kind, frozenset[str]] = {
    "text": EQUAL | LISTS | {"~", "!~", "^", "$"},
    "number": EQUAL | LISTS | ORDER,
    "flag": EQUAL | LISTS,
    "day": frozenset({"=", "<", ">"}),
    "moment": EQUAL | ORDER,
    # The table of conversations does not list `<=` and `>=`; clients use them.
    "stamp": EQUAL | LISTS | ORDER,
    "tag": EQUAL,
}

CONTACT_TIMES = (
    "created_at signed_up_at updated_at last_seen_at last_contacted_at last_replied_at last_email_opened_at "
    "last_email_clicked_at"
)
CONTACT_TEXTS = (
    "id role name avatar owner_id email email_domain phone external_id language_override browser browser_language os "
    "location.country location.region location.city segment_id"
)
CONVERSATION: Mapping[Kind, str] = {
    "text": (
        "id source.type source.id source.delivered_as source.subject source.body source.author.id source.author.type "
        "source.author.name source.author.email source.url contact_ids teammate_ids channel_initiated state tag_ids priority "
        "statistics.last_closed_by_id conversation_rating.remark conversation_rating.contact_id conversation_rating.admin_d"
    ),
    "number": (
        "admin_assignee_id team_assignee_id statistics.time_to_assignment statistics.time_to_admin_reply "
        "statistics.time_to_first_close statistics.time_to_last_close statistics.median_time_to_reply "
        "statistics.count_reopens statistics.count_assignments statistics.count_conversation_parts "
        "conversation_rating.score"
    ),
    "flag": "open read ai_agent_participated",
    "stamp": (
        "created_at updated_at waiting_since snoozed_until statistics.first_contact_reply_at statistics.first_assignment_at "
        "statistics.first_admin_reply_at statistics.first_close_at statistics.last_assignment_at "
        "statistics.last_contact_reply_at statistics.last_admin_reply_at statistics.last_close_at "
        "conversation_rating.requested_at conversation_rating.replied_at"
    ),
}
TICKET: Mapping[Kind, str] = {
    "text": (
        "id title description category ticket_type_id contact_ids teammate_ids admin_assignee_id team_assignee_id state"
    ),
    "flag": "open",
    "stamp": "created_at updated_at snoozed_until",
}
CUSTOM_KINDS: Mapping[str, Kind] = {
    "integer": "number",
    "float": "number",
    "boolean": "flag",
    "date": "day",
    "datetime": "day",
}


def contact_fields(catalog: Catalog, version: Version) -> Fields:
    """The fields of contacts; times are days up to 2.16."""
    time: Kind = "moment" if version >= V2_17 else "day"
    known = _listed({"text": CONTACT_TEXTS, time: CONTACT_TIMES, "tag": "tag_id"})
    known |= dict.fromkeys(("unsubscribed_from_emails", "marked_email_as_spam", "has_hard_bounced"), "flag")
    for name, attribute in catalog.custom("contact").items():
        known[CUSTOM + name] = CUSTOM_KINDS.get(attribute.data_type, "text")
    return known


def _listed(names: Mapping[Kind, str]) -> dict[str, Kind]:
    return {name: kind for kind, text in names.items() for name in text.split()}


CONVERSATION_FIELDS: Fields = _listed(CONVERSATION)
TICKET_FIELDS: Fields = _listed(TICKET)
