"""What is known of one customer for each signal of a scorecard: its points, or why it has none and what the scorecard says then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from ..model import MICRO, Group, Reading, Scorecard, Signal, Status
from .rounding import to_micro
from .shapes import Shaper, shaper


class State(StrEnum):
    """How a signal takes part."""

    DATA = "data"
    ASSUMED = "assumed"  # no data, but the scorecard says what to assume
    ABSENT = "absent"  # no data: its weight is shared out
    OUTSIDE = "outside"  # not applicable: leaves the denominator of coverage as well
    FATAL = "fatal"  # no data, and the scorecard wants no score then


class Evidence(NamedTuple):
    """One signal for one customer. `micro` are its points on the model's scale, read or assumed."""

    state: State
    micro: int | None
    status: Status
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """A signal made ready. `assumed` are the points its missing policy puts in place of data, `fatal` its policy `fail`."""

    signal: Signal
    group: str | None
    shape: Shaper
    assumed: int | None
    fatal: bool

    def weigh(self, reading: Reading | None) -> Evidence:
        """What a reading says. Whatever its value, this never raises."""
        if reading is None:
            return self._missing(Status.MISSING, "it was not read")
        if reading.status is Status.NOT_APPLICABLE:
            return Evidence(State.OUTSIDE, None, reading.status, reading.note)
        if reading.status is not Status.OK:
            return self._missing(reading.status, reading.note)
        shaped = self.shape(reading.value)
        if shaped.micro is not None:
            return Evidence(State.DATA, shaped.micro, Status.OK)
        if shaped.outside:
            return Evidence(State.OUTSIDE, None, Status.NOT_APPLICABLE, shaped.reason)
        return self._missing(Status.MISSING, reading.note if reading.value is None else shaped.reason)

    def _missing(self, status: Status, text: str | None) -> Evidence:
        if self.fatal:
            return Evidence(State.FATAL, None, status, text)
        return Evidence(State.ABSENT if self.assumed is None else State.ASSUMED, self.assumed, status, text)


def leaves(card: Scorecard, *, percent: bool) -> tuple[Leaf, ...]:
    """Every signal of the scorecard, in its order. Raises ValueError for a shape or a missing policy that makes no sense."""
    return tuple(_leaf(signal, group, percent=percent) for signal, group in _signals(card.root, None))


def _signals(group: Group, path: str | None) -> Iterator[tuple[Signal, str | None]]:
    for signal in group.signals:
        yield signal, path
    for inner in group.groups:
        yield from _signals(inner, inner.name if path is None else f"{path}/{inner.name}")


def _leaf(signal: Signal, group: str | None, *, percent: bool) -> Leaf:
    low, high = (0, 100 * MICRO) if percent else (to_micro(signal.shape.out[0]), to_micro(signal.shape.out[1]))
    policies: Mapping[str, int | None] = {
        "skip": None, "fail": None, "neutral": 50 * MICRO if percent else 0, "worst": low, "best": high,
    }  # fmt: skip
    if signal.missing not in policies:
        raise ValueError(f"{signal.metric}: missing is one of {', '.join(policies)}, not {signal.missing}")
    return Leaf(
        signal=signal,
        group=group,
        shape=shaper(signal.shape, percent=percent),
        assumed=policies[signal.missing],
        fatal=signal.missing == "fail",
    )
