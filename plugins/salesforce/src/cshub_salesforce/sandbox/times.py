"""Instants as Salesforce writes and reads them: whole seconds, UTC, and an offset without a colon."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

DAY_MS = 86_400_000
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(\.\d+)?(Z|[+-]\d\d:?\d\d)?")


def whole_second(ms: int) -> int:
    """The instant cut to its second, as every stamp is."""
    return ms // 1000 * 1000


def to_ms(instant: datetime) -> int:
    """Epoch milliseconds of an aware instant, cut to the second."""
    return whole_second(round(instant.timestamp() * 1000))


def rest_text(ms: int) -> str:
    """`2026-05-06T11:29:24.000+0000`."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def csv_text(ms: int) -> str:
    """`2026-05-06T11:29:24.000Z`, as Bulk writes it."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def parse_instant(text: str) -> int:
    """Epoch milliseconds of an ISO instant, UTC where it names no offset. Raises ValueError."""
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"no instant: {text}")
    found = datetime.fromisoformat(text)
    return to_ms(found if found.tzinfo else found.replace(tzinfo=UTC))


def parse_day(text: str) -> str:
    """A day in its one form. Raises ValueError."""
    return date.fromisoformat(text[:10]).isoformat()


def day_of(ms: int) -> date:
    """The day of an instant in UTC."""
    return datetime.fromtimestamp(ms / 1000, UTC).date()
