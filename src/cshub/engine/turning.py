"""What would move a customer's band, by its saved readings and the scorecard that made its score."""

from __future__ import annotations

from collections.abc import Mapping

from ..config import Config
from ..model import Reading, SavedScore, Scorecard
from ..scoring import finish
from ..scoring.adjust import Owned, vetoed
from ..scoring.counterfactual import Turns, turns
from .earlier import scorecard_of
from .hub import Hub


def turning(hub: Hub, score: SavedScore) -> Turns | None:
    """The turns of a saved score.

    None where it has no band, is made of others' scores, is held by a veto, or where its scorecard cannot be read any more.
    """
    found, state = scorecard_of(hub, score), score.band_state
    card = found.card if found is not None else None
    if card is None or score.micro is None or state is None or score.children or score.is_frozen:
        return None
    if vetoed(card.bands, score.drivers) is not None or state.band not in [name for name, _ in card.bands.edges]:
        return None
    return turns(card, state.band, score.readings, _Asking(hub.config, card, score.customer).ask)


class _Asking:
    """The model with its adjusters, for one customer."""

    def __init__(self, config: Config, card: Scorecard, customer: str) -> None:
        self._registry = config.registry
        self._card = card
        self._customer = customer

    def ask(self, readings: Mapping[str, Reading]) -> int | None:
        """The score that readings would give; None without enough data, or when a plugin fails."""
        scored = self._registry.score(self._card, [(self._customer, readings)])[0][0]
        if scored is None or scored.micro is None:
            return None
        found, failures = self._registry.adjust([scored])
        if failures:
            return None
        owned: list[Owned] = [(owner.name, one) for owner, made in found for one in made]
        return finish(self._card, scored, owned).micro
