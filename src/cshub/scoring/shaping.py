"""What every shape is made of: its answer, the scale its points are mapped to, and values read as exact whole numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple, Protocol, TypeAlias

from ..model import MICRO, Scalar
from .rounding import NANO, exact, half_up, to_nano


class Shaped(NamedTuple):
    """A shape's answer: micro-points, or None with the reason. `outside` means: no impact, though there is a value."""

    micro: int | None
    reason: str | None = None
    outside: bool = False


class Shaper(Protocol):
    """A shape made ready: a metric's value, and that of the metric it is compared with, → its answer. Never raises."""

    def __call__(self, value: Scalar, second: Scalar = None) -> Shaped: ...


#: Maps exact points to the scale the model wants, before the one rounding: `slope * points + offset`.
Scale: TypeAlias = tuple[Fraction, Fraction]
Options: TypeAlias = Mapping[str, object]
#: The declared range in points.
Range: TypeAlias = tuple[Fraction, Fraction]


@dataclass(frozen=True, slots=True)
class Rule:
    """One shape: the options it needs and may have, the mistakes in them, and how to make it ready.

    `values` are the points it can give, to be compared with its range; a shape that fills its whole range gives none.
    """

    mistakes: Callable[[Options], list[str]]
    values: Callable[[Options], list[Fraction]]
    ready: Callable[[Options, Range, Scale], Shaper]
    needs: frozenset[str] = frozenset()
    may: frozenset[str] = frozenset()


def micro_of(value: Fraction, scale: Scale) -> int:
    """Exact points on the model's scale, in micro-points: the one rounding of a shape."""
    slope, offset = scale
    scaled = (value * slope + offset) * MICRO
    return half_up(scaled.numerator, scaled.denominator)


def stretched(out: Range, scale: Scale) -> Scale:
    """The scale for a shape that gives 0 to 100 and fills its declared range with that."""
    slope, offset = scale
    low, high = out
    return (high - low) / 100 * slope, low * slope + offset


def nano_of(value: Scalar) -> int | str:
    """A value in whole 1e-9, or the reason why it has none."""
    if isinstance(value, int | float):
        nano = to_nano(value)
        return "the number is not finite or too large" if nano is None else nano
    return "there is no value" if value is None else f"{str(value)[:40]!r} is not a number"


def abscissa(number: object) -> Fraction:
    """A value of a metric as a scorecard writes it: at most nine decimals. Raises ValueError."""
    value = exact(number)
    if (value * NANO).denominator != 1:
        raise ValueError(f"{number!r} has more than nine decimals")
    return value


def whole_nano(value: Fraction) -> int:
    """An `abscissa` in whole 1e-9."""
    return (value * NANO).numerator


def rows_of(value: object, what: str, columns: int) -> list[Sequence[object]]:
    """A list of lists of so many entries. Raises ValueError that says what they are: `[lo, hi, points]`."""
    name, _, form = what.partition(" ")
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise ValueError(f"{name}s is a list of {form}")
    for row in value:
        if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != columns:
            raise ValueError(f"a {name} is {form}, not {row!r}")
    return list(value)


def pair(options: Options, name: str, form: str = "[value, points]") -> tuple[object, object]:
    """An option that is two things. Raises ValueError."""
    found = options[name]
    if not isinstance(found, Sequence) or isinstance(found, str) or len(found) != 2:
        raise ValueError(f"{name} is {form}, not {found!r}")
    return found[0], found[1]


def no_mistakes(options: Options) -> list[str]:
    """For shapes that can only be wrong in the options they have."""
    return []


def no_values(options: Options) -> list[Fraction]:
    """For shapes that fill their range and cannot leave it."""
    return []
