"""Where a stream stands, as small versioned JSON. Anything else is an error: a guessed position loses rows."""

from __future__ import annotations

import json
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cshub import StoreError

_Id: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=40)]
_Seen: TypeAlias = Annotated[dict[_Id, int], Field(max_length=1_000)]
_Token: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class _Cursor(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    v: Literal[1] = 1


class Listing(_Cursor):
    """In the first full reading. `since_s`: what changed after that belongs to the search that follows it.

    `seen` are rows changed even so late that were given already, by id with their time of change.
    """

    read: Literal["list"] = "list"
    after: _Token | None = None
    since_s: int
    seen: _Seen = {}


class Changes(_Cursor):
    """Everything changed before `at_s` is read; times are Unix seconds.

    Within a pull `settled_s` is where the next one will begin, `after` the place in the search, and `deleting` says that the search is through
    and deleted records are being listed. `checked_s` is when the day before was read again last, `rechecking` that this is going on.
    """

    read: Literal["search"] = "search"
    at_s: int
    checked_s: int
    rechecking: bool = False
    deleting: bool = False
    settled_s: int | None = None
    after: _Token | None = None
    seen: _Seen = {}


class Whole(_Cursor):
    """In a list that is read whole: `after` is the place in it; `closing` that it is through and changes since `since_s` are being read."""

    read: Literal["whole"] = "whole"
    after: _Token | None = None
    since_s: int | None = None
    closing: bool = False
    done: bool = False


C = TypeVar("C", Listing, Changes, Whole)


def dump(cursor: Listing | Changes | Whole) -> bytes:
    """The cursor as bytes: some hundred, and 40 for each row in `seen`."""
    return cursor.model_dump_json(exclude_none=True).encode()


def incremental(text: bytes, where: str) -> Listing | Changes:
    """The position of a time-cursor stream. Raises StoreError for anything `dump` did not write."""
    return load(text, Listing, where) if _kind(text) == "list" else load(text, Changes, where)


def whole(text: bytes | None, where: str) -> Whole:
    """The position in a list that is read whole; one that is done begins anew. Raises StoreError as `incremental` does."""
    found = Whole() if text is None else load(text, Whole, where)
    return Whole() if found.done else found


def load(text: bytes, kind: type[C], where: str) -> C:
    """The cursor of this kind. Raises StoreError for anything `dump` did not write."""
    try:
        return kind.model_validate_json(text)
    except ValidationError as error:
        raise StoreError(
            f"the saved position {text[:80]!r} cannot be read",
            where=where,
            hint="`cshub pull --full` with this stream reads it from the beginning",
        ) from error


def _kind(text: bytes) -> object:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found.get("read") if isinstance(found, dict) else None
