"""From what a client sends to what HubSpot keeps: every value is text, checked against its property's type."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from cshub.testing.sandbox import JSON

from .refusals import ValueProblem
from .schema import Property
from .times import iso, parse_day, parse_instant

TEXT_LIMIT = 65_536


class Unfit(Exception):
    """A value HubSpot refuses; the arguments are its code and its sentence."""


def text_of(value: JSON) -> str:
    """The text of a JSON value: numbers are taken (though the official files want text), null clears."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    raise Unfit("INVALID_VALUE", "a property value must be text")


def stored(prop: Property, value: JSON, old: str | None) -> str:
    """The text HubSpot keeps for `value`; an empty one clears. Raises Unfit."""
    text = text_of(value)
    if not text:
        return ""
    if len(text) > TEXT_LIMIT:
        raise Unfit("PROPERTY_VALUE_TOO_LONG", f"{prop.name} is longer than {TEXT_LIMIT} characters")
    return CONVERTERS.get(prop.type, _text)(prop, text, old)


def problem(prop_name: str, unfit: Unfit) -> ValueProblem:
    """The refusal as HubSpot lists it."""
    code, message = unfit.args
    return ValueProblem(name=prop_name, code=code, message=message)


def same(prop: Property, old: str | None, new: str) -> bool:
    """Whether a write changes nothing."""
    if old is None:
        return new == ""
    if prop.type == "number" and new:
        return old == new or Decimal(old) == Decimal(new)
    return old == new


def _text(prop: Property, text: str, old: str | None) -> str:
    return text


def _number(prop: Property, text: str, old: str | None) -> str:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise Unfit("INVALID_LONG", f"{text} was not a valid number.") from None
    if not number.is_finite():
        raise Unfit("INVALID_LONG", f"{text} was not a valid number.")
    return text.strip()


def _datetime(prop: Property, text: str, old: str | None) -> str:
    try:
        return iso(parse_instant(text))
    except (ValueError, OverflowError, OSError):
        raise Unfit("INVALID_DATE", f"{text} was not a valid date-time.") from None


def _day(prop: Property, text: str, old: str | None) -> str:
    try:
        return parse_day(text)
    except (ValueError, OverflowError, OSError):
        raise Unfit("INVALID_DATE", f"{text} was not a valid date; send YYYY-MM-DD or midnight UTC.") from None


def _bool(prop: Property, text: str, old: str | None) -> str:
    if text not in ("true", "false"):
        raise Unfit("INVALID_BOOLEAN", f"{text} was not one of true, false.")
    return text


def _enumeration(prop: Property, text: str, old: str | None) -> str:
    if not prop.is_multiple:
        _check_options(prop, [text])
        return text
    asked = [part for part in text.split(";") if part]
    _check_options(prop, asked)
    before = (old or "").split(";") if text.startswith(";") else []
    return ";".join(dict.fromkeys([part for part in before if part] + asked))


def _check_options(prop: Property, asked: list[str]) -> None:
    allowed = {option.value for option in prop.options}
    for value in asked:
        if allowed and value not in allowed:
            listed = ", ".join(sorted(allowed))
            raise Unfit("INVALID_OPTION", f"{value} was not one of the allowed options: [{listed}]")


CONVERTERS = {
    "number": _number,
    "datetime": _datetime,
    "date": _day,
    "bool": _bool,
    "enumeration": _enumeration,
}
