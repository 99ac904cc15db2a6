"""Values of the Python side and their form in the store: instants as epoch milliseconds, dates, lists and documents as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

import orjson

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | dict[str, JSON] | None"

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """Epoch milliseconds of an aware instant, rounded down. Raises ValueError for one without a zone."""
    if instant.tzinfo is None:
        raise ValueError("a time without a zone")
    return (instant - EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    """The aware UTC instant of epoch milliseconds."""
    return EPOCH + milliseconds * _MILLISECOND


def to_ms_or_none(instant: datetime | None) -> int | None:
    """`to_ms`, letting None through."""
    return None if instant is None else to_ms(instant)


def from_ms_or_none(milliseconds: int | None) -> datetime | None:
    """`from_ms`, letting None through."""
    return None if milliseconds is None else from_ms(milliseconds)


def to_day(day: date) -> str:
    """`YYYY-MM-DD`."""
    return day.isoformat()


def from_day(text: str) -> date:
    """The date of `YYYY-MM-DD`."""
    return date.fromisoformat(text)


def to_json(value: JSON) -> str:
    """Canonical JSON text: sorted keys, no spaces. Raises TypeError for what JSON cannot hold, lone surrogates included."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def from_json(text: str) -> JSON:
    """The value of JSON text."""
    value: JSON = orjson.loads(text)
    return value


def storable(text: str) -> str:
    """The same text with what a database cannot hold (NUL, half characters) made visible."""
    return text.replace("\0", "␀").encode("utf-8", "backslashreplace").decode()
