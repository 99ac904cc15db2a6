"""SatisMeter's instants: ISO 8601 with milliseconds and `Z` going out, any ISO instant with a time zone coming in."""

from __future__ import annotations

from datetime import UTC, datetime

DAY_MS = 86_400_000


def iso(ms: int) -> str:
    """`2026-03-12T07:32:59.531Z`."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def to_ms(instant: datetime) -> int:
    """Epoch milliseconds of an aware datetime."""
    return round(instant.timestamp() * 1000)


def parse(text: str) -> int:
    """Epoch milliseconds of an ISO instant. Raises ValueError for anything else, and without a time zone."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return to_ms(instant)
