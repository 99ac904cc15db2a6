"""Amounts as whole billionths, so that sums and means are exact and the same on every machine, in any order of rows."""

from __future__ import annotations

from fractions import Fraction

#: Units of an amount: values are cut to 1e-9 on entry.
NANO = 1_000_000_000
_PLACES = 9


def nano(text: str) -> int:
    """A number as the database writes it, in billionths, rounded half-up. Raises ValueError for an infinite one."""
    if text.startswith("-"):
        return -nano(text[1:])
    whole, point, rest = text.partition(".")
    if len(rest) <= _PLACES and whole.isdigit() and (rest.isdigit() or not point):
        return int(whole) * NANO + int(rest.ljust(_PLACES, "0"))
    found = Fraction(text)
    return half_up(found.numerator * NANO, found.denominator)


def nanos(text: str) -> list[int]:
    """The amounts of a list joined by commas."""
    return [nano(part) for part in text.split(",")] if text else []


def number(billionths: int) -> float:
    """The number nearest to so many billionths; infinite when there is none."""
    try:
        return billionths / NANO
    except OverflowError:
        return float("inf") if billionths > 0 else float("-inf")


def half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to the fraction, the upper one of two that are as near."""
    return (2 * numerator + denominator) // (2 * denominator)
