"""Intercom's JSON values and what they mean. Which field feeds which column is `mapping.py`'s part.

REST answers carry Unix seconds; webhooks, attributes and later versions also ISO text: both are read. Numbers and flags may come as text.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from cshub import JSON, Type

Convert: TypeAlias = Callable[[JSON], object]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT = 2**53


def epoch_s(moment: datetime) -> int:
    """Whole seconds since 1970, cut, never rounded up."""
    return (moment - _EPOCH) // timedelta(seconds=1)


def moment(seconds: int) -> datetime:
    """The aware instant of these Unix seconds."""
    return _EPOCH + timedelta(seconds=seconds)


def text(value: JSON) -> str | None:
    """A text as it stands, None when empty; numbers and flags as text."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    raise ValueError(f"holds {_sort(value)} where text belongs")


def number(value: JSON) -> int | float:
    """A finite number, whole ones as int."""
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"holds {_shown(value)}, which is not a number")
    return int(found) if found.is_integer() and abs(found) < _EXACT else found


def integer(value: JSON) -> int:
    """A whole number."""
    found = number(value)
    if isinstance(found, float):
        raise ValueError(f"holds {_shown(value)}, which is not a whole number")
    return found


def flag(value: JSON) -> bool:
    """True or false, also as text."""
    if isinstance(value, bool):
        return value
    word = value.lower() if isinstance(value, str) else ""
    if word not in ("true", "false"):
        raise ValueError(f"holds {_shown(value)}, which is neither true nor false")
    return word == "true"


def time(value: JSON) -> datetime:
    """An instant, from Unix seconds or ISO text (UTC where it names no zone)."""
    try:
        if type(value) is int:
            return _EPOCH + timedelta(seconds=value)
        if isinstance(value, str) and not value.isdigit():
            found = datetime.fromisoformat(value)
            return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
        return _EPOCH + timedelta(seconds=number(value))
    except (ValueError, OverflowError):
        raise ValueError(f"holds {_shown(value)}, which is not a time") from None


def day(value: JSON) -> date:
    """A date; of an instant, its day in UTC."""
    return time(value).date()


def names(value: JSON) -> tuple[str, ...]:
    """The names in a list: of tags (`{"tags": [{"name": …}]}`), of other named things, or plain texts; once each, sorted."""
    inner = value.get("tags", value.get("data")) if isinstance(value, dict) else value
    if not isinstance(inner, list):
        raise ValueError(f"holds {_sort(value)} where a list belongs")
    found = (item.get("name") if isinstance(item, dict) else item for item in inner)
    return tuple(sorted({str(each) for each in found if isinstance(each, str | int | float) and each != ""}))


CONVERT: Mapping[Type, Convert] = {
    Type.TEXT: text,
    Type.NUMBER: number,
    Type.INTEGER: integer,
    Type.FLAG: flag,
    Type.TIME: time,
    Type.DATE: day,
    Type.LIST: names,
}


def _shown(value: JSON) -> str:
    return repr(value)[:40] if isinstance(value, str | int | float | bool) else _sort(value)


def _sort(value: JSON) -> str:
    return {dict: "an object", list: "a list", type(None): "nothing"}.get(type(value), f"a {type(value).__name__}")
