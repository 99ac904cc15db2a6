"""What would move the band: for each signal the nearest value at which it would change, everything else equal. Exact, by asking the model itself.

Between two numbers that a shape speaks of, its points go one way, so the value is found by halving; whole numbers stay whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from ..model import Bands, Reading, Scalar, Scorecard, Shape, Signal, Status
from ..model import Group as SignalGroup
from .rounding import NANO, exact, to_micro, to_nano
from .shapes import second_metric, shaper

_PERCENT = (Fraction(0), Fraction(100))
#: Where shapes turn that name no numbers.
_NATURAL: Mapping[str, Sequence[int]] = {
    "ratio": (0,),
    "growth": (0, 2),
    "percentile": (0, 100),
    "own_baseline": (-100, 100),
}
#: The score in micro-points that readings would give; None without enough data.
Ask = Callable[[Mapping[str, Reading]], int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """With `value` in place of `now`, everything else equal, the score would be `micro` and reach `band`.

    `effort` is how far the signal's own points (0–100, in micro-points) have to move for it.
    """

    metric: str
    now: Scalar
    value: Scalar
    micro: int
    band: str
    effort: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Turns to a better and to a worse band, the least effort first, and the signals that cannot do either alone."""

    better: tuple[Turn, ...]
    worse: tuple[Turn, ...]
    unable_better: tuple[str, ...]
    unable_worse: tuple[str, ...]
    unknown: tuple[str, ...]


def turns(card: Scorecard, band: str, readings: Mapping[str, Reading], ask: Ask) -> Turns:
    """What each signal could do alone to a customer in `band`. Signals without data are in `unknown`: nobody knows where they stand.

    A turn passes the edge by the scorecard's margin; the dwell is not looked at.
    """
    known = [signal for signal in _signals(card.root) if _is_known(readings.get(signal.metric))]
    unknown = [signal.metric for signal in _signals(card.root) if not _is_known(readings.get(signal.metric))]
    found: dict[bool, list[Turn]] = {}
    unable: dict[bool, list[str]] = {}
    for is_up in (True, False):
        if not _has_next(card.bands, band, is_up=is_up):
            continue
        for signal in known:
            turn = _Search(card.bands, band, is_up, signal, readings, ask).turn()
            if turn is None:
                unable.setdefault(is_up, []).append(signal.metric)
            else:
                found.setdefault(is_up, []).append(turn)
    return Turns(
        better=_ordered(found.get(True, ())),
        worse=_ordered(found.get(False, ())),
        unable_better=tuple(sorted(unable.get(True, ()))),
        unable_worse=tuple(sorted(unable.get(False, ()))),
        unknown=tuple(sorted(unknown)),
    )


def reached(bands: Bands, band: str, micro: int) -> str:
    """The band that a score reaches from another one, when every edge on the way is passed by the margin."""
    names = [name for name, _ in bands.edges]
    edges, margin, here = [to_micro(edge) for _, edge in bands.edges], to_micro(bands.margin), names.index(band)
    while here + 1 < len(edges) and micro >= edges[here + 1] + margin:
        here += 1
    while here > 0 and micro < edges[here] - margin:
        here -= 1
    return names[here]


