"""Lines of the explanation, which add up to the score exactly: the last units go where the largest remainders are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..model import Driver, Reading
from .evidence import Evidence, Leaf


def apportion(numerators: Sequence[int], denominator: int, total: int, order: Sequence[int]) -> list[int]:
    """Whole parts close to each numerator/denominator whose sum is `total`, by largest remainder.

    `order` ranks the parts for equal remainders, so that the answer does not depend on how the parts are arranged.
    """
    pairs = [divmod(numerator, denominator) for numerator in numerators]
    parts = [whole for whole, _ in pairs]
    left = total - sum(parts)
    if left == 0 or not parts:
        return parts
    ranked = sorted(range(len(parts)), key=lambda place: (-pairs[place][1], order[place]))
    if left < 0:
        ranked.reverse()
    for step in range(abs(left)):
        parts[ranked[step % len(ranked)]] += 1 if left > 0 else -1
    return parts


def ranks(leaves: Sequence[Leaf]) -> list[int]:
    """The place of each signal when they are sorted by group and metric."""
    ranked = sorted(range(len(leaves)), key=lambda place: (leaves[place].group or "", leaves[place].signal.metric))
    found = [0] * len(leaves)
    for rank, place in enumerate(ranked):
        found[place] = rank
    return found


def lines(
    base: int,
    leaves: Sequence[Leaf],
    evidence: Sequence[Evidence],
    contributions: Sequence[int],
    shares: Sequence[float | None],
    readings: Mapping[str, Reading],
) -> tuple[Driver, ...]:
    """A base line, then one line per signal in the scorecard's order, those without data included."""
    found = [Driver(sort="base", name="base", micro=base)]
    for leaf, known, micro, share in zip(leaves, evidence, contributions, shares, strict=True):
        name = leaf.signal.metric
        reading = readings.get(name)
        found.append(
            Driver(
                sort="signal",
                name=name,
                micro=micro,
                group=leaf.group,
                value=reading.value if reading is not None else None,
                shaped_micro=known.micro,
                weight_share=share,
                status=known.status,
                text=known.text,
            )
        )
    return tuple(found)
