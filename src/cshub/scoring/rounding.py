"""Exact numbers and the one rounding: half-up (towards plus infinity) to whole units. Floats are read as the decimals people wrote."""

from __future__ import annotations

import math
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from ..model import MICRO

#: Units of a metric's value: values are cut to 1e-9 on entry.
NANO = 1_000_000_000
#: A metric's value beyond this is taken for a mistake of its source.
HUGE = 10**18
#: A number written in a scorecard has at most this many digits, and is not below ten to the minus this, so that arithmetic stays quick.
_DIGITS = 40
_TINY = 400


def half_up(numerator: int, denominator: int) -> int:
    """The nearest whole number to a fraction, ties upwards. The denominator is positive."""
    return (2 * numerator + denominator) // (2 * denominator)


def exact(number: object) -> Fraction:
    """A number of a scorecard (0.1, "0.1", 3) as the decimal it spells. Raises ValueError for anything else, NaN or huge."""
    if isinstance(number, bool) or not isinstance(number, int | float | str | Decimal):
        raise ValueError(f"{number!r} is not a number")
    try:
        decimal = Decimal(repr(number)) if isinstance(number, float) else Decimal(number)
    except InvalidOperation as error:
        raise ValueError(f"{number!r} is not a number") from error
    if not decimal.is_finite() or abs(decimal) > HUGE or decimal.adjusted() < -_TINY:
        raise ValueError(f"{number!r} is too large or too small")
    if len(decimal.as_tuple().digits) > _DIGITS:
        raise ValueError(f"{str(number)[:_DIGITS]}… has too many digits")
    return Fraction(decimal)


def to_micro(points: object) -> int:
    """Points of a scorecard or an adjustment as micro-points, rounded half-up. Raises ValueError like `exact`."""
    value = exact(points) * MICRO
    return half_up(value.numerator, value.denominator)


def to_step(micro: int, step: int) -> int:
    """The nearest multiple of a step, both in micro-points, ties upwards."""
    return half_up(micro, step) * step


def to_nano(value: int | float) -> int | None:
    """A metric's value in whole 1e-9, rounded half-up; None when it is not finite or huge."""
    if isinstance(value, int):
        return value * NANO if -HUGE <= value <= HUGE else None
    if not math.isfinite(value) or not -HUGE <= value <= HUGE:
        return None
    numerator, denominator = value.as_integer_ratio()
    return half_up(numerator * NANO, denominator)
