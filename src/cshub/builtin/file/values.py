"""One value of a file as the type its column wants. Pure; a value that does not fit is a ValueError that completes "<column> …"."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import TypeAlias

from cshub import Column, Type

#: Takes what CSV (texts) and JSON (anything) hold, and gives what a row holds; None for nothing.
Parse: TypeAlias = Callable[[object], object]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]+")
_FLAGS = {
    **dict.fromkeys(("true", "yes", "y", "t", "1"), True),
    **dict.fromkeys(("false", "no", "n", "f", "0"), False),
}
#: Columns that every kind keeps in lower case; domains also without `www.`.
_LOWER = frozenset({"email", "contact_email", "account_domain", "domains"})
_DOMAINS = frozenset({"account_domain", "domains"})


def parser(column: Column, pattern: str | None = None) -> Parse:
    """What reads values of this column. `pattern` is a strptime format for times and dates; None means ISO 8601."""
    if column.type is Type.TEXT:
        return _one_of(column.values) if column.values else _text_of(column.name)
    if column.type is Type.LIST:
        return lambda value: _list(value, column.name)
    if column.type in (Type.TIME, Type.DATE):
        instant = _instant_by(pattern)
        return instant if column.type is Type.TIME else lambda value: _day(instant(value))
    return _SIMPLE[column.type]


def text(value: object) -> str | None:
    """A text; an empty one says nothing, like a null. Raises ValueError for what no text is, and for broken characters."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"is a JSON {'list' if isinstance(value, list) else 'object'}, not a text")
    if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
        raise ValueError("holds bytes that are not text in this encoding")
    if "\0" in value:
        raise ValueError("holds a NUL character")
    return value


def _text_of(name: str) -> Parse:
    if name in _DOMAINS:
        return lambda value: _domain(text(value))
    if name in _LOWER:
        return lambda value: found.strip().lower() if (found := text(value)) else None
    return text


def _domain(found: str | None) -> str | None:
    return found.strip().lower().removeprefix("www.") or None if found else None


def _one_of(allowed: tuple[str, ...]) -> Parse:
    def parse(value: object) -> object:
        found = text(value)
        if found is not None and found not in allowed:
            raise ValueError(f"is {found[:40]!r}, not one of {', '.join(allowed)}")
        return found

    return parse


def _list(value: object, name: str) -> object:
    """Texts: a JSON list, or one text split at semicolons."""
    parts = value if isinstance(value, list) else (text(value) or "").split(";")
    clean = _text_of(name)
    found = (clean(part.strip() if isinstance(part, str) else part) for part in parts)
    return tuple(part for part in found if part) or None


def _number(value: object) -> float | int | None:
    written = _written(value)
    if written is None:
        return None
    if not _NUMBER.fullmatch(written):
        raise ValueError(f"is {written[:40]!r}, not a number")
    number = int(written) if _WHOLE.fullmatch(written) and len(written) <= 18 else float(written)
    if not math.isfinite(number):
        raise ValueError(f"is {written[:40]!r}, beyond any number")
    return number


def _integer(value: object) -> int | None:
    number = _number(value)
    if number is None or number == int(number):
        return None if number is None else int(number)
    raise ValueError(f"is {number}, not a whole number")


def _flag(value: object) -> bool | None:
    written = _written(value, flags=True)
    if written is None:
        return None
    if written.lower() not in _FLAGS:
        raise ValueError(f"is {written[:40]!r}; a flag is true or false, yes or no, 1 or 0")
    return _FLAGS[written.lower()]


def _instant_by(pattern: str | None) -> Callable[[object], datetime | None]:
    def instant(value: object) -> datetime | None:
        written = _written(value)
        if written is None:
            return None
        try:
            found = datetime.strptime(written, pattern) if pattern else datetime.fromisoformat(written)  # noqa: DTZ007 - UTC is added below
        except ValueError:
            wanted = f"as {pattern} says" if pattern else "as 2026-03-31 or 2026-03-31T12:00:00Z"
            raise ValueError(f"is {written[:40]!r}, not a time written {wanted}") from None
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)

    return instant


def _day(instant: datetime | None) -> date | None:
    return instant.date() if instant else None


def _written(value: object, *, flags: bool = False) -> str | None:
    """The value as stripped text, None for nothing; a JSON true is a text for flags alone."""
    if isinstance(value, bool) and not flags:
        raise ValueError("is a JSON true or false")
    found = text(value)
    return found.strip() or None if found else None


_SIMPLE: Mapping[Type, Parse] = {Type.NUMBER: _number, Type.INTEGER: _integer, Type.FLAG: _flag}
