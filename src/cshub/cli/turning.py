"""What would move the band, in lines and as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..config import band_label
from ..model import MICRO, Scalar
from ..scoring.counterfactual import Turn, Turns
from ..scoring.words import number


def lines(found: Turns | None) -> Iterator[str]:
    """The section for people; nothing where there is nothing to say."""
    if found is None:
        return
    yield ""
    yield "What would move the band, one signal at a time and everything else equal:"
    yield from _way("up", found.better, found.unable_better)
    yield from _way("down", found.worse, found.unable_worse)
    if found.unknown:
        yield f"  not known: {', '.join(found.unknown)} (no data to start from)"


def document(found: Turns | None) -> dict[str, object] | None:
    """The turns as data."""
    if found is None:
        return None
    return {
        "better": [_turn(turn) for turn in found.better],
        "worse": [_turn(turn) for turn in found.worse],
        "unable_better": found.unable_better,
        "unable_worse": found.unable_worse,
        "unknown": found.unknown,
    }


def _way(way: str, turns: Sequence[Turn], unable: Sequence[str]) -> Iterator[str]:
    width = max((len(turn.metric) for turn in turns), default=0)
    for turn in turns:
        change = f"{_word(turn.now)} → {_word(turn.value)}"
        yield f"  {way:<4}  {turn.metric:<{width}}  {change}  gives {number(turn.micro)}, {band_label(turn.band)}"
    if unable:
        yield f"  {way:<4}  not alone: {', '.join(unable)}"


def _word(value: Scalar) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.9f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _turn(turn: Turn) -> dict[str, object]:
    return {
        "metric": turn.metric,
        "now": turn.now,
        "value": turn.value,
        "score": turn.micro / MICRO,
        "band": turn.band,
        "effort": turn.effort / MICRO,
    }
