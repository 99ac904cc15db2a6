"""A merge of two contacts: the survivor keeps its values and gets the companies, the other id is gone from every list."""

from __future__ import annotations

from cshub.testing.sandbox import JSON

from .records import Record
from .workspace import CONTACTS, Workspace
from .writing import touch


def merge_contacts(workspace: Workspace, source_id: str, target_id: str) -> Record:
    """Merge `source` into `target`. Raises KeyError when either is not there, ValueError for one and the same."""
    if source_id == target_id:
        raise ValueError("a contact cannot be merged into itself")
    contacts = workspace.contacts
    target, source = contacts.live[target_id], contacts.live[source_id]
    target.values = {**source.values, **target.values}
    target.custom = {**source.custom, **target.custom}
    workspace.links.move(source_id, target_id)
    contacts.merge_away(source_id, target_id, workspace.now())
    workspace.index.drop(source_id)
    touch(workspace, CONTACTS, target)
    return target


def history(workspace: Workspace, contact: Record) -> list[JSON]:
    """What was merged into a contact, the newest first. Whether it tells of what those were made of is not documented."""
    merged = workspace.contacts.merged_into(contact.id, deep=workspace.behaviour.merge_history == "inherited")
    return [
        {"type": "merge_history", "source_contact_id": id, "source_contact_role": item.role, "merged_at": item.at}
        for id, item in merged
    ]
