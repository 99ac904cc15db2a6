"""Intercom's ways to page: cursors that hold the place in the order, and page numbers with addresses."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest
from operator import itemgetter
from typing import TypeAlias, TypeVar

from cshub.testing.sandbox import JSON, Request

from .behaviour import LastPage
from .refusals import invalid

Place: TypeAlias = "tuple[float, str, str]"
Row = TypeVar("Row")
PAGE_LIMIT = 150
NUMBERS = (int, float)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The page asked for: how many rows, after which place, and its number."""

    per_page: int
    after: Place | None = None
    page: int = 1


def place_of(value: JSON, record_id: str) -> Place:
    """Where a record stands when sorted by that value; those without one stand lowest."""
    if isinstance(value, NUMBERS):
        return (value, "", record_id)
    return (-1.0, "" if value is None else str(value), record_id)


def asked(per_page: JSON, starting_after: JSON, default: int) -> Asked:
    """The page two parameters ask for. Raises Refused for a size that does not exist."""
    size = _size(per_page, default)
    after, page = _decoded(starting_after)
    return Asked(per_page=size, after=after, page=page)


def cursor_page(
    rows: Sequence[tuple[Place, Row]], asked: Asked, *, descending: bool, last: LastPage
) -> tuple[list[Row], dict[str, JSON]]:
    """The rows of the page and its `pages`: what stands behind the cursor's place now, wherever it stood before."""
    after, first = asked.after, nlargest if descending else nsmallest
    behind = rows
    if after is not None:
        behind = [row for row in rows if (row[0] < after if descending else row[0] > after)]
    ordered = first(asked.per_page + 1, behind, key=itemgetter(0))
    taken = ordered[: asked.per_page]
    pages: dict[str, JSON] = {
        "type": "pages",
        "page": asked.page,
        "per_page": asked.per_page,
        "total_pages": -(-len(rows) // asked.per_page),
    }
    if len(ordered) > len(taken):
        cursor = _encoded(taken[-1][0], asked.page + 1)
        pages["next"] = {"page": asked.page + 1, "starting_after": cursor}
    elif last == "null":
        pages["next"] = None
    return [row for _, row in taken], pages


def numbered_page(
    rows: Sequence[Row],
    request: Request,
    *,
    default: int,
    most: int,
    refuses_more: bool = False,
    check: Callable[[int, int], None] | None = None,
) -> tuple[list[Row], dict[str, JSON]]:
    """The rows of the page a query asks for by number, and its `pages`; beyond the last there are none.

    Larger pages than `most` are refused, or quietly made smaller where no file names the limit.
    """
    page = _size(request.arg("page"), 1, most=10**9)
    size = min(_size(request.arg("per_page"), default, most=most if refuses_more else 10**9), most)
    if check:
        check(page, size)
    total = -(-len(rows) // size)
    following = f"{_address(request)}?per_page={size}&page={page + 1}" if page < total else None
    pages: dict[str, JSON] = {
        "type": "pages",
        "next": following,
        "page": page,
        "per_page": size,
        "total_pages": total,
    }
    return list(rows[(page - 1) * size : page * size]), pages


def _size(value: JSON, default: int, most: int = PAGE_LIMIT) -> int:
    if value in (None, ""):
        return default
    if isinstance(value, bool) or not str(value).isdigit() or not 1 <= int(str(value)) <= most:
        raise invalid(f"'{value}' is no number between 1 and {most}", "per_page")
    return int(str(value))


def _address(request: Request) -> str:
    return f"https://{request.headers.get('host', 'api.intercom.io')}{request.path}"


def _encoded(place: Place, page: int) -> str:
    return base64.b64encode(json.dumps([*place, page]).encode()).decode()


def _decoded(cursor: JSON) -> tuple[Place | None, int]:
    """What a cursor says. One that says nothing is as good as none: the first page comes back."""
    try:
        number, text, record_id, page = json.loads(base64.b64decode(str(cursor or ""), validate=True))
        return (float(number), str(text), str(record_id)), int(page)
    except (binascii.Error, ValueError, TypeError):
        return None, 1
