"""Where the stream stands, as small versioned JSON. Anything else is an error: a guessed position loses rows."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from cshub import StoreError

_Ms: TypeAlias = Annotated[int, Field(ge=0, lt=2**53)]
_Token: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
#: day → the answers given, as ids joined by a space → ids of the responses that had just these. See `given.py`.
Given: TypeAlias = dict[str, dict[str, list[str]]]


class _Cursor(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    v: Literal[1] = 1


class Span(_Cursor):
    """A list that is being read: what was recorded between the two instants, `after` a page of it."""

    since_ms: _Ms
    until_ms: _Ms
    after: _Token | None = None


class Position(_Cursor):
    """Everything recorded before `read_ms` has been read, and everything was read anew at `whole_ms`.

    `span` is a list in the middle of which the reading stands; `given` the rows that may still vanish from their responses.
    """

    read_ms: _Ms
    whole_ms: _Ms
    span: Span | None = None
    given: Given = {}


class Sweep(_Cursor):
    """In a list of all ids up to `until_ms`: within `span`, or done without one; `again` when it is listed a second time."""

    until_ms: _Ms
    span: Span | None = None
    again: bool = False


C = TypeVar("C", Position, Sweep)


def dump(cursor: Position | Sweep) -> bytes:
    """The cursor as bytes."""
    return cursor.model_dump_json(exclude_none=True).encode()


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
