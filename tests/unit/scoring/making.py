"""Makes scorecards, signals and readings for the tests of scoring, in one line each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from cshub.model import MICRO, Bands, Group, Reading, Scalar, Scorecard, Shape, Signal, Status

#: Points are the metric's own value, from 0 to 100.
IDENTITY = Shape(name="linear", options={"from": [0, 0], "to": [100, 100]})
#: Red, yellow from 50 and green from 75, with a margin of 3 and a dwell of two days.
THREE_BANDS = Bands(edges=(("R", 0.0), ("Y", 50.0), ("G", 75.0)), margin=3.0, dwell=timedelta(days=2))


def signal(
    metric: str, weight: int = 1, *, shape: Shape = IDENTITY, missing: str = "skip", because: str | None = None
) -> Signal:
    """A signal whose points are its value, unless a shape is given."""
    return Signal(metric=metric, shape=shape, weight=weight, missing=missing, because=because)


def card(
    *signals: Signal,
    groups: tuple[Group, ...] = (),
    step: float = 0.0001,
    min_coverage: float = 0.6,
    base: float = 5.0,
    high: float = 100.0,
) -> Scorecard:
    """A scorecard of signals, or of groups, rounded to a ten-thousandth of a point."""
    return Scorecard(
        name="test",
        model="weighted",
        root=Group(name="root", signals=signals, groups=groups),
        bands=Bands(edges=(("critical", 0.0),)),
        step=step,
        min_coverage=min_coverage,
        base=base,
        high=high,
    )


def readings(**values: Scalar | Status) -> Mapping[str, Reading]:
    """Readings of values; None is missing, a status stands for itself."""
    return {name: _reading(name, value) for name, value in values.items()}


def micro(points: float) -> int:
    """Points as micro-points."""
    return round(points * MICRO)


def _reading(name: str, value: Scalar | Status) -> Reading:
    if isinstance(value, Status):
        return Reading(metric=name, value=None, status=value)
    return Reading(metric=name, value=value, status=Status.MISSING if value is None else Status.OK)
