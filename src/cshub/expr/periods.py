"""Questions about a series of periods: slope, distance from the usual, periods in a row. Exact, from gathered ages and amounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import TypeAlias

from ..model import Scalar, Series
from .amounts import NANO, half_up, nanos, number
from .decaying import Reduce
from .instant import DAY

#: Fewer values say nothing about a trend or about what is usual.
LEAST = 5
#: 1.4826 makes the median deviation comparable with a standard deviation.
_SCALE, _SCALE_UNIT = 14_826, 10_000
#: `(age, value in billionths)`, newest first; an age of 1 is the last complete period.
Points: TypeAlias = Sequence[tuple[int, int]]


def series(function: str, asked: Series, length_ms: int, periods: int) -> Reduce:
    """The finish of a series: over the age of the newest row for `without`, ages for `with`, `first;ages;amounts` for the others."""
    if asked.ask == "without":
        return _without
    if asked.ask == "with":
        return _with
    ask = _ASK[asked.ask]

    def reduce(gathered: object) -> Scalar:
        points = _points(function, str(gathered), periods) if gathered is not None else []
        return ask(points, length_ms) if len(points) >= LEAST else None

    return reduce


def _without(newest: object) -> Scalar:
    """Complete periods since the newest row."""
    return max(newest - 1, 0) if isinstance(newest, int) else None


def _with(ages: object) -> Scalar:
    """Periods in a row up to this one, which does not break the row as long as it lasts."""
    found = {int(age) for age in str(ages).split(",")} if ages else set()
    first = age = 0 if 0 in found else 1
    while age in found:
        age += 1
    return age - first


def _points(function: str, gathered: str, periods: int) -> Points:
    """The value of each period; of a count or sum an empty one is 0, but not before the customer's first row."""
    first, ages, amounts = gathered.split(";")
    values: dict[int, list[int]] = {}
    parts = nanos(amounts) if amounts else [NANO] * len(ages.split(","))
    for age, amount in zip(ages.split(",") if ages else (), parts, strict=False):
        values.setdefault(int(age), []).append(amount)
    if function in ("count", "sum"):
        return [(age, sum(values.get(age, ()))) for age in range(1, min(periods, int(first)) + 1)]
    return [(age, _REDUCE[function](values[age])) for age in sorted(values)]


def _mean(values: Sequence[int]) -> int:
    return half_up(sum(values), len(values))


def _least_squares(points: Points, length_ms: int) -> float:
    """Change per day on the line with the least squares."""
    n = len(points)
    sum_x, sum_y = sum(-age for age, _ in points), sum(value for _, value in points)
    above = n * sum(-age * value for age, value in points) - sum_x * sum_y
    below = n * sum(age * age for age, _ in points) - sum_x * sum_x
    return number(half_up(above * DAY, below * length_ms))


def _theil_sen(points: Points, length_ms: int) -> float:
    """Change per day: the median of the slopes between any two values."""
    slopes = sorted(_slopes(points))
    middle = len(slopes) // 2
    median = slopes[middle] if len(slopes) % 2 else (slopes[middle - 1] + slopes[middle]) / 2
    return round(median * DAY / length_ms / NANO, 9)


def _slopes(points: Points) -> list[float]:
    """Between any two values; where no period is left out, gap by gap, which is twice as fast."""
    if points[-1][0] - points[0][0] >= len(points):
        return [(newer - older) / (then - age) for (age, newer), (then, older) in combinations(points, 2)]
    values = [value for _, value in points]
    gaps = range(1, len(values))
    return [(newer - older) / gap for gap in gaps for newer, older in zip(values, values[gap:], strict=False)]


def _own_baseline(points: Points, length_ms: int) -> float:
    """z = (x − median) / max(1.4826·MAD, 1e-9); x is the newest value. Medians are kept doubled, so that they stay whole."""
    values = [value for _, value in points]
    median = _twice_median(values)
    deviation = _twice_median([abs(2 * value - median) for value in values])
    scaled, least = _SCALE * deviation, 4 * _SCALE_UNIT
    return number(half_up((2 * values[0] - median) * 2 * _SCALE_UNIT * NANO, max(scaled, least)))


def _twice_median(values: Sequence[int]) -> int:
    ranked, middle = sorted(values), len(values) // 2
    return 2 * ranked[middle] if len(values) % 2 else ranked[middle - 1] + ranked[middle]


_REDUCE: Mapping[str, Callable[[Sequence[int]], int]] = {"avg": _mean, "min": min, "max": max}
_ASK: Mapping[str, Callable[[Points, int], float]] = {
    "least_squares": _least_squares,
    "theil_sen": _theil_sen,
    "own_baseline": _own_baseline,
}
