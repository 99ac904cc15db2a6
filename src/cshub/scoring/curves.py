"""Shapes with a logarithm or an exponential: `log`, `own_baseline`.

Both are computed in decimal arithmetic of 40 digits, whose ln and exp are correctly rounded by its specification
(https://speleotrove.com/decimal/); the C library's may differ in the last digit from machine to machine, and with it a score.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from fractions import Fraction
from functools import lru_cache

from ..model import Scalar
from .rounding import NANO
from .shaping import Options, Range, Rule, Scale, Shaped, Shaper, micro_of, nano_of, no_mistakes, no_values, stretched
from .straight import ends, line_mistakes, line_values

#: A context of its own: one that a plugin changed would change scores.
_EXACT = Context(prec=40, rounding=ROUND_HALF_EVEN, Emax=999_999, Emin=-999_999)
#: Beyond this many deviations the answer is 0 or 100 to the last micro-point.
_FAR = 100 * NANO


@lru_cache(maxsize=20_000)
def _log1p(nano: int) -> Fraction:
    """ln(1 + x) of x in 1e-9, to 40 digits."""
    return Fraction(_EXACT.ln(_EXACT.divide(Decimal(NANO + nano), Decimal(NANO))))


@lru_cache(maxsize=20_000)
def _logistic(nano: int) -> Fraction:
    """100 / (1 + e^(−z)) of z in 1e-9, to 40 digits."""
    power = _EXACT.exp(_EXACT.divide(Decimal(-nano), Decimal(NANO)))
    return Fraction(_EXACT.divide(Decimal(100), _EXACT.add(Decimal(1), power)))


def _log_mistakes(options: Options) -> list[str]:
    (x0, _), (x1, _) = ends(options)
    return line_mistakes(options) + (["log counts from 0: neither end may be below"] if min(x0, x1) < 0 else [])


def _ready_log(options: Options, out: Range, scale: Scale) -> Shaper:
    """A straight line over ln(1 + x), level outside its two ends."""
    (x0, y0), (x1, y1) = ends(options)
    first, last = int(x0 * NANO), int(x1 * NANO)
    low, high = sorted((first, last))
    start, width = _log1p(first), _log1p(last) - _log1p(first)

    def shape(value: Scalar, second: Scalar = None) -> Shaped:
        nano = nano_of(value)
        if isinstance(nano, str):
            return Shaped(None, nano)
        if nano < 0:
            return Shaped(None, f"{value} is below 0, and log counts from 0")
        way = (_log1p(min(max(nano, low), high)) - start) / width
        return Shaped(micro_of(y0 + way * (y1 - y0), scale))

    return shape


def _ready_logistic(options: Options, out: Range, scale: Scale) -> Shaper:
    scale = stretched(out, scale)

    def shape(value: Scalar, second: Scalar = None) -> Shaped:
        nano = nano_of(value)
        if isinstance(nano, str):
            return Shaped(None, nano)
        return Shaped(micro_of(_logistic(min(max(nano, -_FAR), _FAR)), scale))

    return shape


RULES: Mapping[str, Rule] = {
    "log": Rule(_log_mistakes, line_values, _ready_log, needs=frozenset({"from", "to"})),
    "own_baseline": Rule(no_mistakes, no_values, _ready_logistic),
}
