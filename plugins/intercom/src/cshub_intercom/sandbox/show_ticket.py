"""A ticket as each version shows it."""

from __future__ import annotations

from cshub.testing.sandbox import JSON

from .records import Record
from .show_conversation import contact_stubs
from .versions import V2_12, V2_16, Version
from .workspace import Workspace

LABELS = {
    "submitted": "Submitted",
    "in_progress": "In progress",
    "waiting_on_customer": "Waiting on you",
    "resolved": "Resolved",
}


def show_ticket(workspace: Workspace, ticket: Record, version: Version) -> dict[str, JSON]:
    """The ticket. `ticket_id` is the number people see, no id for paths."""
    values = ticket.values
    state = ticket.text("state") or "submitted"
    shown: dict[str, JSON] = {
        "type": "ticket",
        "id": ticket.id,
        "ticket_id": ticket.text("number"),
        "category": ticket.text("category") or "Customer",
        "ticket_attributes": _attributes(ticket),
        "ticket_state": _state(state) if version >= V2_12 else state,
        "ticket_type": _type(workspace, ticket),
        "contacts": {"type": "contact.list", "contacts": contact_stubs(workspace, ticket)},
        "admin_assignee_id": _assignee(ticket.number("admin"), version),
        "team_assignee_id": _assignee(ticket.number("team"), version),
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "open": state != "resolved",
        "linked_objects": {"type": "list", "data": [], "total_count": 0, "has_more": False},
        "ticket_parts": {"type": "ticket_part.list", "ticket_parts": [], "total_count": 0},
        "is_shared": bool(values.get("is_shared", True)),
        # No file lists it for tickets; it was seen.
        "channel": values.get("channel") or "email",
    }
    return shown


def _assignee(number: int, version: Version) -> JSON:
    return number if version >= V2_16 else str(number)


def _attributes(ticket: Record) -> dict[str, JSON]:
    titled: dict[str, JSON] = {"_default_title_": ticket.values.get("subject")}
    return titled | {"_default_description_": ticket.values.get("body")} | ticket.custom


def _state(category: str) -> dict[str, JSON]:
    label = LABELS.get(category, category)
    place = str(8_577 + [*LABELS].index(category)) if category in LABELS else "8577"
    shown: dict[str, JSON] = {"type": "ticket_state", "id": place, "category": category}
    return shown | {"internal_label": label, "external_label": label}


def _type(workspace: Workspace, ticket: Record) -> dict[str, JSON]:
    return {
        "type": "ticket_type",
        "id": ticket.text("ticket_type_id") or "100",
        "category": ticket.text("category") or "Customer",
        "name": "Support request",
        "description": "What a customer asks for.",
        "icon": "🎟️",
        "workspace_id": workspace.id_code,
        "archived": False,
        "created_at": workspace.born,
        "updated_at": workspace.born,
    }