@dataclass(frozen=True, slots=True)
class _Search:
    """The search for one signal in one direction of the band."""

    bands: Bands
    band: str
    is_up: bool
    signal: Signal
    readings: Mapping[str, Reading]
    ask: Ask

    def turn(self) -> Turn | None:
        """The turn of least effort: of numbers the nearest above or below."""
        now = self.readings[self.signal.metric].value
        if self.signal.shape.name == "enum":
            values: Sequence[Scalar] = _categories(self.signal.shape)
        elif isinstance(now, int | float) and not isinstance(now, bool) and to_nano(now) is not None:
            values = [value for value in (self._nearest(now, 1), self._nearest(now, -1)) if value is not None]
        else:
            return None
        made = [turn for value in values if (turn := self._made(now, value)) is not None]
        return min(made, key=lambda turn: (turn.effort, str(turn.value)), default=None)

    def _made(self, now: Scalar, value: Scalar) -> Turn | None:
        micro = self._score(value)
        if micro is None or not self._turns(micro):
            return None
        shape = shaper(self.signal.shape, onto=_PERCENT)
        points = [shape(one, self._second()).micro or 0 for one in (now, value)]
        band = reached(self.bands, self.band, micro)
        effort = abs(points[1] - points[0])
        return Turn(metric=self.signal.metric, now=now, value=value, micro=micro, band=band, effort=effort)

    def _score(self, value: Scalar) -> int | None:
        """The score with that value; None where the shape has no points for it, for then it would be another kind of change."""
        name = self.signal.metric
        if shaper(self.signal.shape)(value, self._second()).micro is None:
            return None
        return self.ask({**self.readings, name: replace(self.readings[name], value=value)})

    def _second(self) -> Scalar:
        """The value of the other metric that the shape needs, where it is known."""
        found = self.readings.get(second_metric(self.signal.shape) or "")
        return found.value if found is not None and _is_known(found) else None

    def _turns(self, micro: int | None) -> bool:
        if micro is None:
            return False
        names = [name for name, _ in self.bands.edges]
        moved = names.index(reached(self.bands, self.band, micro)) - names.index(self.band)
        return moved > 0 if self.is_up else moved < 0

    def _nearest(self, now: int | float, way: int) -> int | float | None:
        """The nearest number in one direction that turns the band, in steps of 1 for whole numbers, else of 1e-9."""
        step = NANO if isinstance(now, int) else 1
        start = (to_nano(now) or 0) // step
        at = start
        for end in self._ends(start, step, way):
            if self._turns_at(at + way, step):
                return _number(at + way, step)
            if self._turns_at(end, step):
                return _number(self._halve(at + way, end, step), step)
            at = end
        return _number(at + way, step) if self._turns_at(at + way, step) else None

    def _ends(self, start: int, step: int, way: int) -> list[int]:
        """The numbers the shape speaks of beyond the start, nearest first; in whole steps, both neighbours of one that is between."""
        found = {place for nano in self._corners() for place in (nano // step, -(-nano // step))}
        return sorted((end for end in found if (end - start) * way > 0), reverse=way < 0)

    def _corners(self) -> Iterator[int]:
        """The numbers at which the shape may turn, in whole 1e-9: those it names, and those that are its nature."""
        shape, second = self.signal.shape, self._second()
        yield from _numbers(shape.options)
        yield from (place * NANO for place in _NATURAL.get(shape.name, ()))
        of = to_nano(second) if isinstance(second, int | float) else None
        yield from (place * of for place in (1, 2) if of is not None)

    def _halve(self, low: int, high: int, step: int) -> int:
        """Between one that does not turn the band and one that does: the first that does."""
        while abs(high - low) > 1:
            middle = (low + high) // 2
            if self._turns_at(middle, step):
                high = middle
            else:
                low = middle
        return high

    def _turns_at(self, place: int, step: int) -> bool:
        return self._turns(self._score(_number(place, step)))


def _signals(group: SignalGroup) -> Iterator[Signal]:
    yield from group.signals
    for inner in group.groups:
        yield from _signals(inner)


def _is_known(reading: Reading | None) -> bool:
    return reading is not None and reading.status is Status.OK and reading.value is not None


def _has_next(bands: Bands, band: str, *, is_up: bool) -> bool:
    return band != bands.edges[-1 if is_up else 0][0]


def _ordered(found: Sequence[Turn]) -> tuple[Turn, ...]:
    return tuple(sorted(found, key=lambda turn: (turn.effort, turn.metric)))


def _categories(shape: Shape) -> list[Scalar]:
    values = shape.options.get("values")
    return (
        [str(name).lower() if isinstance(name, bool) else str(name) for name in values]
        if isinstance(values, Mapping)
        else []
    )


def _numbers(options: object) -> Iterator[int]:
    """Every number in a shape's options, in whole 1e-9: more than its values of x do no harm, they only part the way."""
    if isinstance(options, Mapping):
        for part in options.values():
            yield from _numbers(part)
    elif isinstance(options, Sequence) and not isinstance(options, str):
        for part in options:
            yield from _numbers(part)
    elif isinstance(options, int | float | str) and not isinstance(options, bool):
        try:
            value = exact(options) * NANO
        except ValueError:
            return
        yield value.numerator // value.denominator


def _number(place: int, step: int) -> int | float:
    return place if step == NANO else place / NANO
