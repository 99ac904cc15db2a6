"""A conversation as each version shows it, with or without its parts."""

from __future__ import annotations

import re

from cshub.testing.sandbox import JSON

from . import show_contact
from .ratings import ratings_of, shown_rating
from .records import Record
from .show_company import show_company
from .versions import V2_15, V2_16, V2_17, Version
from .workspace import Workspace

PARTS_SHOWN = 500
TAGS_IN_TEXT = re.compile(r"<[^>]+>")
#: Before 2.16 there were two.
PRIORITIES = {"none": "not_priority", "low": "not_priority", "medium": "not_priority"}


def show_conversation(workspace: Workspace, conversation: Record, version: Version) -> dict[str, JSON]:
    """The conversation as lists and searches show it."""
    values = conversation.values
    state = conversation.text("state") or "open"
    priority = conversation.text("priority") or "none"
    shown: dict[str, JSON] = {
        "type": "conversation",
        "id": conversation.id,
        "title": values.get("title"),
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
        "waiting_since": values.get("waiting_since"),
        "snoozed_until": values.get("snoozed_until") if state == "snoozed" else None,
        "open": state != "closed",
        "state": state,
        "read": bool(values.get("read", True)),
        "priority": priority if version >= V2_16 else PRIORITIES.get(priority, "priority"),
        "admin_assignee_id": _assignee(values.get("admin"), version),
        "team_assignee_id": _assignee(values.get("team"), version),
        "source": _source(workspace, conversation),
        "contacts": {"type": "contact.list", "contacts": contact_stubs(workspace, conversation)},
        "tags": {"type": "tag.list", "tags": [workspace.tags[tag].as_json() for tag in conversation.tags]},
        "conversation_rating": _rating(workspace, conversation, version),
        "teammates": _teammates(values.get("admin")),
        "custom_attributes": {**conversation.custom},
        "topics": {},
        "ticket": None,
    }
    if version >= V2_15:
        shown["company"] = _company(workspace, conversation)
    return shown | _measured(workspace, conversation)


def show_whole(workspace: Workspace, conversation: Record, version: Version, *, plain: bool = False) -> dict[str, JSON]:
    """The conversation with its newest 500 parts."""
    shown = show_conversation(workspace, conversation, version)
    kept = conversation.values.get("parts")
    parts = [_part(item, plain=plain) for item in kept if isinstance(item, dict)] if isinstance(kept, list) else []
    newest = parts[-PARTS_SHOWN:]
    listed: dict[str, JSON] = {"conversation_parts": [*newest], "total_count": len(parts)}
    return shown | {"conversation_parts": {"type": "conversation_part.list", **listed}}


def contact_stubs(workspace: Workspace, record: Record) -> list[JSON]:
    """The contacts of a conversation or ticket; merged ones are those they became."""
    found = record.values.get("contact_ids")
    ids = [workspace.contacts.target(str(item)) for item in found] if isinstance(found, list) else []
    known = (workspace.contacts.known(item) for item in ids)
    return [show_contact.stub(contact) for contact in known if contact]


def _measured(workspace: Workspace, conversation: Record) -> dict[str, JSON]:
    values = conversation.values
    statistics = None if workspace.behaviour.null_statistics else values.get("statistics")
    agent = values.get("ai_agent")
    return {
        "first_contact_reply": {"created_at": conversation.created_at, "type": "conversation", "url": None},
        "sla_applied": values.get("sla"),
        "statistics": {"type": "conversation_statistics", **statistics} if isinstance(statistics, dict) else None,
        "linked_objects": {"type": "list", "data": [], "total_count": 0, "has_more": False},
        "ai_agent": agent,
        "ai_agent_participated": agent is not None,
        "sales_agent": None,
        "sales_agent_participated": False,
    }


def _assignee(value: JSON, version: Version) -> JSON:
    return value or (0 if version >= V2_16 else None)


def _teammates(admin: JSON) -> JSON:
    listed: list[JSON] = [{"type": "admin", "id": str(admin)}] if admin else []
    return {"type": "admin.list", "teammates": listed} if listed else None


def _company(workspace: Workspace, conversation: Record) -> JSON:
    # The member was null in the one recording there is.
    stubs = conversation.values.get("contact_ids")
    if not workspace.behaviour.company_on_conversations or not isinstance(stubs, list):
        return None
    companies = [company for contact in stubs for company in workspace.links.companies(str(contact))]
    live = [workspace.companies.live[company] for company in companies if company in workspace.companies.live]
    return show_company(workspace, live[0]) if live else None


def _source(workspace: Workspace, conversation: Record) -> JSON:
    values = conversation.values
    if values.get("sourceless"):
        return None
    stubs = values.get("contact_ids")
    contact = workspace.contacts.known(str(stubs[0])) if isinstance(stubs, list) and stubs else None
    author: dict[str, JSON] = {"type": "bot", "id": None, "name": None, "email": None}
    if contact:
        author = {"type": contact.text("role"), "id": contact.id}
        author |= {"name": contact.values.get("name"), "email": contact.values.get("email")}
    return {
        "type": values.get("channel") or "unknown",
        "id": str(400_000_000 + int(conversation.id)),
        "delivered_as": "customer_initiated",
        "subject": values.get("subject"),
        "body": values.get("body") or "",
        "author": author,
        "attachments": [],
        "url": None,
        "redacted": False,
    }


def _rating(workspace: Workspace, conversation: Record, version: Version) -> JSON:
    rating = shown_rating(conversation, version)
    if rating is None:
        return None
    kind = "workflow" if version >= V2_17 and len(ratings_of(conversation)) > 1 else "admin"
    stubs = contact_stubs(workspace, conversation)
    shown: dict[str, JSON] = {
        "created_at": rating.get("requested_at"),
        "updated_at": rating.get("replied_at") or rating.get("requested_at"),
        "teammate": {"type": kind, "id": str(conversation.number("admin"))},
    }
    if stubs:
        shown["contact"] = stubs[0]
    if rating.get("rating") is not None:
        shown["rating"] = rating.get("rating")
    if rating.get("remark"):
        shown["remark"] = rating.get("remark")
    return shown


def _part(part: dict[str, JSON], *, plain: bool) -> JSON:
    body = part.get("body")
    return part | {"body": TAGS_IN_TEXT.sub("", body)} if plain and isinstance(body, str) else part
