"""A score as the account page shows it: the canonical value of each standard field (EXPERIENCE.md §2). Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from ...config import NOT_ENOUGH_DATA
from ...model import SavedScore, Value
from ...scoring.words import cut, number, percent, risk_why, why, why_detail

_SCORECARD_LENGTH = 40


def values(score: SavedScore) -> dict[str, Value]:
    """Every standard field of a score by its standard name."""
    return {name: render(score) for name, render in RENDERERS.items()}


def _health(score: SavedScore) -> Value:
    if score.spoken is not None:
        return score.spoken.band
    return score.band if score.micro is not None and score.band else NOT_ENOUGH_DATA


def _since(score: SavedScore) -> Value:
    """The first day in the band shown, also where a person said it; without a score there is none, though the last one may come back."""
    if score.spoken is not None:
        return None if score.spoken.at is None else score.spoken.at.strftime("%Y-%m-%d")
    if score.micro is None or score.band_state is None:
        return None
    return score.band_state.since.strftime("%Y-%m-%d")


def _instant(at: datetime | None) -> Value:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")


RENDERERS: Mapping[str, Callable[[SavedScore], Value]] = {
    "health": _health,
    "health_score": lambda score: number(score.shown_micro),
    "trend": lambda score: score.trend,
    "change_30d": lambda score: number(score.change_micro),
    "why": why,
    "why_detail": why_detail,
    "churn_risk": lambda score: None if score.risk is None else number(score.risk.micro),
    "risk_why": risk_why,
    "health_since": _since,
    "data_as_of": lambda score: _instant(score.data_as_of),
    "coverage": lambda score: percent(score.coverage),
    "scorecard": lambda score: cut(f"{score.scorecard} {score.scorecard_hash}", _SCORECARD_LENGTH),
}
