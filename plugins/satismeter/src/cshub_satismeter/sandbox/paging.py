"""Pages of version 3: 20 or up to 100 responses, an opaque cursor, and no snapshot behind it."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from hashlib import sha256

from cshub.testing.sandbox import JSON

from .behaviour import Behaviour
from .call import Call
from .records import Response
from .refusals import bad_request

DEFAULT_SIZE, LARGEST_SIZE = 20, 100


def page(call: Call, found: Sequence[Response]) -> tuple[list[Response], dict[str, JSON]]:
    """One page of what was found (oldest first), and the object that leads to the next. Raises Refused."""
    behaviour = call.project.behaviour
    size = page_size(call)
    rows = ordered(found, behaviour)
    start = _start(call, rows)
    shown, has_next = rows[start : start + size], start + size < len(rows)
    cursor = _cursor(behaviour, start + len(shown), shown)
    return shown, _page(behaviour, cursor, len(shown), has_next=has_next)


def page_size(call: Call) -> int:
    """The page size asked for; one outside 1–100 falls back to 20 without a word, or is refused."""
    text = call.request.arg("pageSize")
    if text is None:
        return DEFAULT_SIZE
    if text.isdigit() and 1 <= int(text) <= LARGEST_SIZE:
        return int(text)
    if call.project.behaviour.bad_page_size == "refused":
        raise bad_request("Invalid pageSize")
    return DEFAULT_SIZE


def ordered(found: Sequence[Response], behaviour: Behaviour) -> list[Response]:
    """The responses in the order this project shows them."""
    if behaviour.order == "mixed":
        return sorted(found, key=lambda one: sha256(one.id.encode()).digest())
    return list(found) if behaviour.order == "oldest" else list(reversed(found))


def _start(call: Call, rows: Sequence[Response]) -> int:
    text = call.request.arg("pageCursor")
    if not text:
        return 0
    try:
        kind, _, value = base64.urlsafe_b64decode(text.encode()).decode().partition(":")
    except ValueError:
        raise bad_request("Invalid pageCursor") from None
    if kind == "place" and value.isdigit():
        return int(value)
    places = [place for place, row in enumerate(rows) if kind == "key" and row.id == value]
    if not places:
        raise bad_request("Invalid pageCursor")
    return places[0] + 1


def _cursor(behaviour: Behaviour, place: int, shown: Sequence[Response]) -> str:
    text = f"key:{shown[-1].id}" if behaviour.cursors == "key" and shown else f"place:{place}"
    return base64.urlsafe_b64encode(text.encode()).decode()


def _page(behaviour: Behaviour, cursor: str, size: int, *, has_next: bool) -> dict[str, JSON]:
    if has_next or behaviour.last_page == "cursor":
        return {"hasNextPage": has_next, "nextPageCursor": cursor, "size": size}
    if behaviour.last_page == "null":
        return {"hasNextPage": False, "nextPageCursor": None, "size": size}
    return {"hasNextPage": behaviour.last_page == "promise", "size": size}
