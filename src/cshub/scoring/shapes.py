"""From a metric's value to points: the shapes, their options and their mistakes. Exact on any machine.

    shape           options                                       points
    tiers           tiers: [[lo, hi, points], …]                  those of the interval (lo, hi] the value is in; lo of the first and hi of the
                                                                  last may be None (no end); the first includes its lower end; no gaps
    steps           steps: [[from, points], …]                    those of the last step at or below the value; from of the first may be None
    linear          from: [x0, y0], to: [x1, y1]                  y0 at x0, y1 at x1, straight between, level outside; x0 may exceed x1
    linear_bounded  from: [x0, y0], to: [x1, y1]                  the same inside; outside it has no impact, and is not missing either
    thresholds      thresholds: {at_risk: [worst, best], …}       1 to 3, neutral 4 to 7, healthy 8 to 10, straight inside each span
    enum            values: {category: points}                    those of the category; flags are `true` and `false`
    log             from: [x0, y0], to: [x1, y1]                  straight over ln(1 + x), level outside
    ratio           of: metric                                    100 · value / of, from 0 to 100; missing where `of` is 0
    growth          of: metric (or nothing: the value is x / of)  50 · value / of, from 0 to 100: unchanged is 50
    percentile                                                    the value, which is a rank from 0 to 100
    own_baseline                                                  100 / (1 + e^(−z)), where the value is z, the deviation from the usual
    matrix          by: metric, cells: [{upto | is, shape}, …]    those of the shape in the first cell that holds for the metric `by`

Numbers may be int, float or exact text ("0.1"). All points lie inside the shape's `out`; `ratio`, `growth`, `percentile` and `own_baseline`
fill it. YAML's `bad: a, good: b` is `from: [a, 0], to: [b, 100]` of `linear`. Values of x count to nine decimals.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from ..model import Scalar, Shape
from . import curves, matrix, straight, tables
from .rounding import exact
from .shaping import Range, Rule, Scale, Shaper

_POINTS: Scale = (Fraction(1), Fraction(0))
#: The options that name another metric.
_SECOND = ("by", "of")


def check(shape: Shape) -> list[str]:
    """Every mistake in a shape, as sentences for people; empty when `points` can use it."""
    rule = _RULES.get(shape.name)
    if rule is None:
        return [f"there is no shape {shape.name}; there are {', '.join(_RULES)}"]
    given = shape.options.keys()
    found = [f"{shape.name} needs {name}" for name in sorted(rule.needs - given)]
    found += [f"{shape.name} has no option {name}" for name in sorted(given - rule.needs - rule.may)]
    low, high, wrong = _range(shape)
    found += wrong
    if found:
        return found
    try:
        found = rule.mistakes(shape.options)
        outside = [] if found else [one for one in rule.values(shape.options) if not low <= one <= high]
    except ValueError as error:
        return [str(error)]
    return found + [
        f"{_plain(one)} points are outside its range {_plain(low)} to {_plain(high)}" for one in dict.fromkeys(outside)
    ]


def points(shape: Shape, value: Scalar, second: Scalar = None) -> int | None:
    """The points of a value in micro-points, or None: a value that is not usable here, or (`linear_bounded`) outside.

    `second` is the value of the metric that `second_metric` names. Raises ValueError for a shape that `check` finds fault with.
    """
    return shaper(shape)(value, second).micro


def second_metric(shape: Shape) -> str | None:
    """The other metric whose value a shape needs (`by` of a matrix, `of` of a ratio or of growth)."""
    return next((str(shape.options[key]) for key in _SECOND if key in shape.options), None)


def shaper(shape: Shape, *, onto: Range | None = None) -> Shaper:
    """The shape made ready for many values. Its range `out` is mapped to the range `onto`, where given, before the rounding.

    Raises ValueError for a shape that `check` finds fault with.
    """
    mistakes = check(shape)
    if mistakes:
        raise ValueError("; ".join(mistakes))
    low, high, _ = _range(shape)
    if onto is None:
        return _ready(shape, _POINTS)
    slope = (onto[1] - onto[0]) / (high - low)
    return _ready(shape, (slope, onto[0] - low * slope))


def _ready(shape: Shape, scale: Scale) -> Shaper:
    low, high, _ = _range(shape)
    return _RULES[shape.name].ready(shape.options, (low, high), scale)


def _range(shape: Shape) -> tuple[Fraction, Fraction, list[str]]:
    try:
        low, high = (exact(end) for end in shape.out)
    except ValueError as error:
        return Fraction(0), Fraction(100), [f"out: {error}"]
    return low, high, [] if low < high else ["out: the first number must be below the second"]


def _reach(shape: Shape) -> list[Fraction]:
    """The points a shape can give: those it names, or both ends of the range it fills."""
    low, high, _ = _range(shape)
    return _RULES[shape.name].values(shape.options) or [low, high]


def _plain(number: Fraction) -> str:
    return f"{float(number):g}"


_MATRIX = Rule(
    mistakes=lambda options: list(matrix.mistakes(options, check)),
    values=lambda options: matrix.values(options, _reach),
    ready=lambda options, out, scale: matrix.ready(options, out, scale, _ready),
    needs=frozenset({"by", "cells"}),
)
_RULES: Mapping[str, Rule] = {**tables.RULES, **straight.RULES, **curves.RULES, "matrix": _MATRIX}
#: Every shape by name.
SHAPES = tuple(_RULES)
