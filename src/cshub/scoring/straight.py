"""Shapes of straight lines: `linear`, `linear_bounded`, `thresholds`, `percentile`, `ratio`, `growth`."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import TypeAlias

from ..model import MICRO, Scalar
from .rounding import NANO, exact, half_up
from .shaping import (
    Options,
    Range,
    Rule,
    Scale,
    Shaped,
    Shaper,
    abscissa,
    micro_of,
    nano_of,
    no_mistakes,
    no_values,
    pair,
    stretched,
    whole_nano,
)

Point: TypeAlias = tuple[Fraction, Fraction]

_OUTSIDE = Shaped(None, "outside its range: no impact", outside=True)
#: The levels of a span, lowest and highest, as Catalyst documents them.
SPANS = {"at_risk": (1, 3), "neutral": (4, 7), "healthy": (8, 10)}
_PERCENT = 100 * NANO


def line(start: Point, end: Point, scale: Scale) -> tuple[int, int, int, int, int]:
    """A straight line, level outside its two ends, as whole numbers: rise, zero, unit, low, high.

    A value in 1e-9, kept within low and high, gives half-up (rise · value + zero) / unit micro-points.
    """
    (x0, y0), (x1, y1) = start, end
    slope, offset = scale
    per_nano = (y1 - y0) / (x1 - x0) * slope * MICRO / NANO
    at_zero = (y0 * slope + offset) * MICRO - per_nano * x0 * NANO
    unit = per_nano.denominator * at_zero.denominator
    low, high = sorted((whole_nano(x0), whole_nano(x1)))
    return int(per_nano * unit), int(at_zero * unit), unit, low, high


def ends(options: Options) -> tuple[Point, Point]:
    """The two ends of a line, `from:` and `to:`. Raises ValueError."""
    (x0, y0), (x1, y1) = pair(options, "from"), pair(options, "to")
    return (abscissa(x0), exact(y0)), (abscissa(x1), exact(y1))


def line_mistakes(options: Options) -> list[str]:
    """A line needs two ends."""
    (x0, _), (x1, _) = ends(options)
    return ["the two ends must be at different values"] if x0 == x1 else []


def line_values(options: Options) -> list[Fraction]:
    """The points at both ends."""
    return [y for _, y in ends(options)]


def _ready_line(options: Options, out: Range, scale: Scale) -> Shaper:
    rise, zero, unit, low, high = line(*ends(options), scale)

    def shape(value: Scalar, second: Scalar = None) -> Shaped:
        nano = nano_of(value)
        if isinstance(nano, str):
            return Shaped(None, nano)
        return Shaped(half_up(rise * min(max(nano, low), high) + zero, unit))

    return shape


def _ready_bounded(options: Options, out: Range, scale: Scale) -> Shaper:
    rise, zero, unit, low, high = line(*ends(options), scale)

    def shape(value: Scalar, second: Scalar = None) -> Shaped:
        nano = nano_of(value)
        if isinstance(nano, str):
            return Shaped(None, nano)
        return Shaped(half_up(rise * nano + zero, unit)) if low <= nano <= high else _OUTSIDE

    return shape


def _spans(options: Options) -> list[tuple[Fraction, Fraction]]:
    """The ends of the three spans, in the order at risk, neutral, healthy; each begins at its worst value."""
    spans = options["thresholds"]
    if not isinstance(spans, Mapping) or spans.keys() != SPANS.keys():
        raise ValueError(f"thresholds is a mapping of {', '.join(SPANS)} to [worst, best]")
    found = [pair(spans, name, "[worst, best]") for name in SPANS]
    return [(abscissa(worst), abscissa(best)) for worst, best in found]


def _span_mistakes(options: Options) -> list[str]:
    spans = _spans(options)
    if any(worst == best for worst, best in spans) or len({best > worst for worst, best in spans}) > 1:
        return ["thresholds: all three spans must run in one direction"]
    names = list(SPANS)
    return [
        f"thresholds: {names[place]} must begin where {names[place - 1]} ends"
        for place, ((_, end), (start, _)) in enumerate(pairwise(spans), start=1)
        if end != start
    ]


def _ready_thresholds(options: Options, out: Range, scale: Scale) -> Shaper:
    """Straight inside each span; an edge that two spans share is the best of the lower one, as with tiers."""
    spans = _spans(options)
    sign = 1 if spans[0][1] > spans[0][0] else -1
    lines = [
        (whole_nano(best) * sign, line((worst, Fraction(low)), (best, Fraction(high)), scale))
        for (worst, best), (low, high) in zip(spans, SPANS.values(), strict=True)
    ]

    def shape(value: Scalar, second: Scalar = None) -> Shaped:
        nano = nano_of(value)
        if isinstance(nano, str):
            return Shaped(None, nano)
        span = next((span for best, span in lines if nano * sign <= best), lines[-1][1])
        rise, zero, unit, low, high = span
        return Shaped(half_up(rise * min(max(nano, low), high) + zero, unit))

    return shape


def _ready_percentile(options: Options, out: Range, scale: Scale) -> Shaper:
    scale = stretched(out, scale)

    def shape(value: Scalar, second: Scalar = None) -> Shaped:
        nano = nano_of(value)
        if isinstance(nano, str):
            return Shaped(None, nano)
        if not 0 <= nano <= _PERCENT:
            return Shaped(None, f"{value} is no rank from 0 to 100")
        return Shaped(micro_of(Fraction(nano, NANO), scale))

    return shape


def _metric_mistakes(options: Options) -> list[str]:
    of = options.get("of", "")
    return [] if isinstance(of, str) and (of or "of" not in options) else ["of is the name of a metric"]


def _ready_share(factor: int, options: Options, out: Range, scale: Scale) -> Shaper:
    """`factor` times the value over the other metric's (over 1 without one), kept within 0 and 100."""
    scale = stretched(out, scale)
    of = str(options["of"]) if "of" in options else None

    def shape(value: Scalar, second: Scalar = None) -> Shaped:
        nano, whole = nano_of(value), NANO if of is None else nano_of(second)
        if isinstance(nano, str):
            return Shaped(None, nano)
        if isinstance(whole, str):
            return Shaped(None, f"{of}: {whole}")
        if whole <= 0:
            return Shaped(None, f"{of} is {second}: there is nothing to divide by")
        return Shaped(micro_of(min(max(Fraction(factor * nano, whole), Fraction(0)), Fraction(100)), scale))

    return shape


def _ready_ratio(options: Options, out: Range, scale: Scale) -> Shaper:
    return _ready_share(100, options, out, scale)


def _ready_growth(options: Options, out: Range, scale: Scale) -> Shaper:
    return _ready_share(50, options, out, scale)


_ENDS, _OF = frozenset({"from", "to"}), frozenset({"of"})

RULES: Mapping[str, Rule] = {
    "linear": Rule(line_mistakes, line_values, _ready_line, needs=_ENDS),
    "linear_bounded": Rule(line_mistakes, line_values, _ready_bounded, needs=_ENDS),
    "thresholds": Rule(
        _span_mistakes,
        lambda options: [Fraction(level) for span in SPANS.values() for level in span],
        _ready_thresholds,
        needs=frozenset({"thresholds"}),
    ),
    "percentile": Rule(no_mistakes, no_values, _ready_percentile),
    "ratio": Rule(_metric_mistakes, no_values, _ready_ratio, needs=_OF),
    "growth": Rule(_metric_mistakes, no_values, _ready_growth, may=_OF),
}
