"""The scorecard behind a saved score, whatever is in force today."""

from __future__ import annotations

from ..config.recorded import Recorded, recorded
from ..model import SavedScore
from .hub import Hub


def scorecard_of(hub: Hub, score: SavedScore) -> Recorded | None:
    """The scorecard that made the score, with its metrics; None where it cannot be read any more."""
    text = hub.store.scores.scorecard_text(score.scorecard_hash)
    return recorded(text, score.scorecard_hash, hub.config.registry, hub.config.extras) if text is not None else None
