"""What people do by hand in the workspace: make, change, delete, merge and bring back records, with texts for values."""

from __future__ import annotations

from collections.abc import Mapping

from cshub.testing.sandbox import JSON

from . import writing
from .attributes import CUSTOM, Attribute
from .people import Tag
from .ratings import ratings_of
from .records import Record
from .workspace import COMPANIES, CONTACTS, CONVERSATIONS, OBJECTS, TICKETS, Workspace

TEXTS: Mapping[str, str] = {
    CONTACTS: "role external_id email phone name avatar owner_id country",
    COMPANIES: "name company_id plan website industry",
    CONVERSATIONS: "title subject body state channel priority",
    TICKETS: "subject body state category number channel ticket_type_id",
}
NUMBERS: Mapping[str, str] = {
    CONTACTS: "signed_up_at last_seen_at last_replied_at last_contacted_at",
    COMPANIES: "size monthly_spend session_count remote_created_at last_request_at",
    CONVERSATIONS: "admin team waiting_since snoozed_until",
    TICKETS: "admin team",
}
FLAGS: Mapping[str, str] = {
    CONTACTS: "unsubscribed_from_emails has_hard_bounced marked_email_as_spam",
    COMPANIES: "",
    CONVERSATIONS: "read sourceless",
    TICKETS: "is_shared",
}
ALIASES = {"admin_assignee_id": "admin", "team_assignee_id": "team"}
#: What is no value of a record but something that is done to it.
DEEDS = frozenset({"companies", "leaves", "contacts", "tags", "rating", "remark", "asked", "created_at", "updated_at"})
NEW: Mapping[str, dict[str, JSON]] = {
    CONTACTS: {"role": "user"},
    COMPANIES: {},
    CONVERSATIONS: {"state": "open", "channel": "conversation", "priority": "none"},
    TICKETS: {"state": "submitted", "category": "Customer"},
}


def add(workspace: Workspace, object_type: str, values: Mapping[str, str]) -> Record:
    """Make a record.

    Beside its values: `companies` (which a contact joins), `leaves` (those it leaves), `contacts` (of a conversation or
    ticket) and `tags` are ids with commas between them; `rating` and `remark` answer a request for a rating, `asked`
    leaves it pending; `created_at` and `updated_at` set the stamps.
    """
    plain, custom = _sorted_out(workspace, object_type, values)
    if object_type == COMPANIES and "company_id" not in plain:
        plain["company_id"] = generated_company_id(workspace)
    born = int(values["created_at"]) if "created_at" in values else None
    record = writing.create(workspace, object_type, NEW[object_type] | plain, custom, "human", born)
    _do(workspace, object_type, record, values)
    if object_type == CONVERSATIONS and plain.get("state") == "closed":
        _close(workspace, record)
    return record


def edit(workspace: Workspace, object_type: str, record: Record, values: Mapping[str, str]) -> None:
    """Change a record; the names are those of `add`."""
    plain, custom = _sorted_out(workspace, object_type, values)
    was_closed = record.text("state") == "closed"
    writing.update(workspace, object_type, record, plain, custom, "human")
    if object_type == CONVERSATIONS and plain.get("state") == "closed" and not was_closed:
        _close(workspace, record)
    _do(workspace, object_type, record, values)


def remove(workspace: Workspace, object_type: str, record_id: str) -> None:
    """Delete a record, or archive a contact. Raises KeyError when there is none."""
    if object_type == CONTACTS and workspace.behaviour.put_aside:
        workspace.contacts.archive(record_id)
    else:
        workspace.tables[object_type].delete(record_id, workspace.now())
    if object_type == CONTACTS:
        workspace.index.drop(record_id)
    if object_type == COMPANIES:
        workspace.detach_later(record_id)


def restore(workspace: Workspace, object_type: str, record_id: str) -> None:
    """Bring a contact or company back. Raises KeyError when it is not gone, ValueError for what stays deleted."""
    if object_type in (CONVERSATIONS, TICKETS):
        raise ValueError(f"deleted {object_type} do not come back in Intercom")
    record = workspace.tables[object_type].restore(record_id)
    writing.touch(workspace, object_type, record)


