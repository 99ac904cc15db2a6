"""Words for shares: the grade of a renewal rate, and the quality of a whole portfolio."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from .figures import Figure, ratio


@dataclass(frozen=True, slots=True, kw_only=True)
class Grades:
    """From which share on a renewal rate passes, and from which it is excellent."""

    passes: Fraction
    excellent: Fraction


#: Small customers renew less often than large ones (SCORING §9).
USUAL: Mapping[str, Grades] = {
    "smb": Grades(passes=Fraction(60, 100), excellent=Fraction(80, 100)),
    "enterprise": Grades(passes=Fraction(70, 100), excellent=Fraction(90, 100)),
}


def grade(rate: Figure, grades: Grades) -> str | None:
    """fail, pass or excellent; None for a rate that is undefined."""
    if rate.value is None:
        return None
    if rate.value < grades.passes:
        return "fail"
    return "excellent" if rate.value >= grades.excellent else "pass"


def quality(counts: Mapping[str, int], points: Mapping[str, Fraction]) -> Figure:
    """The mean of the points of the customers' bands. Bands without points do not count."""
    counted = {band: number for band, number in counts.items() if band in points}
    total = sum((points[band] * number for band, number in counted.items()), Fraction(0))
    return ratio(total, sum(counted.values()), "no customer stands in a band that has points")
