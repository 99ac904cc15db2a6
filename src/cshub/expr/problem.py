"""The one error of the rule language, and the nearest known name for it. What is wrong is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from ..errors import ConfigError

_SHOWN = 12


class ExprError(ConfigError):
    """A rule is not understood. `column` counts characters from 0 inside the rule's own text."""

    code = "rule"

    def __init__(self, message: str, column: int, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.column = column


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word closest to a mistyped one, if any is close."""
    found = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return found[0] if found else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for an unknown word: the nearest known one, else what is known."""
    names = sorted(known)
    close = nearest(word, names)
    if close is not None:
        return f"did you mean {close}?"
    more = ", …" if len(names) > _SHOWN else ""
    return f"known here: {', '.join(names[:_SHOWN])}{more}" if names else "nothing is known here"
