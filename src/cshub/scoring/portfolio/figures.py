"""A figure that is exact, or undefined with the reason; never a 0 in place of what is not known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`value` is exact; where it is None, `reason` says why there is none."""

    value: Fraction | None
    reason: str | None = None


def known(value: Fraction | int) -> Figure:
    """A figure that has a value."""
    return Figure(value=Fraction(value))


def undefined(reason: str) -> Figure:
    """A figure that has none."""
    return Figure(value=None, reason=reason)


def total(values: Iterable[Fraction]) -> Fraction:
    """The exact sum of many; quick, because amounts of money share a few denominators."""
    sums: dict[int, int] = {}
    for value in values:
        below = value.denominator
        sums[below] = sums.get(below, 0) + value.numerator
    return sum((Fraction(above, below) for below, above in sums.items()), Fraction(0))


def ratio(above: Fraction | int, below: Fraction | int, reason: str) -> Figure:
    """`above / below`; undefined for `reason` when there is nothing below."""
    return known(Fraction(above) / below) if below else undefined(reason)
