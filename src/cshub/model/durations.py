"""How long and how much: `15m`, `6h`, `30d`, `1w` as timedeltas and `20%` as shares, for YAML and for plugin settings."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_DURATION = re.compile(r"(?P<number>[0-9]{1,6}) ?(?P<unit>[smhdw])")
_WORDY = re.compile(r"(?P<number>[0-9]{1,6}) ?(?P<unit>[a-z]+)")
_PERCENT = re.compile(r"(?P<number>[0-9]{1,3}(?:\.[0-9]{1,6})?) ?%")
_EXAMPLES = "write a whole number with s, m, h, d or w, like 15m, 6h, 30d, 1w"


def duration(text: object) -> timedelta:
    """`15m` as a timedelta; s, m (minutes), h, d, w are known. Raises ValueError with a sentence for people."""
    if isinstance(text, timedelta):
        return text
    if isinstance(text, bool) or not isinstance(text, (str, int, float)):
        raise ValueError(f"needs a duration; {_EXAMPLES}")
    written = str(text).strip().lower()
    if found := _DURATION.fullmatch(written):
        return timedelta(seconds=int(found["number"]) * _UNITS[found["unit"]])
    if isinstance(text, (int, float)) or written.isdigit():
        raise ValueError(f"needs a unit; {_EXAMPLES}")
    if (wordy := _WORDY.fullmatch(written)) and wordy["unit"] in ("min", "mins", "minute", "minutes"):
        raise ValueError(f"is no duration; did you mean {wordy['number']}m?")
    if wordy and wordy["unit"] in ("month", "months", "mo"):
        raise ValueError(f"is no duration; a month is 30 days: did you mean {int(wordy['number']) * 30}d?")
    if wordy and wordy["unit"][0] in _UNITS:
        raise ValueError(f"is no duration; did you mean {wordy['number']}{wordy['unit'][0]}?")
    raise ValueError(f"is no duration; {_EXAMPLES}")


def share(value: object) -> float:
    """`20%` or `0.2` as 0.2. Raises ValueError with a sentence for people."""
    if isinstance(value, str) and (found := _PERCENT.fullmatch(value.strip())):
        number = float(found["number"]) / 100
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        number = float(value)
    else:
        raise ValueError("needs a share, like 20% or 0.2")
    if not 0 <= number <= 1:
        raise ValueError("needs a share from 0% to 100% (0.2 is 20%)")
    return number


Duration = Annotated[
    timedelta, BeforeValidator(duration), WithJsonSchema({"type": "string", "pattern": r"^[0-9]+ ?[smhdw]$"})
]
Share = Annotated[
    float,
    BeforeValidator(share),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": r"^[0-9.]+ ?%$"}, {"type": "number"}]}),
]
