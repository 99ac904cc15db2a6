"""Salesforce's values and what they mean, both ways. Which field feeds which column is `mapping.py`'s part.

REST sends JSON values and instants with `+0000`, bulk results are text with `Z`; both give the same here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from cshub import JSON, Type, Value

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXACT = 2**53
_DIGITS = 400
#: Describe's types by how their values look.
NUMBERS = frozenset({"double", "currency", "percent", "int", "long"})
FLAGS = frozenset({"boolean"})
#: Values of several parts, or of bytes: their parts are read, never they themselves.
COMPOUND = frozenset({"address", "location", "base64", "complexvalue", "anyType"})


def epoch_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, cut, never rounded up."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def moment(ms: int) -> datetime:
    """The aware instant of these epoch milliseconds."""
    return _EPOCH + timedelta(milliseconds=ms)


def plain(value: JSON) -> str | None:
    """A value as text: None when empty, numbers and flags in one spelling. Raises ValueError for objects and lists."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(number(value))
    raise ValueError(f"holds a {type(value).__name__} where one value belongs")


def time(value: JSON) -> datetime:
    """An instant; UTC where it names no zone."""
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else "")
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"{str(value)[:40]!r} is not a time") from None


def day(value: JSON) -> date:
    """A date; of an instant, its day in UTC."""
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
        return time(value).date()
    except ValueError:
        raise ValueError(f"{str(value)[:40]!r} is not a date") from None


def number(value: JSON) -> int | float:
    """A finite number; whole ones as int, so that `24` and `24.0` are the same."""
    try:
        found = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise ValueError(f"{str(value)[:40]!r} is not a finite number")
    return int(found) if found.is_integer() and abs(found) < _EXACT else found


def integer(value: JSON) -> int:
    """A whole number."""
    found = number(value)
    if isinstance(found, float):
        raise ValueError(f"{str(value)[:40]!r} is not a whole number")
    return found


def flag(value: JSON) -> bool:
    """A JSON boolean, or `true` or `false` in any case."""
    if isinstance(value, bool):
        return value
    word = str(value).lower()
    if word not in ("true", "false"):
        raise ValueError(f"{str(value)[:40]!r} is neither true nor false")
    return word == "true"


def items(value: JSON) -> tuple[str, ...]:
    """The parts of a multi-select picklist, without empty ones and repetitions."""
    return tuple(dict.fromkeys(part for part in map(str.strip, (plain(value) or "").split(";")) if part))


PARSERS: Mapping[Type, Callable[[JSON], object]] = {
    Type.TEXT: plain,
    Type.NUMBER: number,
    Type.INTEGER: integer,
    Type.FLAG: flag,
    Type.TIME: time,
    Type.DATE: day,
    Type.LIST: items,
}


def typed(text: str, vendor_type: str) -> JSON:
    """A cell of a bulk result as REST would have sent it, by the type that describe gives; never by what it looks like."""
    if text == "":
        return None
    if vendor_type in FLAGS:
        return flag(text)
    return number(text) if vendor_type in NUMBERS else text


def canonical(value: JSON, vendor_type: str) -> Value:
    """A field's value in cshub's one spelling; None when empty. What cannot be read stays as it is."""
    try:
        text = _number_text(value) if vendor_type in NUMBERS else plain(value)
    except ValueError:
        return str(value)
    if text is None:
        return None
    try:
        return _CANONICAL.get(vendor_type, str)(text)
    except ValueError:
        return text


def wire(value: Value, vendor_type: str) -> JSON:
    """Canonical text as Salesforce takes it; null clears a field, but a checkbox knows no empty."""
    if vendor_type in FLAGS:
        return value == "true"
    if value is None or vendor_type not in NUMBERS:
        return value
    try:
        exact = Decimal(value)
    except InvalidOperation:
        return value
    if not exact.is_finite():
        return value
    return int(exact) if exact == exact.to_integral_value() and abs(exact.adjusted()) < _DIGITS else float(exact)


def _number_text(value: JSON) -> str | None:
    """A number's digits as they came: the shortest that mean this float."""
    if isinstance(value, bool) or value is None or value == "":
        return None if value is None or value == "" else str(value).lower()
    return repr(value) if isinstance(value, int | float) else str(value)


def _canonical_number(text: str) -> str:
    try:
        found = Decimal(text)
    except InvalidOperation:
        raise ValueError(text) from None
    if not found.is_finite() or abs(found.adjusted()) > _DIGITS:
        raise ValueError(text)
    digits = format(found, "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits in ("-0", "") else digits


def _canonical_time(text: str) -> str:
    return time(text).replace(microsecond=0, tzinfo=None).isoformat() + "Z"


_CANONICAL: Mapping[str, Callable[[str], str]] = {
    **dict.fromkeys(NUMBERS, _canonical_number),
    **dict.fromkeys(FLAGS, str.lower),
    "datetime": _canonical_time,
    "date": lambda text: day(text).isoformat(),
}
