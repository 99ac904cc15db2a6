"""Where a score is going (SCORING §7): the change against an earlier day, in a word, and the slope of daily scores by Theil–Sen."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations

from .rounding import half_up

IMPROVING, STABLE, DECLINING, NEW = "improving", "stable", "declining", "new"
#: With fewer daily scores there is no slope.
LEAST_POINTS = 5


def change(now: int | None, then: int | None) -> int | None:
    """The change in micro-points; None where there is no score on one of the two days."""
    return None if now is None or then is None else now - then


def trend(now: int | None, then: int | None, dead_band: int) -> str | None:
    """The change in a word: less than `dead_band` micro-points is stable. New without an earlier score, None without one now."""
    if now is None:
        return None
    moved = change(now, then)
    if moved is None:
        return NEW
    if moved == 0 or abs(moved) < dead_band:
        return STABLE
    return IMPROVING if moved > 0 else DECLINING


def slope(daily: Sequence[tuple[int, int]]) -> int | None:
    """Micro-points a day: the median of the slopes between all pairs of (day, micro-points). None with fewer than five days."""
    points = sorted(dict(daily).items())
    if len(points) < LEAST_POINTS:
        return None
    slopes = sorted(Fraction(later[1] - one[1], later[0] - one[0]) for one, later in combinations(points, 2))
    middle = len(slopes) // 2
    median = slopes[middle] if len(slopes) % 2 else (slopes[middle - 1] + slopes[middle]) / 2
    return half_up(median.numerator, median.denominator)
