"""What people answered: NPS, CSAT, CES, CSI, and a small group's mean drawn towards that of all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from .figures import Figure, known, ratio, total, undefined

NOBODY = "nobody answered"
#: A group counts as if so many more answers had been the mean of all.
SHRINK = 3
_PROMOTER, _DETRACTOR, _NPS = 9, 6, (0, 10)
_GOOD, _CSAT = 4, (1, 5)
_CES = (1, 7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Answers to one question: `good` of `answers`, of which `bad` are bad; those that are off the scale are `unusable`."""

    good: int = 0
    bad: int = 0
    answers: int = 0
    total: Fraction = Fraction(0)
    unusable: int = 0

    @classmethod
    def together(cls, tallies: Sequence[Self]) -> Self:
        """All answers of several tallies."""
        return cls(
            good=sum(one.good for one in tallies),
            bad=sum(one.bad for one in tallies),
            answers=sum(one.answers for one in tallies),
            total=total(one.total for one in tallies),
            unusable=sum(one.unusable for one in tallies),
        )

    @classmethod
    def nps(cls, value: Fraction, count: int = 1) -> Tally:
        """Equal answers 0–10: promoters give 9 or more, detractors 6 or less."""
        return cls._of(value, count, _NPS, good=value >= _PROMOTER, bad=value <= _DETRACTOR)

    @classmethod
    def csat(cls, value: Fraction, count: int = 1) -> Tally:
        """Equal marks 1–5: the top two are good."""
        return cls._of(value, count, _CSAT, good=value >= _GOOD, bad=value < _GOOD)

    @classmethod
    def ces(cls, value: Fraction, count: int = 1) -> Tally:
        """Equal answers 1–7; which end is good depends on how it was asked."""
        return cls._of(value, count, _CES, good=False, bad=False)

    @classmethod
    def _of(cls, value: Fraction, count: int, scale: tuple[int, int], *, good: bool, bad: bool) -> Tally:
        if not scale[0] <= value <= scale[1]:
            return cls(unusable=count)
        return cls(good=count * good, bad=count * bad, answers=count, total=value if count == 1 else value * count)


def nps(one: Tally) -> Figure:
    """Promoters less detractors by answers, −100 to 100."""
    return ratio(100 * (one.good - one.bad), one.answers, NOBODY)


def csat(one: Tally) -> Figure:
    """The share of answers that are among the top two of five."""
    return ratio(one.good, one.answers, NOBODY)


def ces(one: Tally, direction: str | None) -> Figure:
    """The mean effort 1–7; undefined while nobody says whether high is easy, because then it says nothing."""
    if direction is None:
        return undefined("it is not declared whether a high answer is easy or hard")
    return ratio(one.total, one.answers, NOBODY)


def csi(ratings: Iterable[tuple[Fraction, Fraction]]) -> Figure:
    """The mean of attribute ratings by their weights: (rating, weight) each."""
    pairs = tuple(ratings)
    return ratio(
        sum((rating * weight for rating, weight in pairs), Fraction(0)),
        sum((weight for _, weight in pairs), Fraction(0)),
        "no attribute has a weight",
    )


def shrunk(mean: Figure, answers: int, overall: Figure, k: int = SHRINK) -> Figure:
    """(n·x̄ + k·μ)/(n + k): the fewer answers a group has, the nearer it is taken to be to all."""
    if overall.value is None:
        return overall
    if mean.value is None:
        return mean
    return known((answers * mean.value + k * overall.value) / (answers + k))


def tallied(metric: str, values: Mapping[Fraction, int]) -> Tally:
    """The tally of answers to nps, csat or ces by value."""
    make = {"nps": Tally.nps, "csat": Tally.csat, "ces": Tally.ces}[metric]
    return Tally.together([make(value, count) for value, count in values.items()])
