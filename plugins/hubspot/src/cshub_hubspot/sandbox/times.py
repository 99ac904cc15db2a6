"""HubSpot's ways to write an instant or a day: epoch milliseconds and ISO going in, ISO coming out."""

from __future__ import annotations

from datetime import UTC, date, datetime

DAY_MS = 86_400_000


def iso(ms: int) -> str:
    """`2026-03-12T07:32:59.531Z`."""
    return datetime.fromtimestamp(ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{ms % 1000:03d}Z"


def to_ms(instant: datetime) -> int:
    """Epoch milliseconds of an aware datetime."""
    return int(instant.timestamp() * 1000)


def parse_instant(text: str) -> int:
    """Epoch milliseconds of digits, of an ISO instant or of a day. Raises ValueError for anything else."""
    if text.lstrip("-").isdigit():
        return int(text)
    instant = datetime.fromisoformat(text)
    return to_ms(instant if instant.tzinfo else instant.replace(tzinfo=UTC))


def parse_day(text: str) -> str:
    """`YYYY-MM-DD` of such a day or of its midnight in epoch milliseconds. Raises ValueError for another hour."""
    if text.lstrip("-").isdigit():
        ms = int(text)
        if ms % DAY_MS:
            raise ValueError(f"{text} is not at midnight UTC for the day")
        return datetime.fromtimestamp(ms // 1000, UTC).date().isoformat()
    return date.fromisoformat(text[:10]).isoformat()
