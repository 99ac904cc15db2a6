"""From a model's raw sum to the score: points, then caps, then the clamp, then the rounding, each a line of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from ..model import Adjustment, Driver, Scorecard, Scored, Status
from .rounding import to_micro, to_step

#: An adjustment with the name of the plugin it came from.
Owned = tuple[str, Adjustment]


def finish(card: Scorecard, scored: Scored, adjustments: Sequence[Owned] = ()) -> Scored:
    """The score after adjustments, clamped to the scorecard's range and rounded half-up to its step.

    Adjustments are applied sorted by plugin and name: all points, then the lowest cap. One that is no usable number changes
    nothing and says so in its line. Those of other customers are left out; a customer without a score stays without.
    Raises ValueError for a scorecard whose range or step makes no sense.
    """
    if scored.micro is None:
        return scored
    mine = sorted((one for one in adjustments if one[1].customer == scored.customer), key=_order)
    drivers = list(scored.drivers)
    micro = _add_points(scored.micro, mine, drivers)
    micro = _apply_caps(micro, mine, drivers)
    low, high, step = _limits(card.low, card.high, card.step)
    clamped = min(max(micro, low), high)
    rounded = min(max(to_step(clamped, step), low), high)
    if clamped != micro:
        edge = "highest" if clamped == high else "lowest"
        drivers.append(Driver(sort="clamp", name="clamp", micro=clamped - micro, text=f"the {edge} score there is"))
    if rounded != clamped:
        drivers.append(Driver(sort="rounding", name="rounding", micro=rounded - clamped))
    return replace(scored, micro=rounded, drivers=tuple(drivers))


def trouble(adjustment: Adjustment) -> str | None:
    """What is wrong with an adjustment's numbers, as a sentence; None when nothing is."""
    for word, number in (("points", adjustment.points), ("cap", adjustment.cap)):
        try:
            if number is not None:
                to_micro(number)
        except ValueError as error:
            return f"{word}: {error}"
    return None


@lru_cache(maxsize=64)
def _limits(low: float, high: float, step: float) -> tuple[int, int, int]:
    limits = to_micro(low), to_micro(high), to_micro(step)
    if limits[0] > limits[1] or limits[2] <= 0:
        raise ValueError("a scorecard's lowest score is below its highest, and its step above 0")
    return limits


def _order(owned: Owned) -> tuple[str, str, str, str]:
    owner, adjustment = owned
    return owner, adjustment.name, adjustment.text, repr((adjustment.points, adjustment.cap))


def _line(sort: str, owned: Owned, micro: int) -> Driver:
    owner, adjustment = owned
    return Driver(sort=sort, name=adjustment.name, micro=micro, text=adjustment.text, owner=owner)


def _add_points(micro: int, adjustments: Sequence[Owned], drivers: list[Driver]) -> int:
    for owned in adjustments:
        wrong = trouble(owned[1])
        if wrong is not None:
            ignored = _line("points", owned, 0)
            drivers.append(replace(ignored, status=Status.ERROR, text=f"ignored, {wrong}"))
        elif owned[1].points is not None:
            added = to_micro(owned[1].points)
            drivers.append(_line("points", owned, added))
            micro += added
    return micro


def _apply_caps(micro: int, adjustments: Sequence[Owned], drivers: list[Driver]) -> int:
    caps = [(to_micro(one[1].cap), one) for one in adjustments if one[1].cap is not None and trouble(one[1]) is None]
    lowest = min((cap for cap, _ in caps), default=micro)
    for cap, owned in caps:
        cut = min(lowest - micro, 0) if cap == lowest else 0
        drivers.append(_line("cap", owned, cut))
        micro += cut
    return micro