def generated_company_id(workspace: Workspace) -> str:
    """The `company_id` of a company that was made by hand."""
    return f"{workspace.random.getrandbits(96):024x}-qualification-company"


def _check_companies(workspace: Workspace, ids: str) -> None:
    for company in ids.split(","):
        if company and company not in workspace.companies.live:
            raise ValueError(f"there is no company {company}")


def _sorted_out(
    workspace: Workspace, object_type: str, values: Mapping[str, str]
) -> tuple[dict[str, JSON], dict[str, JSON]]:
    if object_type not in OBJECTS:
        raise KeyError(object_type)
    _check_companies(workspace, values.get("companies", ""))
    texts, numbers, flags = (kind[object_type].split() for kind in (TEXTS, NUMBERS, FLAGS))
    known = workspace.catalog.custom(writing.MODELS.get(object_type, ""))
    plain: dict[str, JSON] = {}
    custom: dict[str, JSON] = {}
    for given, text in values.items():
        name = ALIASES.get(given, given)
        if name in DEEDS:
            continue
        if name in texts:
            plain[name] = text or None
        elif name in numbers:
            plain[name] = int(float(text)) if text else None
        elif name in flags:
            plain[name] = text == "true"
        else:
            name = name.removeprefix(CUSTOM)
            custom[name] = _custom(known.get(name), text)
    return plain, custom


def _custom(attribute: Attribute | None, text: str) -> JSON:
    kind = attribute.data_type if attribute else "string"
    if not text:
        return None
    if kind in ("integer", "date", "datetime"):
        return int(text)
    if kind == "float":
        return float(text)
    return text == "true" if kind == "boolean" else text


def _do(workspace: Workspace, object_type: str, record: Record, values: Mapping[str, str]) -> None:
    contacts = [part for part in values.get("contacts", "").split(",") if part]
    if contacts:
        record.values = {**record.values, "contact_ids": [*contacts]}
    if "tags" in values:
        _tag(workspace, record, [part for part in values["tags"].split(",") if part])
    if "rating" in values or "asked" in values:
        _rate(workspace, record, values)
    if object_type == CONTACTS:
        _join_and_leave(workspace, record, values)
    if "updated_at" in values:
        record.updated_at = int(values["updated_at"])
    if object_type == CONTACTS:
        workspace.publish(record)


def _join_and_leave(workspace: Workspace, contact: Record, values: Mapping[str, str]) -> None:
    before = workspace.links.companies(contact.id)
    for company in filter(None, values.get("leaves", "").split(",")):
        workspace.links.remove(contact.id, company)
    for company in filter(None, values.get("companies", "").split(",")):
        workspace.links.add(contact.id, company)
    if workspace.behaviour.attach_moves_stamp and workspace.links.companies(contact.id) != before:
        writing.touch(workspace, CONTACTS, contact)


def _tag(workspace: Workspace, record: Record, ids: list[str]) -> None:
    for id in ids:
        workspace.tags.setdefault(id, Tag(id=id, name=f"Tag {id}"))
    record.tags = ids


def _rate(workspace: Workspace, record: Record, values: Mapping[str, str]) -> None:
    rating: dict[str, JSON] = {"requested_at": workspace.now(), "rating": None, "remark": values.get("remark")}
    if "rating" in values:
        rating |= {"rating": int(values["rating"]), "replied_at": workspace.now()}
    record.values = {**record.values, "ratings": [*(dict(item) for item in ratings_of(record)), rating]}
    record.updated_at = workspace.now()


def _close(workspace: Workspace, record: Record) -> None:
    kept = record.values.get("statistics")
    statistics: dict[str, JSON] = dict(kept) if isinstance(kept, dict) else {}
    now, spent = workspace.now(), workspace.now() - record.created_at
    first = {"first_close_at": now, "time_to_first_close": spent} if not statistics.get("first_close_at") else {}
    statistics |= {**first, "last_close_at": now, "time_to_last_close": spent}
    record.values = {**record.values, "statistics": statistics}
