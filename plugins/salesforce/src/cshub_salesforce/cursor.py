"""Where a stream stands, as small versioned JSON. Anything else is an error: a guessed position loses rows."""

from __future__ import annotations

import json
from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cshub import StoreError

_Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{18}$")]
_Seen: TypeAlias = Annotated[dict[_Id, int], Field(max_length=1_000)]
_Token: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
_Mark: TypeAlias = Annotated[str, StringConstraints(max_length=40)]


class _Cursor(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    v: Literal[1] = 1


class Full(_Cursor):
    """In a reading of everything: up to the id `after`, or in the result of the bulk query `job` up to `locator`.

    What changed after `since_ms` belongs to the reading of changes that follows. `rows` counts what the job gave, `seen` are rows
    changed even so late that were given already, by id with their time of change, `mark` says which fields were asked for.
    """

    read: Literal["full"] = "full"
    after: _Id | None = None
    job: _Token | None = None
    locator: _Token | None = None
    rows: int = 0
    since_ms: int | None = None
    mark: _Mark
    seen: _Seen = {}


class Changes(_Cursor):
    """Everything changed before `at_ms` is read, and of that very millisecond all ids up to `id`.

    `refreshed_ms` is when everything was read last. `seen` are rows of the overlap that were given already; a negative time is
    that of a deletion.
    """

    read: Literal["changes"] = "changes"
    at_ms: int
    id: _Id | None = None
    refreshed_ms: int
    mark: _Mark
    seen: _Seen = {}


class Sweep(_Cursor):
    """In a list of living ids, up to the id `after`."""

    read: Literal["sweep"] = "sweep"
    after: _Id | None = None
    done: bool = False


C = TypeVar("C", Full, Changes, Sweep)


def dump(cursor: Full | Changes | Sweep) -> bytes:
    """The cursor as bytes: some hundred, and 36 for each row in `seen`."""
    return cursor.model_dump_json(exclude_none=True).encode()


def incremental(text: bytes, where: str) -> Full | Changes:
    """The position of a time-cursor stream. Raises StoreError for anything `dump` did not write."""
    return load(text, Full, where) if _kind(text) == "full" else load(text, Changes, where)


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
