"""A score in the words of the account page: the canonical value of each standard field (EXPERIENCE.md §2). Pure.

Values carry dates and never ages, so that the same facts give the same text tomorrow.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from ...model import MICRO, Driver, SavedScore, Status, Value

#: The stored value of Health when there is no score.
NOT_ENOUGH = "not_enough_data"
WHY_LENGTH = 255
DETAIL_LENGTH = 60_000
_TOP = 3
_SAID = ("signal", "points", "cap")


def values(score: SavedScore) -> dict[str, Value]:
    """Every standard field of a score by its standard name."""
    return {name: render(score) for name, render in RENDERERS.items()}


def why(score: SavedScore) -> str:
    """The top three drivers with signed points, and any source that is not up to date; at most 255 characters."""
    if score.micro is None:
        return cut(_with_stale(score.reason or "Not enough data", score), WHY_LENGTH)
    told = sorted((d for d in score.drivers if d.sort in _SAID and d.micro), key=lambda d: (-abs(d.micro), d.name))
    parts = [f"{driver.text or driver.name} ({points(driver.micro)})" for driver in told[:_TOP]]
    return cut(_with_stale("; ".join(parts) or "Nothing stands out", score), WHY_LENGTH)


def why_detail(score: SavedScore) -> str:
    """Every line of the explanation, one per row; the points add up to the score."""
    head = (
        f"Score {number(score.micro)}" if score.micro is not None else f"No score: {score.reason or 'not enough data'}"
    )
    lines = [head, *(_detail(driver) for driver in score.drivers)]
    if score.stale:
        lines.append("Not up to date: " + ", ".join(score.stale))
    return cut("\n".join(lines), DETAIL_LENGTH)


def points(micro: int) -> str:
    """Signed points for people: whole ones, or one decimal below ten; `−18`, `+0.4`."""
    tenths = _half_up(abs(micro), MICRO // 10)
    whole = _half_up(abs(micro), MICRO)
    text = str(whole) if tenths >= 100 or tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}"
    return ("−" if micro < 0 else "+") + text


def number(micro: int | None) -> Value:
    """A score as a plain decimal without trailing zeros."""
    if micro is None:
        return None
    whole, rest = divmod(abs(micro), MICRO)
    text = str(whole) if not rest else f"{whole}.{rest:06d}".rstrip("0")
    return f"-{text}" if micro < 0 else text


def instant(at: datetime | None) -> Value:
    """An instant in canonical text."""
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


def cut(text: str, length: int) -> str:
    """At most `length` characters, the last one an ellipsis when something was left out."""
    return text if len(text) <= length else text[: length - 1] + "…"


def _health(score: SavedScore) -> Value:
    return score.band if score.micro is not None and score.band else NOT_ENOUGH


def _since(score: SavedScore) -> Value:
    return None if score.band_state is None else score.band_state.since.strftime("%Y-%m-%d")


def _coverage(score: SavedScore) -> Value:
    return str(_half_up(round(score.coverage * MICRO), MICRO // 100))


def _detail(driver: Driver) -> str:
    name = f"{driver.group} / {driver.name}" if driver.group else driver.name
    value = "" if driver.value is None else f" = {driver.value}"
    state = "" if driver.status is Status.OK else f" [{driver.status.replace('_', ' ')}]"
    text = f": {driver.text}" if driver.text else ""
    return f"{points(driver.micro)}  {name}{value}{state}{text}"


def _with_stale(text: str, score: SavedScore) -> str:
    return f"{text}; not up to date: {', '.join(score.stale)}" if score.stale else text


def _half_up(amount: int, unit: int) -> int:
    return (2 * amount + unit) // (2 * unit)


RENDERERS: Mapping[str, Callable[[SavedScore], Value]] = {
    "health": _health,
    "health_score": lambda score: number(score.micro),
    "why": why,
    "why_detail": why_detail,
    "health_since": _since,
    "data_as_of": lambda score: instant(score.data_as_of),
    "coverage": _coverage,
    "scorecard": lambda score: cut(f"{score.scorecard} {score.scorecard_hash}", 40),
}
