"""Which of a conversation's ratings is shown: before 2.15 the newest asked for, answered or not; since then the newest answered."""

from __future__ import annotations

from collections.abc import Mapping

from cshub.testing.sandbox import JSON

from .records import Record
from .versions import V2_15, Version

Rating = Mapping[str, JSON]


def ratings_of(conversation: Record) -> list[Rating]:
    """Every rating asked for, oldest first."""
    found = conversation.values.get("ratings")
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def newest_completed(conversation: Record) -> Rating | None:
    """The newest with a score."""
    return next((item for item in reversed(ratings_of(conversation)) if item.get("rating") is not None), None)


def shown_rating(conversation: Record, version: Version) -> Rating | None:
    """The rating an answer of that version carries."""
    if version >= V2_15:
        return newest_completed(conversation)
    found = ratings_of(conversation)
    return found[-1] if found else None
