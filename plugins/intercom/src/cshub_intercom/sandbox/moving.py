"""Data that moves between pages: with the switch on, the record at the end of its list is touched after every page."""

from __future__ import annotations

from .workspace import COMPANIES, CONTACTS, Workspace


def move(workspace: Workspace, object_type: str) -> None:
    """Let the record changed longest ago change now, as people go on working while somebody pages."""
    if not workspace.behaviour.moving:
        return
    records = list(workspace.tables[object_type])
    if not records:
        return
    oldest = min(records, key=lambda record: (record.updated_at, record.id))
    oldest.updated_at = workspace.now()
    if object_type == COMPANIES:
        oldest.values = {**oldest.values, "last_request_at": workspace.now()}
    if object_type == CONTACTS:
        workspace.publish(oldest, at_once=True)
