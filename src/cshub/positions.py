"""Where a stream stands, as connectors keep it between pulls: a cursor as small versioned JSON, and the rows it gave already."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import ClassVar, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from .errors import StoreError

C = TypeVar("C", bound="Cursor")
D = TypeVar("D", bound="Cursor")


class Cursor(BaseModel):
    """A position as typed fields, the base of a connector's own; what cannot be read is an error, for a guessed position loses rows.

    A stream with two kinds of position tells them apart by a field `read`, a literal of each that is its default as well.
    New fields need a default: positions saved before lack them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    v: Literal[1] = 1

    def dump(self) -> bytes:
        """The position as the JSON that `Page.cursor` holds; fields that are None are left out. At most 64 KiB may be kept."""
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def load(cls, text: bytes, where: str) -> Self:
        """The position in `text`; `where` is the stream, for people. Raises StoreError for anything `dump` did not write."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise StoreError(
                f"the saved position {text[:80]!r} cannot be read",
                where=where,
                hint="`cshub pull --full` with this stream reads it from the beginning",
            ) from error

    @staticmethod
    def either(text: bytes, where: str, one: type[C], other: type[D]) -> C | D:
        """The position in `text`, of the kind whose `read` it names. Raises StoreError as `load` does."""
        is_one = _read(text) == one.model_fields["read"].default
        return one.load(text, where) if is_one else other.load(text, where)


class Seen:
    """What an overlap gave already: ids with a stamp, a whole number that tells as what each was given, such as its time of change.

    A pull that begins a little before the last one's end finds the same rows again, and nobody needs to hear of them twice. A stamp
    may be negative to tell one thing from another at the same time, as a deletion from an edit; its age is its absolute value.
    """

    #: More are not remembered, for a cursor is small: the oldest are given again, which does no harm.
    MOST: ClassVar[int] = 1_000

    def __init__(self, before: Mapping[str, int]) -> None:
        self._known = dict(before)

    def has(self, id: str, stamp: int | None) -> bool:
        """Whether this was given, and just so. What has no stamp is always news."""
        return stamp is not None and self._known.get(id) == stamp

    def note(self, given: Iterable[tuple[str, int]], since: int) -> None:
        """These (id, stamp) are given now; of all, those with stamps of `since` or later are worth remembering, the `MOST` newest."""
        self._known.update(given)
        recent = sorted(((abs(at), id) for id, at in self._known.items() if abs(at) >= since), reverse=True)
        self._known = {id: self._known[id] for _, id in recent[: self.MOST]}

    @property
    def known(self) -> dict[str, int]:
        """Id → stamp, as the cursor has to carry it: newest first."""
        return dict(self._known)


def _read(text: bytes) -> object:
    """What the text says under `read`, None where it says nothing."""
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found.get("read") if isinstance(found, dict) else None
