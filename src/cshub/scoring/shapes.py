"""From a metric's value to points: the shapes, their options and their mistakes. Exact on any machine.

    shape           options                                       points
    tiers           tiers: [[lo, hi, points], …]                  those of the interval (lo, hi] the value is in; lo of the first and hi of the
                                                                  last may be None (no end); the first includes its lower end; no gaps
    linear          from: [x0, y0], to: [x1, y1]                  y0 at x0, y1 at x1, straight between, level outside; x0 may exceed x1
    linear_bounded  from: [x0, y0], to: [x1, y1]                  the same inside; outside it has no impact, and is not missing either
    enum            values: {category: points}                    those of the category; flags are `true` and `false`

Numbers may be int, float or exact text ("0.1"). All points lie inside the shape's `out`. YAML's `bad: a, good: b` is
`from: [a, 0], to: [b, 100]` of `linear`. Values of x count to nine decimals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeAlias

from ..model import MICRO, Scalar, Shape
from .rounding import NANO, exact, half_up, to_nano


class Shaped(NamedTuple):
    """A shape's answer: micro-points, or None with the reason. `outside` means: no impact, though there is a value."""

    micro: int | None
    reason: str | None = None
    outside: bool = False


#: A shape made ready: a metric's value → its answer. Never raises.
Shaper: TypeAlias = Callable[[Scalar], Shaped]
#: Maps exact points to the scale the model wants, before the one rounding: `slope * points + offset`.
Scale: TypeAlias = tuple[Fraction, Fraction]

