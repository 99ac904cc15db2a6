"""HubSpot records as they arrive: what must be there, and the text of a property. What they mean is `mapping.py`'s part."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple, TypeAlias

from cshub import JSON, Reject

from .objects import MERGED
from .values import items, time

Properties: TypeAlias = Mapping[str, JSON]


class Unmappable(Exception):
    """This record cannot become a row; the text says why, for people."""


class Record(NamedTuple):
    """One well-formed HubSpot record; a tuple, because there is one for every row."""

    id: str
    properties: Properties


def record(item: JSON) -> Record:
    """The record in this element of an answer. Raises Unmappable unless it is an object with an id and properties."""
    if not isinstance(item, dict):
        raise Unmappable("the record is not an object")
    id, properties = item.get("id"), item.get("properties")
    if not isinstance(id, str) or not (id.isascii() and id.isdigit()):
        raise Unmappable(f"the record's id is {str(id)[:40]!r}" if id else "the record has no id")
    if not isinstance(properties, dict):
        raise Unmappable("the record has no properties")
    return Record(id, properties)


def reject(item: JSON, reason: str) -> Reject:
    """What is left of an element that cannot become a row, for the list of rejects."""
    id = item.get("id") if isinstance(item, dict) else None
    return Reject(id=str(id) if id else None, reason=reason, payload=json.dumps(item, ensure_ascii=False))


def text(record: Record, name: str) -> str | None:
    """A property's text, None when it is empty or missing. A bare number or boolean, against the documentation, becomes text."""
    value = record.properties.get(name)
    if isinstance(value, str):
        return value or None
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    raise Unmappable(f"{name} holds a {type(value).__name__} where text belongs")


def changed_at(record: Record, name: str) -> datetime:
    """The time of change in the property `name`. Raises Unmappable where it is missing or unreadable."""
    value = text(record, name)
    if value is None:
        raise Unmappable(f"{name} is empty")
    try:
        return time(value)
    except ValueError as error:
        raise Unmappable(f"{name}: {error}") from error


def merges(record: Record) -> list[tuple[str, str]]:
    """(gone id, this id) for every record merged into this one; HubSpot lists whole chains on the survivor."""
    listed = text(record, MERGED)
    return [(gone, record.id) for gone in items(listed) if gone != record.id] if listed else []
