"""The two models of the core: `weighted`, a mean by weights on a scale of 0–100, and `additive`, a base plus impacts.

Both give the raw sum; adjustments, clamp and rounding follow in `adjust.finish`. A plugin's model stands beside them by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import MICRO, Reading, Scorecard, Scored
from .attribution import apportion, lines, ranks
from .balance import Scales, combined
from .evidence import leaves
from .rounding import to_micro

Batch = Sequence[tuple[str, Mapping[str, Reading]]]

_MIDDLE = 50 * MICRO


def weighted(card: Scorecard, batch: Batch) -> Sequence[Scored]:
    """The mean of the signals by weight, groups first, over those that have data.

    Each line is its share of the weight times the distance from 50 points, so a bad signal reads as a loss; they add up
    to the score exactly. Without enough data there is no score, but a reason. Raises ValueError for a wrong scorecard.
    """
    signals = leaves(card, percent=True)
    scales, order = Scales(card, signals), ranks(signals)
    found = []
    for customer, readings in batch:
        evidence = [leaf.weigh(readings.get(leaf.signal.metric)) for leaf in signals]
        balance = scales.balance(tuple(known.state for known in evidence))
        micro = None if balance.reason else combined(card.root, iter([known.micro for known in evidence]))
        if micro is None:
            contributions = [0] * len(signals)
        else:
            distances = [0 if known.micro is None else known.micro - _MIDDLE for known in evidence]
            exact = [share * distance for share, distance in zip(balance.numerators, distances, strict=True)]
            contributions = apportion(exact, balance.denominator, micro - _MIDDLE, order)
        drivers = lines(0 if micro is None else _MIDDLE, signals, evidence, contributions, balance.shares, readings)
        found.append(
            Scored(
                customer=customer,
                micro=micro,
                coverage=balance.coverage,
                drivers=drivers,
                readings=readings,
                reason=balance.reason,
            )
        )
    return found


def additive(card: Scorecard, batch: Batch) -> Sequence[Scored]:
    """The scorecard's base plus the points of every signal; a missing one adds nothing.

    Groups only say how much data there is. Without enough of it there is no score, but a reason. Raises ValueError for a wrong scorecard.
    """
    signals = leaves(card, percent=False)
    scales, base = Scales(card, signals), to_micro(card.base)
    shares = [None] * len(signals)
    found = []
    for customer, readings in batch:
        evidence = [leaf.weigh(readings.get(leaf.signal.metric)) for leaf in signals]
        balance = scales.balance(tuple(known.state for known in evidence))
        impacts = [0 if balance.reason else known.micro or 0 for known in evidence]
        found.append(
            Scored(
                customer=customer,
                micro=None if balance.reason else base + sum(impacts),
                coverage=balance.coverage,
                drivers=lines(0 if balance.reason else base, signals, evidence, impacts, shares, readings),
                readings=readings,
                reason=balance.reason,
            )
        )
    return found
