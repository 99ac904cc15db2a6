"""What is known of one customer for each signal of a scorecard: its points, or why it has none and what the scorecard says then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from ..model import Group, Reading, Scalar, Scorecard, Signal, Status
from .rounding import exact, half_up, to_micro
from .shapes import second_metric, shaper
from .shaping import Shaper

POLICIES = ("skip", "neutral", "worst", "best", "last", "fail")
_DAY = timedelta(days=1)


class State(StrEnum):
    """How a signal takes part."""

    DATA = "data"
    ASSUMED = "assumed"  # no data, but the scorecard says what to assume
    ABSENT = "absent"  # no data: its weight is shared out
    OUTSIDE = "outside"  # not applicable: leaves the denominator of coverage as well
    FATAL = "fatal"  # no data, and the scorecard wants no score then


class Evidence(NamedTuple):
    """One signal for one customer. `micro` are its points on the model's scale, read or assumed; None when it takes no part."""

    state: State
    micro: int | None
    status: Status
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A signal made ready. `assumed` are the points its missing policy puts in place of data, `second` the metric its shape also needs."""

    signal: Signal
    group: str | None
    shape: Shaper
    assumed: int | None
    second: str | None = None

    @property
    def name(self) -> str:
        """The metric's name."""
        return self.signal.metric

    def weigh(self, readings: Mapping[str, Reading]) -> Evidence:
        """What the readings say. Whatever their values, this never raises."""
        reading = readings.get(self.signal.metric)
        if reading is None:
            return self._missing(Status.MISSING, "it was not read")
        if reading.status is not Status.OK:
            return self._without_value(reading, readings)
        if self.signal.ttl is not None and (stale := _stale(self.signal, self.signal.ttl, readings)):
            return self._missing(Status.STALE, stale)
        second = self.second and _value(self.second, readings)
        shaped = self.shape(reading.value, second)
        if shaped.micro is not None:
            return Evidence(State.DATA, shaped.micro, Status.OK)
        if shaped.outside:
            return Evidence(State.OUTSIDE, None, Status.NOT_APPLICABLE, shaped.reason)
        return self._missing(Status.MISSING, reading.note if reading.value is None else shaped.reason)

    def _without_value(self, reading: Reading, readings: Mapping[str, Reading]) -> Evidence:
        if reading.status is Status.NOT_APPLICABLE:
            return Evidence(State.OUTSIDE, None, reading.status, reading.note)
        if self.signal.missing == "last" and reading.status is Status.STALE and reading.value is not None:
            shaped = self.shape(reading.value, _value(self.second, readings))
            if shaped.micro is not None:
                return Evidence(State.ASSUMED, shaped.micro, reading.status, reading.note)
        return self._missing(reading.status, reading.note)

    def _missing(self, status: Status, text: str | None) -> Evidence:
        if self.signal.missing == "fail":
            return Evidence(State.FATAL, None, status, text)
        return Evidence(State.ABSENT if self.assumed is None else State.ASSUMED, self.assumed, status, text)


def leaves(card: Scorecard, *, scaled: bool) -> tuple[Leaf, ...]:
    """Every signal of the scorecard, in its order; `scaled` maps points to the card's range, except in groups of points.

    Raises ValueError for a shape or a missing policy that makes no sense.
    """
    onto = (exact(card.low), exact(card.high)) if scaled else None
    return tuple(
        _leaf(signal, path, None if group.combine == "points" else onto, keeps=scaled)
        for signal, group, path in _signals(card.root, None)
    )


def _signals(group: Group, path: str | None) -> Iterator[tuple[Signal, Group, str | None]]:
    for signal in group.signals:
        yield signal, group, path
    for inner in group.groups:
        yield from _signals(inner, inner.name if path is None else f"{path}/{inner.name}")


def _leaf(signal: Signal, group: str | None, onto: tuple[Fraction, Fraction] | None, *, keeps: bool) -> Leaf:
    """`onto` is the range its points are mapped to; where they stay as they are, `keeps` says that the middle is neutral, not 0."""
    if signal.missing not in POLICIES:
        raise ValueError(f"{signal.metric}: missing is one of {', '.join(POLICIES)}, not {signal.missing}")
    low, high = (exact(end) for end in signal.shape.out) if onto is None else onto
    middle = (low + high) / 2 if keeps else Fraction(0)
    assumed = {"neutral": middle, "worst": low, "best": high}.get(signal.missing)
    return Leaf(
        signal=signal,
        group=group,
        shape=shaper(signal.shape, onto=onto),
        assumed=None if assumed is None else _micro(assumed),
        second=second_metric(signal.shape),
    )


def _micro(points: Fraction) -> int:
    scaled = points * to_micro(1)
    return half_up(scaled.numerator, scaled.denominator)


def _value(metric: str | None, readings: Mapping[str, Reading]) -> Scalar:
    """The value of another metric, where it is known."""
    reading = readings.get(metric) if metric is not None else None
    return reading.value if reading is not None and reading.status is Status.OK else None


def _stale(signal: Signal, ttl: timedelta, readings: Mapping[str, Reading]) -> str | None:
    """Why a value is too old to count; None when it is not. One of unknown age is."""
    days = _value(signal.age, readings)
    if not isinstance(days, int | float) or days != days:  # NaN alone differs from itself
        return "how old it is, is not known"
    limit = ttl / _DAY
    return f"{days:g} days old, and it counts for {limit:g}" if days > limit else None
