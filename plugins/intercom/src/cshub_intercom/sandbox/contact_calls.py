"""Calls about one contact: read, make, change, put aside, delete, merge."""

from __future__ import annotations

from collections.abc import Mapping

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call, find_contact
from .merging import history, merge_contacts
from .paging import asked
from .records import Record
from .refusals import Refused, contact_merged, invalid, missing, not_duplicates, not_found
from .show_contact import show_contact
from .workspace import CONTACTS
from .writing import create, update

TEXTS = ("role", "external_id", "email", "phone", "name", "avatar")
TIMES = ("signed_up_at", "last_seen_at")
FLAGS = ("unsubscribed_from_emails", "email_verified")
WRITABLE = (*TEXTS, *TIMES, *FLAGS, "owner_id")
HISTORY_PAGE = 50


def get_contact(call: Call) -> Response:
    """The contact by Intercom's id."""
    return _shown(call, call.contact())


def by_external_id(call: Call) -> Response:
    """The user with that id of ours; leads are not found by theirs."""
    wanted = call.params["external_id"]
    contacts = call.workspace.contacts
    for pool in (contacts.live, contacts.archived):
        for contact in pool.values():
            if contact.text("external_id") == wanted and contact.text("role") == "user":
                return _shown(call, contact)
    merged = next((id for id, merge in contacts.merged.items() if merge.external_id == wanted), None)
    if merged and call.workspace.behaviour.merged_answer == "410":
        raise contact_merged(contacts.target(merged))
    raise not_found("User")


def create_contact(call: Call) -> Response:
    """A new contact, a user unless it says otherwise."""
    body = call.body()
    values, custom = _values(call, body)
    if not any(body.get(name) for name in ("email", "external_id", "role")):
        raise missing("email, external_id or role not specified")
    _forbid_twice(call, values, None)
    record = create(call.workspace, CONTACTS, {"role": "user", **values}, custom)
    return _shown(call, record)


def update_contact(call: Call) -> Response:
    """Change what is in the body; what is not stays."""
    contact = call.contact()
    values, custom = _values(call, call.body())
    _forbid_twice(call, values, contact)
    update(call.workspace, CONTACTS, contact, values, custom)
    return _shown(call, contact)


def archive_contact(call: Call) -> Response:
    """Put the contact aside."""
    contact = call.contact()
    if contact.id in call.workspace.contacts.live:
        call.workspace.contacts.archive(contact.id)
        call.workspace.index.drop(contact.id)
    return _reference(contact, archived=True)


def unarchive_contact(call: Call) -> Response:
    """Take it back."""
    contact = call.contact()
    if contact.id in call.workspace.contacts.archived:
        call.workspace.contacts.unarchive(contact.id)
        call.workspace.publish(contact)
    return _reference(contact, archived=False)


def delete_contact(call: Call) -> Response:
    """Delete the contact for good."""
    contact = call.contact()
    call.workspace.contacts.delete(contact.id, call.workspace.now())
    call.workspace.index.drop(contact.id)
    return _reference(contact, deleted=True)


def merge(call: Call) -> Response:
    """Merge a lead into a user that looks like the same person."""
    body = call.body()
    if not body.get("from") or not body.get("into"):
        raise missing("from and into not specified")
    source, target = (find_contact(call.workspace, str(body[name])) for name in ("from", "into"))
    if not {source.id, target.id} <= call.workspace.contacts.live.keys():
        raise not_found("Contact")
    if (source.text("role"), target.text("role")) != ("lead", "user"):
        raise invalid("Only a lead can be merged into a user")
    alike = any(source.text(name) and source.text(name) == target.text(name) for name in ("email", "phone"))
    if not alike and body.get("skip_duplicate_validation") is not True:
        raise not_duplicates()
    return _shown(call, merge_contacts(call.workspace, source.id, target.id))


def merge_history(call: Call) -> Response:
    """What was merged into a user, in its own style of paging; leads are not found here."""
    contact = call.workspace.contacts.known(call.params["id"])
    if contact is None or contact.text("role") != "user":
        raise Refused(404, "not_found", "Contact not found")
    rows = history(call.workspace, contact)
    if call.request.arg("order") == "asc":
        rows.reverse()
    size = asked(call.request.arg("per_page"), None, HISTORY_PAGE).per_page
    cursor = call.request.arg("cursor") or ""
    start = int(cursor) if cursor.isdigit() else 0
    more = start + size < len(rows)
    following = str(start + size) if more else None
    return json_response(
        {"type": "list", "data": rows[start : start + size], "next_cursor": following, "has_more": more}
    )


def contact_tags(call: Call) -> Response:
    """The tags of a contact."""
    rows = [call.workspace.tags[tag].as_json() for tag in call.contact().tags]
    return json_response({"type": "list", "data": rows})


def _values(call: Call, body: Mapping[str, JSON]) -> tuple[dict[str, JSON], dict[str, JSON]]:
    custom = body.get("custom_attributes") or {}
    if not isinstance(custom, dict):
        raise invalid("custom_attributes is no object", "custom_attributes")
    values = {name: body[name] for name in WRITABLE if name in body}
    for name, value in values.items():
        if value is not None and not _fits(name, value):
            raise invalid(f"{name} is invalid", name)
    if values.get("owner_id") is not None:
        values["owner_id"] = str(values["owner_id"])
        if values["owner_id"] not in {admin.id for admin in call.workspace.admins}:
            raise invalid("owner_id is invalid", "owner_id")
    return values, custom


def _fits(name: str, value: JSON) -> bool:
    if name in TIMES:
        return isinstance(value, int) and not isinstance(value, bool)
    if name in FLAGS:
        return isinstance(value, bool)
    if name == "role":
        return value in ("user", "lead")
    return isinstance(value, str | int) if name == "owner_id" else isinstance(value, str)


def _forbid_twice(call: Call, values: Mapping[str, JSON], contact: Record | None) -> None:
    wanted = values.get("external_id")
    if not wanted:
        return
    for other in call.workspace.contacts:
        if other is not contact and other.text("external_id") == wanted and other.text("role") == "user":
            text = f"A contact matching those details already exists with id={other.id}"
            raise Refused(409, "conflict", text)


def _shown(call: Call, contact: Record) -> Response:
    return json_response(show_contact(call.workspace, contact, call.version, history=call.asks_history()))


def _reference(contact: Record, **said: bool) -> Response:
    external = contact.values.get("external_id")
    return json_response({"type": "contact", "id": contact.id, "external_id": external, **said})