_POINTS: Scale = (Fraction(1), Fraction(0))
_OUTSIDE = Shaped(None, "outside its range: no impact", outside=True)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One shape: the options it needs, the mistakes in them, and how to make it ready. `values` are the points it can give."""

    options: frozenset[str]
    mistakes: Callable[[Mapping[str, object]], list[str]]
    values: Callable[[Mapping[str, object]], list[Fraction]]
    ready: Callable[[Mapping[str, object], Scale], Shaper]


def check(shape: Shape) -> list[str]:
    """Every mistake in a shape, as sentences for people; empty when `points` can use it."""
    rule = _RULES.get(shape.name)
    if rule is None:
        return [f"there is no shape {shape.name}; there are {', '.join(_RULES)}"]
    found = [f"{shape.name} needs {name}" for name in sorted(rule.options - shape.options.keys())]
    found += [f"{shape.name} has no option {name}" for name in sorted(shape.options.keys() - rule.options)]
    low, high, wrong = _range(shape)
    found += wrong
    if found:
        return found
    try:
        found = rule.mistakes(shape.options)
        outside = [] if found else [one for one in rule.values(shape.options) if not low <= one <= high]
    except ValueError as error:
        return [str(error)]
    return found + [f"{_plain(one)} points are outside its range {_plain(low)} to {_plain(high)}" for one in outside]


def points(shape: Shape, value: Scalar) -> int | None:
    """The points of a value in micro-points, or None: a value that is not usable here, or (`linear_bounded`) outside.

    Raises ValueError for a shape that `check` finds fault with.
    """
    return shaper(shape)(value).micro


def shaper(shape: Shape, *, percent: bool = False) -> Shaper:
    """The shape made ready for many values. With `percent` its range `out` is mapped to 0–100 before the rounding.

    Raises ValueError for a shape that `check` finds fault with.
    """
    mistakes = check(shape)
    if mistakes:
        raise ValueError("; ".join(mistakes))
    low, high, _ = _range(shape)
    slope = Fraction(100) / (high - low)
    return _RULES[shape.name].ready(shape.options, (slope, -low * slope) if percent else _POINTS)


def _range(shape: Shape) -> tuple[Fraction, Fraction, list[str]]:
    try:
        low, high = (exact(end) for end in shape.out)
    except ValueError as error:
        return Fraction(0), Fraction(100), [f"out: {error}"]
    return low, high, [] if low < high else ["out: the first number must be below the second"]


def _micro(value: Fraction, scale: Scale) -> int:
    slope, offset = scale
    scaled = (value * slope + offset) * MICRO
    return half_up(scaled.numerator, scaled.denominator)


def _plain(number: Fraction) -> str:
    return f"{float(number):g}"


def _nano(value: Scalar) -> int | str:
    """A value in whole 1e-9, or the reason why it has none."""
    if isinstance(value, int | float):
        nano = to_nano(value)
        return "the number is not finite or too large" if nano is None else nano
    return "there is no value" if value is None else f"{str(value)[:40]!r} is not a number"


# --- tiers ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Tier:
    low: Fraction | None
    high: Fraction | None
    points: Fraction


def _tiers(options: Mapping[str, object]) -> list[_Tier]:
    rows = options["tiers"]
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        raise ValueError("tiers is a list of [lo, hi, points]")
    found = []
    for row in rows:
        if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != 3:
            raise ValueError(f"a tier is [lo, hi, points], not {row!r}")
        low, high = (None if end is None else _abscissa(end) for end in row[:2])
        found.append(_Tier(low, high, exact(row[2])))
    return found


def _tier_mistakes(options: Mapping[str, object]) -> list[str]:
    tiers = _tiers(options)
    found = []
    for number, tier in enumerate(tiers, start=1):
        if tier.low is not None and tier.high is not None and tier.low >= tier.high:
            found.append(f"tier {number}: its lower end must be below its upper end")
        if (tier.low is None and number > 1) or (tier.high is None and number < len(tiers)):
            found.append(f"tier {number}: only the first may have no lower end, only the last no upper end")
    for number, (one, following) in enumerate(pairwise(tiers), start=2):
        if one.high != following.low:
            found.append(f"tier {number}: it must begin where the one before it ends")
    return found


def _ready_tiers(options: Mapping[str, object], scale: Scale) -> Shaper:
    tiers = _tiers(options)
    first = None if tiers[0].low is None else _whole_nano(tiers[0].low)
    tops = [None if tier.high is None else _whole_nano(tier.high) for tier in tiers]
    steps = list(zip(tops, [Shaped(_micro(tier.points, scale)) for tier in tiers], strict=True))

    def shape(value: Scalar) -> Shaped:
        nano = _nano(value)
        if isinstance(nano, str):
            return Shaped(None, nano)
        if first is None or nano >= first:
            for top, answer in steps:
                if top is None or nano <= top:
                    return answer
        return Shaped(None, f"{value} is in none of the tiers")

    return shape


# --- linear, linear_bounded -------------------------------------------------------------------------------------------


def _abscissa(number: object) -> Fraction:
    value = exact(number)
    if (value * NANO).denominator != 1:
        raise ValueError(f"{number!r} has more than nine decimals")
    return value


def _whole_nano(value: Fraction) -> int:
    return (value * NANO).numerator


def _line(options: Mapping[str, object]) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    found: list[Fraction] = []
    for name in ("from", "to"):
        point = options[name]
        if not isinstance(point, Sequence) or isinstance(point, str) or len(point) != 2:
            raise ValueError(f"{name} is [value, points], not {point!r}")
        found += [_abscissa(point[0]), exact(point[1])]
    return found[0], found[1], found[2], found[3]


def _line_mistakes(options: Mapping[str, object]) -> list[str]:
    x0, _, x1, _ = _line(options)
    return ["the two ends must be at different values"] if x0 == x1 else []


def _line_values(options: Mapping[str, object]) -> list[Fraction]:
    _, y0, _, y1 = _line(options)
    return [y0, y1]


def _ready_line(options: Mapping[str, object], scale: Scale, *, bounded: bool = False) -> Shaper:
    """Points are (rise · nano + start) / unit micro-points, all three whole numbers."""
    x0, y0, x1, y1 = _line(options)
    slope, offset = scale
    per_nano = (y1 - y0) / (x1 - x0) * slope * MICRO / NANO
    at_zero = (y0 * slope + offset) * MICRO - per_nano * x0 * NANO
    unit = per_nano.denominator * at_zero.denominator
    rise, start = int(per_nano * unit), int(at_zero * unit)
    low, high = sorted((_whole_nano(x0), _whole_nano(x1)))

    def shape(value: Scalar) -> Shaped:
        nano = _nano(value)
        if isinstance(nano, str):
            return Shaped(None, nano)
        if bounded and not low <= nano <= high:
            return _OUTSIDE
        return Shaped(half_up(rise * min(max(nano, low), high) + start, unit))

    return shape


def _ready_bounded(options: Mapping[str, object], scale: Scale) -> Shaper:
    return _ready_line(options, scale, bounded=True)


# --- enum -------------------------------------------------------------------------------------------------------------


def _categories(options: Mapping[str, object]) -> dict[str, Fraction]:
    values = options["values"]
    if not isinstance(values, Mapping) or not values:
        raise ValueError("values is a mapping of categories to points")
    return {_category(name): exact(number) for name, number in values.items()}


def _category(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float) and to_nano(value) is not None and value == int(value):
        return str(int(value))
    return "a huge number" if isinstance(value, int) else str(value)


def _ready_enum(options: Mapping[str, object], scale: Scale) -> Shaper:
    answers = {name: Shaped(_micro(number, scale)) for name, number in _categories(options).items()}

    def shape(value: Scalar) -> Shaped:
        if value is None:
            return Shaped(None, "there is no value")
        category = _category(value)
        return answers.get(category) or Shaped(None, f"{category[:40]!r} is not a known category")

    return shape


def _no_mistakes(options: Mapping[str, object]) -> list[str]:
    return []


_RULES: Mapping[str, _Rule] = {
    "tiers": _Rule(
        frozenset({"tiers"}), _tier_mistakes, lambda options: [tier.points for tier in _tiers(options)], _ready_tiers
    ),
    "linear": _Rule(frozenset({"from", "to"}), _line_mistakes, _line_values, _ready_line),
    "linear_bounded": _Rule(frozenset({"from", "to"}), _line_mistakes, _line_values, _ready_bounded),
    "enum": _Rule(
        frozenset({"values"}), _no_mistakes, lambda options: list(_categories(options).values()), _ready_enum
    ),
}
