"""What may be written into a field: from the JSON or text of a writer to the value that is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal

from cshub.testing.sandbox import JSON

from .fields import Field, Value
from .ids import full_id
from .refusals import Problem
from .times import parse_day, parse_instant

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
SPOKEN = {True: "VALUE_TRUE", False: "VALUE_FALSE"}


class Unfit(Exception):
    """A value that cannot be kept, with the reason."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


def stored(field: Field, value: JSON) -> Value:
    """The value as the org keeps it, None for null and empty text. Raises Unfit."""
    if value is None or value == "":
        return False if field.type == "boolean" else None
    if isinstance(value, dict | list):
        raise _undecodable(field, value)
    return _READERS.get(field.type, _text)(field, value)


def _text(field: Field, value: JSON) -> Value:
    if not isinstance(value, str):
        raise _undecodable(field, value)
    # Salesforce trims what it keeps.
    text = value.strip()
    if field.length and len(text) > field.length:
        message = f"{field.label}: data value too large: {text[:80]} (max length={field.length})"
        raise Unfit(Problem(code="STRING_TOO_LONG", message=message, fields=(field.name,)))
    return text or None


def _email(field: Field, value: JSON) -> Value:
    text = _text(field, value)
    if isinstance(text, str) and not _EMAIL.fullmatch(text):
        message = f"{field.label}: invalid email address: {text}"
        raise Unfit(Problem(code="INVALID_EMAIL_ADDRESS", message=message, fields=(field.name,)))
    return text


def _choice(field: Field, value: JSON) -> Value:
    text = _text(field, value)
    if not field.restricted or text is None:
        return text
    found = next((each.value for each in field.choices if each.value.lower() == str(text).lower()), None)
    if found is None:
        message = f"{field.label}: bad value for restricted picklist field: {text}"
        raise Unfit(Problem(code="INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message=message, fields=(field.name,)))
    return found


def _number(field: Field, value: JSON) -> Value:
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise ValueError(value)
        rounded = Decimal(str(value)).quantize(Decimal(1).scaleb(-field.scale), ROUND_HALF_UP)
    except (ArithmeticError, ValueError):
        raise _undecodable(field, value) from None
    if field.precision and abs(rounded) >= Decimal(10) ** (field.precision - field.scale):
        message = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise Unfit(Problem(code="NUMBER_OUTSIDE_VALID_RANGE", message=message, fields=(field.name,)))
    return int(rounded) if field.type == "int" else float(rounded)


def _flag(field: Field, value: JSON) -> Value:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise _undecodable(field, value)


def _instant(field: Field, value: JSON) -> Value:
    try:
        return parse_instant(str(value)) if "T" in str(value) else parse_instant(f"{parse_day(str(value))}T00:00:00Z")
    except ValueError:
        raise _undecodable(field, value) from None


def _day(field: Field, value: JSON) -> Value:
    try:
        return parse_day(str(value))
    except ValueError:
        raise _undecodable(field, value) from None


def _reference(field: Field, value: JSON) -> Value:
    found = full_id(value)
    if found is None:
        message = f"{field.label}: id value of incorrect type: {value}"
        raise Unfit(Problem(code="MALFORMED_ID", message=message, fields=(field.name,)))
    return found


_READERS: dict[str, Callable[[Field, JSON], Value]] = {
    "email": _email,
    "picklist": _choice,
    "double": _number,
    "currency": _number,
    "percent": _number,
    "int": _number,
    "boolean": _flag,
    "datetime": _instant,
    "date": _day,
    "reference": _reference,
    "id": _reference,
}


def _undecodable(field: Field, value: JSON) -> Unfit:
    kind = "boolean" if field.type == "boolean" else field.type if field.type in ("date", "datetime") else ""
    wanted = kind or ("double" if field.type in _READERS and _READERS[field.type] is _number else "string")
    message = f"Cannot deserialize instance of {wanted} from {_spoken(value)} or request may be missing a required field at [line:1, column:1]"
    return Unfit(Problem(code="JSON_PARSER_ERROR", message=message, fields=(field.name,)))


def _spoken(value: JSON) -> str:
    if isinstance(value, bool):
        return f"{SPOKEN[value]} value {str(value).lower()}"
    if isinstance(value, dict | list):
        return "START_OBJECT" if isinstance(value, dict) else "START_ARRAY"
    kind = "VALUE_STRING" if isinstance(value, str) else "VALUE_NUMBER"
    return f"{kind} value {value}"


def told(value: Value) -> str | None:
    """A value as the write log tells it; stamps are epoch milliseconds."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.12g}" if isinstance(value, float) else str(value)
