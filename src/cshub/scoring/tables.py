"""Shapes that look a value up: `tiers`, `steps`, `enum`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from ..model import Scalar
from .rounding import exact, to_nano
from .shaping import Options, Range, Rule, Scale, Shaped, Shaper, abscissa, micro_of, nano_of, no_mistakes, rows_of
from .shaping import whole_nano as whole


@dataclass(frozen=True, slots=True)
class _Tier:
    low: Fraction | None
    high: Fraction | None
    points: Fraction


def _tiers(options: Options) -> list[_Tier]:
    rows = rows_of(options["tiers"], "tier [lo, hi, points]", 3)
    return [_Tier(_end(low), _end(high), exact(points)) for low, high, points in rows]


def _end(written: object) -> Fraction | None:
    return None if written is None else abscissa(written)


def _tier_mistakes(options: Options) -> list[str]:
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


def _ready_tiers(options: Options, out: Range, scale: Scale) -> Shaper:
    tiers = _tiers(options)
    first = None if tiers[0].low is None else whole(tiers[0].low)
    tops = [None if tier.high is None else whole(tier.high) for tier in tiers]
    answers = list(zip(tops, [Shaped(micro_of(tier.points, scale)) for tier in tiers], strict=True))

    def shape(value: Scalar, second: Scalar = None) -> Shaped:
        nano = nano_of(value)
        if isinstance(nano, str):
            return Shaped(None, nano)
        if first is None or nano >= first:
            for top, answer in answers:
                if top is None or nano <= top:
                    return answer
        return Shaped(None, f"{value} is in none of the tiers")

    return shape


def _steps(options: Options) -> list[tuple[Fraction | None, Fraction]]:
    rows = rows_of(options["steps"], "step [from, points]", 2)
    return [(_end(start), exact(points)) for start, points in rows]


def _step_mistakes(options: Options) -> list[str]:
    found = []
    for number, ((one, _), (following, _)) in enumerate(pairwise(_steps(options)), start=2):
        if following is None:
            found.append(f"step {number}: only the first may have no beginning")
        elif one is not None and following <= one:
            found.append(f"step {number}: it must begin above the one before it")
    return found


def _ready_steps(options: Options, out: Range, scale: Scale) -> Shaper:
    steps = [(None if start is None else whole(start), micro_of(points, scale)) for start, points in _steps(options)]
    downwards = [(start, Shaped(micro)) for start, micro in reversed(steps)]

    def shape(value: Scalar, second: Scalar = None) -> Shaped:
        nano = nano_of(value)
        if isinstance(nano, str):
            return Shaped(None, nano)
        for start, answer in downwards:
            if start is None or nano >= start:
                return answer
        return Shaped(None, f"{value} is below the first step")

    return shape


def _categories(options: Options) -> dict[str, Fraction]:
    values = options["values"]
    if not isinstance(values, Mapping) or not values:
        raise ValueError("values is a mapping of categories to points")
    return {category(name): exact(number) for name, number in values.items()}


def category(value: object) -> str:
    """A value as a category: flags are `true` and `false`, whole numbers have no decimals."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float) and to_nano(value) is not None and value == int(value):
        return str(int(value))
    return "a huge number" if isinstance(value, int) else str(value)


def _ready_enum(options: Options, out: Range, scale: Scale) -> Shaper:
    answers = {name: Shaped(micro_of(number, scale)) for name, number in _categories(options).items()}

    def shape(value: Scalar, second: Scalar = None) -> Shaped:
        if value is None:
            return Shaped(None, "there is no value")
        named = category(value)
        return answers.get(named) or Shaped(None, f"{named[:40]!r} is not a known category")

    return shape


RULES: Mapping[str, Rule] = {
    "tiers": Rule(
        _tier_mistakes,
        lambda options: [tier.points for tier in _tiers(options)],
        _ready_tiers,
        needs=frozenset({"tiers"}),
    ),
    "steps": Rule(
        _step_mistakes, lambda options: [points for _, points in _steps(options)], _ready_steps, frozenset({"steps"})
    ),
    "enum": Rule(
        no_mistakes, lambda options: list(_categories(options).values()), _ready_enum, needs=frozenset({"values"})
    ),
}
