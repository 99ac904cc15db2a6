"""How sure a figure is: Wilson's interval for a share, and the bootstrap over customers for everything else. Seeded, no clock, no I/O."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from math import floor, sqrt
from typing import NamedTuple, TypeVar

T = TypeVar("T", bound=Hashable)
#: The 97.5 % point of the normal distribution.
Z95 = 1.959963984540054


class Interval(NamedTuple):
    """From where to where, both included."""

    low: float
    high: float


def wilson(hits: int, of: int, z: float = Z95) -> Interval | None:
    """Wilson's score interval of a share (Wilson 1927); None of nothing. 14 of 20 → 0.48 to 0.85."""
    if of <= 0:
        return None
    share, spread = hits / of, z * z / of
    middle = (share + spread / 2) / (1 + spread)
    half = z * sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return Interval(max(0.0, middle - half), min(1.0, middle + half))


def bootstrap(
    customers: Mapping[tuple[T, ...], int],
    statistics: Callable[[Mapping[T, int]], Sequence[float | None]],
    *,
    resamples: int,
    seed: int,
    share: float = 0.95,
) -> list[Interval | None]:
    """An interval for each statistic by drawing whole customers with replacement (Efron 1979, percentiles).

    `customers` counts the customers by what their units look like, so that all units of one customer come or stay away together;
    `statistics` are computed from the units of a draw, counted by their looks. A draw that lacks a statistic (a share of nothing)
    does not count for its interval; None when most draws lack it.
    """
    looks = sorted(customers, key=repr)
    population = [place for place, look in enumerate(looks) for _ in range(customers[look])]
    chance = random.Random(seed)
    found: list[list[float]] = []
    for _ in range(resamples):
        drawn: Counter[T] = Counter()
        for place, times in Counter(chance.choices(population, k=len(population))).items():
            for unit in looks[place]:
                drawn[unit] += times
        values = statistics(drawn)
        found = found or [[] for _ in values]
        for kept, value in zip(found, values, strict=True):
            if value is not None:
                kept.append(value)
    return [_between(sorted(values), share) if 2 * len(values) > resamples else None for values in found]


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value at a share of an ordered, non-empty list, straight between neighbours."""
    place = share * (len(ordered) - 1)
    below = floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def _between(ordered: Sequence[float], share: float) -> Interval:
    edge = (1 - share) / 2
    return Interval(quantile(ordered, edge), quantile(ordered, 1 - edge))
