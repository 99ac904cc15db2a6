"""SatisMeter responses as they arrive: what must be there, and where things stand in them. What they mean is `mapping.py`'s part."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeAlias

from cshub import JSON, Reject

#: Ids stand in row ids, joined by a colon, and in the cursor, joined by spaces.
_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
#: What must not be kept of a response that cannot be read: whose it is, and what the person wrote.
_PERSONAL = frozenset({"user", "ip", "location", "referrer", "value"})

Object: TypeAlias = Mapping[str, JSON]


class Unmappable(Exception):
    """This record cannot become a row; the text says why, for people."""


class Response(NamedTuple):
    """One well-formed response. `user` is empty where SatisMeter says nothing of the person."""

    id: str
    answers: Sequence[Object]
    user: Object
    item: Object

    @property
    def forgotten(self) -> bool:
        """True when the person was deleted: SatisMeter keeps the response without them."""
        return self.user.get("deleted") is True


def response(item: JSON) -> Response:
    """The response in this element of a list. Raises Unmappable unless it is an object with an id, answers and a user."""
    if not isinstance(item, dict):
        raise Unmappable("the response is not an object")
    id = identifier(item, "response")
    answers, user = item.get("answers") or [], item.get("user") or {}
    if not isinstance(answers, list) or not all(isinstance(answer, dict) for answer in answers):
        raise Unmappable("the response's answers are not a list of objects")
    if not isinstance(user, dict):
        raise Unmappable(f"the response's user is a {type(user).__name__}, not an object")
    return Response(id, [answer for answer in answers if isinstance(answer, dict)], user, item)


def identifier(item: Object, what: str) -> str:
    """The id of a response or answer. Raises Unmappable where there is none that can be used."""
    id = item.get("id")
    if not isinstance(id, str) or not _ID.fullmatch(id):
        raise Unmappable(f"the {what}'s id is {str(id)[:40]!r}" if id else f"the {what} has no id")
    return id


def at(value: JSON | Object, path: str) -> JSON:
    """What stands at a dotted path, None where nothing does. A key that itself holds dots is found as well."""
    if not isinstance(value, Mapping):
        return None
    if path in value:
        return value[path]
    head, dot, rest = path.partition(".")
    return at(value.get(head), rest) if dot else None


def is_blank(value: JSON) -> bool:
    """True for what stands in an answer that was not given, or not yet."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def reject(item: JSON, id: str | None, reason: str) -> Reject:
    """What is left of a response that cannot become a row, without what is personal in it."""
    return Reject(id=id, reason=reason, payload=json.dumps(_impersonal(item), ensure_ascii=False))


def _impersonal(item: JSON) -> JSON:
    if isinstance(item, dict):
        return {
            key: _impersonal(value) for key, value in item.items() if key not in _PERSONAL or _is_rating(key, value)
        }
    return [_impersonal(part) for part in item] if isinstance(item, list) else item


def _is_rating(key: str, value: JSON) -> bool:
    return key == "value" and isinstance(value, int | float)
