"""Intercom objects as they arrive: what must be there, and how to look inside. What they mean is `mapping.py`'s part."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypeAlias

from cshub import JSON, Answer, Reject

from .values import time

Item: TypeAlias = Mapping[str, JSON]
#: Fields whose insides are a name and an id, never what people wrote.
_HARMLESS = ("id", "type", "external_id", "company_id", "created_at", "updated_at", "state", "open", "priority", "role")


class Unmappable(Exception):
    """This object cannot become a row; the text says why, for people."""


def id_of(item: object) -> str | None:
    """The id of an object as text, None when it has none; it may come as a number."""
    found = item.get("id") if isinstance(item, dict) else None
    if isinstance(found, bool) or not isinstance(found, str | int):
        return None
    return str(found) or None


def record(item: JSON) -> Item:
    """The object in this element of an answer. Raises Unmappable unless it is one with an id."""
    if not isinstance(item, dict):
        raise Unmappable("the record is not an object")
    if id_of(item) is None:
        raise Unmappable("the record has no id")
    return item


def changed_at(item: Item) -> datetime | None:
    """When Intercom says it changed, None where it does not say. Raises Unmappable when that cannot be read."""
    value = item.get("updated_at")
    try:
        return None if value is None else time(value)
    except ValueError as error:
        raise Unmappable(f"updated_at {error}") from error


def looker(path: str) -> Callable[[Item], JSON]:
    """Looks at what stands at a path; None where anything on the way is missing. An attribute's name may hold anything but dots."""
    first, *inner = path.split(".")

    def look(item: Item) -> JSON:
        value = item.get(first)
        for name in inner:
            value = value.get(name) if isinstance(value, dict) else None
        return value

    return look


def look(item: Item, path: str) -> JSON:
    """What stands at a path, looked at once."""
    return looker(path)(item)


def reject(item: JSON, reason: str, prefix: str = "") -> Reject:
    """What is left of an object that cannot become a row, whose id would have begun with `prefix`: no names, addresses, messages."""
    kept = {name: item[name] for name in _HARMLESS if name in item} if isinstance(item, dict) else None
    shown = {name: value for name, value in (kept or {}).items() if not isinstance(value, dict | list)}
    id = id_of(item)
    return Reject(
        id=None if id is None else prefix + id, reason=reason, payload=json.dumps(shown if kept is not None else None)
    )


def ids_of(items: Iterable[JSON], answer: Answer) -> list[str]:
    """The ids of a list's page. One without an id spoils the page: absence is concluded from such lists."""
    found = [id_of(item) for item in items]
    if None in found:
        raise answer.error("listed a record without an id")
    return [id for id in found if id is not None]


def part(item: Item, name: str) -> tuple[list[JSON], int, str | None]:
    """A nested list of a contact: the stubs given, how many there are, and where the rest is.

    It is cut at ten, and `has_more` may be false all the same: the count alone tells.
    """
    found = item.get(name)
    if not isinstance(found, dict):
        return [], 0, None
    stubs, count, url = found.get("data"), found.get("total_count"), found.get("url")
    given = stubs if isinstance(stubs, list) else []
    said = count if isinstance(count, int) and not isinstance(count, bool) else 0
    more = said + (said <= len(given) and found.get("has_more") is True)
    return given, max(len(given), more), url if isinstance(url, str) else None
