"""The last known value of a signal whose policy is `last(…)`: it stands in for a missing one for a while, marked stale."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ..model import Reading, Status


def carried(reading: Reading, last: Reading | None, held: timedelta, as_of: datetime) -> Reading:
    """The reading to score with: itself, or the last known value as a stale reading that holds for `held`.

    `last` is the reading of the score in force. The time runs from the first scoring that found the value missing, which is when it
    was last known to hold, and is kept in `valid_until`; when it is over, the signal is missing. A source that is down is no missing
    value: there the last reading stands anyway. What does not apply is not missing either.
    """
    if reading.status is not Status.MISSING or last is None or last.value is None:
        return reading
    if last.status is Status.OK:
        until = as_of + held
    elif last.status is Status.STALE and last.valid_until is not None:
        until = last.valid_until
    else:
        return reading
    if until <= as_of:
        return reading
    note = f"last known value, counts until {until:%Y-%m-%d}"
    return replace(reading, value=last.value, status=Status.STALE, valid_until=until, note=note)
