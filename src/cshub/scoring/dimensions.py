"""Sub-scores: what the signals of each dimension say together, whatever group they stand in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import lcm

from ..model import Driver, Group, Scorecard
from .rounding import half_up

#: The model whose signals add their points up; all others weigh them.
_ADDS = "additive"


class Dimensions:
    """The sub-scores of a scorecard. Without a signal that carries a dimension there are none."""

    def __init__(self, card: Scorecard) -> None:
        self._adds = card.model == _ADDS
        self._weights = dict(_weights(card.root, Fraction(1)))

    def of(self, drivers: Sequence[Driver]) -> Mapping[str, int]:
        """Micro-points by dimension: the mean of its signals by their share of the card's weight, over those with points.

        In a card of points it is the sum of what they give. A dimension without any is left out.
        """
        if not self._weights:
            return {}
        sums: dict[str, tuple[int, int]] = {}
        for driver in drivers:
            found = self._weights.get(driver.name) if driver.sort == "signal" else None
            if found is not None and driver.shaped_micro is not None:
                dimension, weight = found[0], 1 if self._adds else found[1]
                total, of = sums.get(dimension, (0, 0))
                sums[dimension] = total + weight * driver.shaped_micro, of + weight
        if self._adds:
            return {name: total for name, (total, _) in sums.items()}
        return {name: half_up(total, of) for name, (total, of) in sums.items() if of}


def _weights(root: Group, share: Fraction) -> Iterator[tuple[str, tuple[str, int]]]:
    """Signals with their dimension and their share of the whole weight, as whole numbers of one measure."""
    shares = list(_shares(root, share))
    common = lcm(*(share.denominator for _, _, share in shares))
    for metric, dimension, part in shares:
        yield metric, (dimension, int(part * common))


def _shares(group: Group, share: Fraction) -> Iterator[tuple[str, str, Fraction]]:
    total = sum(signal.weight for signal in group.signals) + sum(inner.weight for inner in group.groups)
    for signal in group.signals:
        if signal.dimension is not None and total:
            yield signal.metric, signal.dimension, share * signal.weight / total
    for inner in group.groups:
        if total:
            yield from _shares(inner, share * inner.weight / total)
