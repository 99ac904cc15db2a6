"""Where a stream stands, as small versioned JSON. Anything else is an error: a guessed position loses rows."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from cshub import Cursor, Seen

_Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]{18}$")]
_Seen: TypeAlias = Annotated[dict[_Id, int], Field(max_length=Seen.MOST)]
_Token: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
_Mark: TypeAlias = Annotated[str, StringConstraints(max_length=40)]


class Full(Cursor):
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
    seen: _Seen = Field(default_factory=dict)


class Changes(Cursor):
    """Everything changed before `at_ms` is read, and of that very millisecond all ids up to `id`.

    `refreshed_ms` is when everything was read last. `seen` are rows of the overlap that were given already; a negative time is
    that of a deletion.
    """

    read: Literal["changes"] = "changes"
    at_ms: int
    id: _Id | None = None
    refreshed_ms: int
    mark: _Mark
    seen: _Seen = Field(default_factory=dict)


class Sweep(Cursor):
    """In a list of living ids, up to the id `after`."""

    read: Literal["sweep"] = "sweep"
    after: _Id | None = None
    done: bool = False


def incremental(text: bytes, where: str) -> Full | Changes:
    """The position of a time-cursor stream. Raises StoreError for anything that is none."""
    return Cursor.either(text, where, Full, Changes)
