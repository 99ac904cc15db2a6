"""Where a stream stands, as small versioned JSON. Anything else is an error: a guessed position loses rows."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from cshub import Cursor, Seen

_Id: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,20}$")]
_Seen: TypeAlias = Annotated[dict[_Id, int], Field(max_length=Seen.MOST)]
_Gone: TypeAlias = Annotated[dict[_Id, int], Field(max_length=500)]
_Token: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class Listing(Cursor):
    """In the first full reading, by id. `since_ms`: what changed after that belongs to the search that follows it.

    `seen` are rows changed even so late that were given already, by id with their time of change.
    """

    read: Literal["list"] = "list"
    after: _Token | None = None
    since_ms: int
    seen: _Seen = Field(default_factory=dict)


class Changes(Cursor):
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
    seen: _Seen = Field(default_factory=dict)
    gone: _Gone = Field(default_factory=dict)


class Sweep(Cursor):
    """In a list that is read whole: `part` is the list, `after` the place in it."""

    read: Literal["sweep"] = "sweep"
    part: int = 0
    after: _Token | None = None
    done: bool = False


def incremental(text: bytes, where: str) -> Listing | Changes:
    """The position of a time-cursor stream. Raises StoreError for anything that is none."""
    return Cursor.either(text, where, Listing, Changes)
