"""JSON values as they stand in a response, as values of cshub's types. Which value feeds which column is `mapping.py`'s part.

Traits are whatever the customer's own page sent, so a number may well come as text and the other way round.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import cast

from cshub import JSON, Scalar, Type

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def epoch_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, cut, never rounded up."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment(ms: int) -> datetime:
    """The aware instant of these epoch milliseconds."""
    return _EPOCH + timedelta(milliseconds=ms)


def time(value: JSON) -> datetime:
    """An instant from ISO text, in UTC where it names no zone. Raises ValueError."""
    if not isinstance(value, str):
        raise ValueError(f"{_shown(value)} is not a time")
    try:
        found = datetime.fromisoformat(value.strip())
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{_shown(value)} is not a time") from None


def day(value: JSON) -> date:
    """A date; of an instant, its day in UTC. Raises ValueError."""
    try:
        return time(value).date()
    except ValueError:
        raise ValueError(f"{_shown(value)} is not a date") from None


def number(value: JSON) -> int | float:
    """A finite number. Raises ValueError."""
    try:
        found = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"{_shown(value)} is not a number")
    return int(found) if found.is_integer() else found


def integer(value: JSON) -> int:
    """A whole number. Raises ValueError."""
    found = number(value)
    if isinstance(found, float):
        raise ValueError(f"{_shown(value)} is not a whole number")
    return found


def flag(value: JSON) -> bool:
    """True or false, also as text in any case. Raises ValueError."""
    word = text(value).lower()
    if word not in ("true", "false"):
        raise ValueError(f"{_shown(value)} is neither true nor false")
    return word == "true"


def text(value: JSON) -> str:
    """Text as it is; numbers and booleans as JSON writes them. Raises ValueError for lists and objects."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, str | int | float):
        return str(value)
    raise ValueError(f"holds a {'list' if isinstance(value, list) else 'nested object'} where one value belongs")


_PARSERS: Mapping[Type, Callable[[JSON], object]] = {
    Type.TEXT: text,
    Type.NUMBER: number,
    Type.INTEGER: integer,
    Type.FLAG: flag,
    Type.TIME: time,
    Type.DATE: day,
}


def parsed(value: JSON, type: Type) -> Scalar:
    """A value of this type, None for an empty one. Raises ValueError."""
    found = None if value is None or value in ("", []) else _PARSERS[type](value)
    return cast(Scalar, found)  # a date is one to the store, though not to the type


def _shown(value: JSON) -> str:
    """What people see of a value: traits may be personal, so only what is short and plain."""
    return repr(value)[:40] if isinstance(value, str | int | float | bool) else f"a {type(value).__name__}"
