"""How a write reaches a record: its values are checked, logged, and move the stamp only when they differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Literal

from cshub.testing.sandbox import JSON, WriteEntry

from .attributes import CUSTOM, fitting, guessed_type
from .records import Record
from .refusals import invalid
from .workspace import COMPANIES, CONTACTS, Workspace

Who = Literal["api", "human"]
MODELS = {CONTACTS: "contact", COMPANIES: "company"}
SPEND_LIMIT = 2**31 - 1


def create(
    workspace: Workspace,
    object_type: str,
    values: Mapping[str, JSON],
    custom: Mapping[str, JSON],
    by: Who = "api",
    created_at: int | None = None,
) -> Record:
    """Make a record. Raises Refused."""
    clean = checked_custom(workspace, object_type, custom)
    now = workspace.now()
    born = now if created_at is None else created_at
    record = Record(workspace.new_id(object_type, born), {}, born, now)
    workspace.tables[object_type].live[record.id] = record
    _put(workspace, object_type, record, values, clean, by)
    if object_type == CONTACTS:
        workspace.publish(record)
    return record


def update(
    workspace: Workspace,
    object_type: str,
    record: Record,
    values: Mapping[str, JSON],
    custom: Mapping[str, JSON],
    by: Who = "api",
) -> bool:
    """Write values into a record, null clearing them; whether any differed. Raises Refused."""
    clean = checked_custom(workspace, object_type, custom)
    if not _put(workspace, object_type, record, values, clean, by):
        return False
    touch(workspace, object_type, record)
    return True


def touch(workspace: Workspace, object_type: str, record: Record) -> None:
    """Something about the record changed: its stamp moves, and searches will see it."""
    record.updated_at = workspace.now()
    if object_type == CONTACTS and record.id in workspace.contacts.live:
        workspace.publish(record)


def checked_custom(workspace: Workspace, object_type: str, custom: Mapping[str, JSON]) -> dict[str, JSON]:
    """The custom attributes as they are kept. Raises Refused: contacts need them to exist, companies make them on the fly."""
    model = MODELS.get(object_type)
    if model is None:
        return dict(custom)
    known = workspace.catalog.custom(model)
    clean: dict[str, JSON] = {}
    for name, value in custom.items():
        attribute = known.get(name)
        if attribute is None and model == "company" and workspace.behaviour.company_attributes_made:
            attribute = workspace.catalog.add(model, name, guessed_type(value), workspace.now())
        if attribute is None or attribute.archived:
            raise invalid(f"Custom attribute '{name}' does not exist")
        clean[name] = fitting(attribute, value, strict_options=workspace.behaviour.strict_options)
    return clean


def spend(value: JSON) -> JSON:
    """A monthly spend as it is kept: floats lose what stands behind the point. Raises Refused beyond 2^31-1."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise invalid("monthly_spend is not a number", "monthly_spend")
    if value > SPEND_LIMIT:
        raise invalid(f"monthly_spend is larger than {SPEND_LIMIT}", "monthly_spend")
    return int(value)


def _put(
    workspace: Workspace,
    object_type: str,
    record: Record,
    values: Mapping[str, JSON],
    custom: Mapping[str, JSON],
    by: Who,
) -> bool:
    def log(field: str, old: JSON, new: JSON) -> None:
        at = workspace.clock.now()
        workspace.writes.add(
            WriteEntry(at=at, object=object_type, id=record.id, field=field, old=_text(old), new=_text(new), by=by)
        )

    before = (record.values, record.custom)
    record.values = _written(record.values, values, "", log)
    record.custom = _written(record.custom, custom, CUSTOM, log)
    return before != (record.values, record.custom)


def _written(
    old: dict[str, JSON], new: Mapping[str, JSON], prefix: str, log: Callable[[str, JSON, JSON], None]
) -> dict[str, JSON]:
    for name, value in new.items():
        log(prefix + name, old.get(name), value)
    merged = {**old, **new}
    return {name: value for name, value in merged.items() if value is not None}


def _text(value: JSON) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value)
