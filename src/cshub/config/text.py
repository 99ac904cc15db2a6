"""Text of a trigger with `{field}`s: plain substitution from an allow-list, nothing else (TRUST S8)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_FIELD = re.compile(r"\{([^{}]*)\}")
#: What a text may name, besides the metrics.
TEXT_FIELDS = (
    "band", "coverage", "customer", "name", "previous_band", "score", "scorecard", "since", "trigger", "why",
)  # fmt: skip
DEFAULT_TEXT = "{name}: {why}"


def fields_of(text: str) -> Iterator[tuple[str, int]]:
    """Every `{field}` of a text with the position of its name."""
    for found in _FIELD.finditer(text):
        yield found[1], found.start(1)


def fill(text: str, fields: Mapping[str, str]) -> str:
    """The text with its fields; one that is not among them stays as it is written."""
    return _FIELD.sub(lambda found: fields.get(found[1], found[0]), text)
