"""Where a stream stands, as small versioned JSON. Anything else is an error: a guessed position loses rows."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from cshub import Cursor, Seen

_Id: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=40)]
_Seen: TypeAlias = Annotated[dict[_Id, int], Field(max_length=Seen.MOST)]
_Token: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class Listing(Cursor):
    """In the first full reading. `since_s`: what changed after that belongs to the search that follows it.

    `seen` are rows changed even so late that were given already, by id with their time of change.
    """

    read: Literal["list"] = "list"
    after: _Token | None = None
    since_s: int
    seen: _Seen = Field(default_factory=dict)


class Changes(Cursor):
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
    seen: _Seen = Field(default_factory=dict)


class Whole(Cursor):
    """In a list that is read whole: `after` is the place in it; `closing` that it is through and changes since `since_s` are being read."""

    read: Literal["whole"] = "whole"
    after: _Token | None = None
    since_s: int | None = None
    closing: bool = False
    done: bool = False


def incremental(text: bytes, where: str) -> Listing | Changes:
    """The position of a time-cursor stream. Raises StoreError for anything that is none."""
    return Cursor.either(text, where, Listing, Changes)


def whole(text: bytes | None, where: str) -> Whole:
    """The position in a list that is read whole; one that is done begins anew. Raises StoreError as `incremental` does."""
    found = Whole() if text is None else Whole.load(text, where)
    return Whole() if found.done else found
