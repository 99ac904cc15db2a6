"""Instants, dates and whole days as the rule language counts them: epoch milliseconds, UTC, rounded down."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

#: Milliseconds in a day.
DAY = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH_DAY = _EPOCH.toordinal()


def to_ms(instant: datetime) -> int:
    """Epoch milliseconds of an aware datetime, rounded down."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(ms: int) -> datetime:
    """The aware UTC datetime of epoch milliseconds."""
    return _EPOCH + ms * _MILLISECOND


def epoch_day(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - _EPOCH_DAY


def day_text(day: int) -> str:
    """The date `YYYY-MM-DD` of days since 1970-01-01."""
    return date.fromordinal(day + _EPOCH_DAY).isoformat()


def days_since(fact: datetime | date, as_of: datetime) -> int:
    """Whole days from the fact to `as_of`, rounded down; dates count calendar days in UTC."""
    if isinstance(fact, datetime):
        return (to_ms(as_of) - to_ms(fact)) // DAY
    return to_ms(as_of) // DAY - epoch_day(fact)


def days_until(fact: datetime | date, as_of: datetime) -> int:
    """Whole days from `as_of` to the fact, rounded down; dates count calendar days in UTC."""
    if isinstance(fact, datetime):
        return (to_ms(fact) - to_ms(as_of)) // DAY
    return epoch_day(fact) - to_ms(as_of) // DAY


def next_day_since(fact: datetime | date, as_of: datetime) -> int:
    """The first millisecond after `as_of` at which `days_since` gives another number."""
    if isinstance(fact, datetime):
        return to_ms(fact) + (days_since(fact, as_of) + 1) * DAY
    return (to_ms(as_of) // DAY + 1) * DAY


def next_day_until(fact: datetime | date, as_of: datetime) -> int:
    """The first millisecond after `as_of` at which `days_until` gives another number."""
    if isinstance(fact, datetime):
        return to_ms(fact) - days_until(fact, as_of) * DAY + 1
    return (to_ms(as_of) // DAY + 1) * DAY
