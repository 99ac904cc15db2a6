"""A record as searches read it: every searchable field by its name in the query, which is not its name in answers."""

from __future__ import annotations

from cshub.testing.sandbox import JSON

from .attributes import CUSTOM
from .ratings import newest_completed
from .records import Record

#: What the category of a ticket is called in searches.
CATEGORY_TERMS = {"Customer": "request", "Back-office": "task", "Tracker": "tracker"}


def contact_document(contact: Record) -> dict[str, JSON]:
    """The searchable fields of a contact."""
    document = dict(contact.values)
    document |= {"id": contact.id, "created_at": contact.created_at, "updated_at": contact.updated_at}
    document["email_domain"] = contact.text("email").partition("@")[2] or None
    document["location.country"] = contact.values.get("country")
    document["tag_id"] = [*contact.tags]
    return document | {CUSTOM + name: value for name, value in contact.custom.items()}


def conversation_document(conversation: Record) -> dict[str, JSON]:
    """The searchable fields of a conversation."""
    document = dict(conversation.values)
    document |= {
        "id": conversation.id,
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
        "tag_ids": [*conversation.tags],
        "open": conversation.values.get("state") != "closed",
        "admin_assignee_id": conversation.number("admin"),
        "team_assignee_id": conversation.number("team"),
        "teammate_ids": [conversation.text("admin")] if conversation.values.get("admin") else [],
        "source.subject": conversation.values.get("subject"),
        "source.type": conversation.values.get("channel"),
    }
    statistics = conversation.values.get("statistics")
    if isinstance(statistics, dict):
        document |= {f"statistics.{name}": value for name, value in statistics.items()}
    rating = newest_completed(conversation)
    if rating:
        document["conversation_rating.score"] = rating.get("rating")
        document["conversation_rating.remark"] = rating.get("remark")
        document["conversation_rating.requested_at"] = rating.get("requested_at")
        document["conversation_rating.replied_at"] = rating.get("replied_at")
    return document


def ticket_document(ticket: Record) -> dict[str, JSON]:
    """The searchable fields of a ticket."""
    document = dict(ticket.values)
    return document | {
        "id": ticket.id,
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "title": ticket.values.get("subject"),
        "category": CATEGORY_TERMS[ticket.text("category") or "Customer"],
        "open": ticket.values.get("state") != "resolved",
        "admin_assignee_id": str(ticket.number("admin")),
        "team_assignee_id": str(ticket.number("team")),
        "ticket_type_id": ticket.values.get("ticket_type_id"),
    }
