"""Where a stream stands, as small versioned JSON. Anything else is an error: a guessed position loses rows."""

from __future__ import annotations

import json
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cshub import StoreError

_Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]
_Seen: TypeAlias = Annotated[dict[_Id, int], Field(max_length=1_000)]
_Gone: TypeAlias = Annotated[dict[_Id, int], Field(max_length=500)]
_Token: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class _Cursor(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    v: Literal[1] = 1


class Listing(_Cursor):
    """In the first full reading, by id. `since_ms`: what changed after that belongs to the search that follows it.

    `seen` are rows changed even so late that were given already, by id with their time of change.
    """

    read: Literal["list"] = "list"
    after: _Token | None = None
    since_ms: int
    seen: _Seen = {}


class Changes(_Cursor):
    """Everything changed before `at_ms` is read, and of that very millisecond all ids up to `id`.

    `checked_ms` is when archived records were listed last; `rechecking` that this is going on, `archived` how far it is.
    `seen` are rows of the overlap that were given already, by id with their time of change; `gone` the newest records seen in
    the archive, by id with the time when they were put there.
    """

    read: Literal["search"] = "search"
    at_ms: int
    id: _Id | None = None
    checked_ms: int
    rechecking: bool = False
    archived: _Token | None = None
    seen: _Seen = {}
    gone: _Gone = {}


class Sweep(_Cursor):
    """In a list that is read whole: `part` is the list, `after` the place in it."""

    read: Literal["sweep"] = "sweep"
    part: int = 0
    after: _Token | None = None
    done: bool = False


C = TypeVar("C", Listing, Changes, Sweep)


def dump(cursor: Listing | Changes | Sweep) -> bytes:
    """The cursor as bytes: some hundred, and 30 for each row in `seen` and `gone`."""
    return cursor.model_dump_json(exclude_defaults=False, exclude_none=True).encode()


def incremental(text: bytes, where: str) -> Listing | Changes:
    """The position of a time-cursor stream. Raises StoreError for anything `dump` did not write."""
    return load(text, Listing, where) if _kind(text) == "list" else load(text, Changes, where)


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
