"""Intercom's versions: numbers compared as numbers, and the resources each of them lacks."""

from __future__ import annotations

from typing import TypeAlias

from .refusals import version_invalid

Version: TypeAlias = tuple[int, int]

PREVIEW: Version = (99, 0)
KNOWN: dict[str, Version] = (
    {f"1.{minor}": (1, minor) for minor in range(5)}
    | {f"2.{minor}": (2, minor) for minor in range(18)}
    | {"Preview": PREVIEW}
)
#: The first version with today's contacts, conversations and companies.
MODERN: Version = (2, 0)
V2_12: Version = (2, 12)
V2_14: Version = (2, 14)
V2_15: Version = (2, 15)
V2_16: Version = (2, 16)
V2_17: Version = (2, 17)


def version_of(text: str) -> Version:
    """The version of a header. Raises Refused for one Intercom does not know."""
    if text.strip() not in KNOWN:
        raise version_invalid(f"The requested version '{text}' is invalid")
    return KNOWN[text.strip()]
