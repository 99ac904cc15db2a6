"""HubSpot's property texts and what they mean, both ways. Which property feeds which column is `mapping.py`'s part.

HubSpot sends every value as text: numbers `72` or `72.0`, instants as ISO text or epoch milliseconds, dates as
`YYYY-MM-DD` or the milliseconds of midnight UTC, lists with `;`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from cshub import Type, Value

#: Eight digits are a date in ISO text; fifteen are beyond the year 9999.
_MS = re.compile(r"-?\d{9,14}|0")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT = 2**53
_DIGITS = 400


def epoch_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, cut, never rounded up."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment(ms: int) -> datetime:
    """The aware instant of these epoch milliseconds."""
    return _EPOCH + timedelta(milliseconds=ms)


def time(text: str) -> datetime:
    """An instant, from ISO text (UTC where it names no zone) or epoch milliseconds."""
    if _MS.fullmatch(text):
        return moment(int(text))
    try:
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{text[:40]!r} is not a time") from None


def day(text: str) -> date:
    """A date; of an instant, its day in UTC."""
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else time(text).date()
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a date") from None


def number(text: str) -> int | float:
    """A finite number; whole ones as int, so that `72` and `72.0` are the same."""
    try:
        found = float(text)
    except ValueError:
        raise ValueError(f"{text[:40]!r} is not a number") from None
    if not math.isfinite(found):
        raise ValueError(f"{text[:40]!r} is not a finite number")
    return int(found) if found.is_integer() and abs(found) < _EXACT else found


def integer(text: str) -> int:
    """A whole number."""
    found = number(text)
    if isinstance(found, float):
        raise ValueError(f"{text[:40]!r} is not a whole number")
    return found


def flag(text: str) -> bool:
    """`true` or `false`, in any case."""
    word = text.lower()
    if word not in ("true", "false"):
        raise ValueError(f"{text[:40]!r} is neither true nor false")
    return word == "true"


def items(text: str) -> tuple[str, ...]:
    """The parts of a `;`-separated list, without empty ones and repetitions."""
    return tuple(dict.fromkeys(part for part in map(str.strip, text.split(";")) if part))


def _same(text: str) -> str:
    return text


PARSERS: Mapping[Type, Callable[[str], object]] = {
    Type.TEXT: _same,
    Type.NUMBER: number,
    Type.INTEGER: integer,
    Type.FLAG: flag,
    Type.TIME: time,
    Type.DATE: day,
    Type.LIST: items,
}


def canonical(text: object, vendor_type: str) -> Value:
    """HubSpot's text of a property of this type in cshub's one spelling; None when empty. Unreadable text stays as it is."""
    if text is None or text == "":
        return None
    plain = str(text)
    try:
        return _CANONICAL.get(vendor_type, _same)(plain)
    except ValueError:
        return plain


def wire(value: Value) -> str:
    """Canonical text as HubSpot takes it; empty clears the property."""
    return "" if value is None else value


def _canonical_number(text: str) -> str:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not found.is_finite() or abs(found.adjusted()) > _DIGITS:
        raise ValueError(text)
    plain = format(found, "f")
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    return "0" if plain in ("-0", "") else plain


def _canonical_time(text: str) -> str:
    return time(text).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


def _canonical_day(text: str) -> str:
    return day(text).isoformat()


_CANONICAL: Mapping[str, Callable[[str], str]] = {
    "number": _canonical_number,
    "datetime": _canonical_time,
    "date": _canonical_day,
    "bool": str.lower,
}
