"""Unix seconds, and the calendar days of a time zone that contact searches cut them to."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def seconds(instant: datetime) -> int:
    """Unix seconds of an aware datetime."""
    return int(instant.timestamp())


def day_of(stamp: int, zone: ZoneInfo) -> tuple[int, int]:
    """First second of the day around a stamp in that zone, and first second of the next."""
    day = datetime.fromtimestamp(stamp, UTC).astimezone(zone).date()
    first = datetime.combine(day, time.min, zone)
    following = datetime.combine(day + timedelta(days=1), time.min, zone)
    return seconds(first), seconds(following)


UTC_ZONE = ZoneInfo("UTC")
