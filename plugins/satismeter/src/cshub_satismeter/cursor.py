"""Where the stream stands, as small versioned JSON. Anything else is an error: a guessed position loses rows."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field, StringConstraints

from cshub import Cursor

_Ms: TypeAlias = Annotated[int, Field(ge=0, lt=2**53)]
_Token: TypeAlias = Annotated[str, StringConstraints(min_length=1, max_length=4096)]
#: day → the answers given, as ids joined by a space → ids of the responses that had just these. See `given.py`.
Given: TypeAlias = dict[str, dict[str, list[str]]]


class Span(Cursor):
    """A list that is being read: what was recorded between the two instants, `after` a page of it."""

    since_ms: _Ms
    until_ms: _Ms
    after: _Token | None = None


class Position(Cursor):
    """Everything recorded before `read_ms` has been read, and everything was read anew at `whole_ms`.

    `span` is a list in the middle of which the reading stands; `given` the rows that may still vanish from their responses.
    """

    read_ms: _Ms
    whole_ms: _Ms
    span: Span | None = None
    given: Given = Field(default_factory=dict)


class Sweep(Cursor):
    """In a list of all ids up to `until_ms`: within `span`, or done without one; `again` when it is listed a second time."""

    until_ms: _Ms
    span: Span | None = None
    again: bool = False
