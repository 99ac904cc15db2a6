"""From a model's word to the score that is kept: explanation in words, band, the earliest instant it may change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ...model import MICRO, Driver, Reading, SavedScore, Scalar, Scorecard, Scored, Signal, Status
from ...model import Group as SignalGroup
from ...scoring.bands import next_state, streak_end
from .readings import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is the same for every score of a run."""

    card: Scorecard
    as_of: datetime
    data_as_of: datetime | None
    stale: tuple[str, ...]


def saved(frame: Frame, due: Due, scored: Scored) -> SavedScore:
    """The score to keep for one customer."""
    before = due.before
    state = before.band_state if before is not None else None
    previous = before.previous_band if before is not None else None
    if scored.micro is not None:
        changed = before is not None and before.scorecard_hash != frame.card.hash
        following = next_state(frame.card.bands, state, scored.micro / MICRO, frame.as_of, config_changed=changed)
        if state is not None and following.band != state.band:
            previous = state.band
        state = following
    ends = [reading.valid_until for reading in due.readings.values() if reading.valid_until is not None]
    settles = streak_end(frame.card.bands, state) if state is not None else None
    if settles is not None:
        ends.append(settles)
    return SavedScore(
        customer=due.customer,
        as_of=frame.as_of,
        scorecard=frame.card.name,
        scorecard_hash=frame.card.hash,
        micro=scored.micro,
        band=state.band if state is not None and scored.micro is not None else None,
        band_state=state,
        previous_band=previous,
        coverage=scored.coverage,
        reason=scored.reason,
        data_as_of=frame.data_as_of,
        valid_until=min((end for end in ends if end > frame.as_of), default=None),
        drivers=tuple(_told(driver, frame) for driver in scored.drivers),
        readings=due.readings,
        stale=frame.stale,
    )


def same(before: SavedScore | None, after: SavedScore) -> bool:
    """Whether a score says what the one in force says already, apart from when it was made and when it may change."""
    if before is None:
        return False
    neutral = {"as_of": after.as_of, "data_as_of": after.data_as_of, "valid_until": after.valid_until}
    return replace(before, **neutral, readings=_timeless(before.readings)) == replace(  # type: ignore[arg-type]  # fields of SavedScore
        after, readings=_timeless(after.readings)
    )


def signals(group: SignalGroup) -> Iterator[Signal]:
    """Every signal of a group and the groups below it."""
    yield from group.signals
    for inner in group.groups:
        yield from signals(inner)


def _timeless(readings: Mapping[str, Reading]) -> dict[str, Reading]:
    return {name: replace(reading, valid_until=None, value=_plain(reading.value)) for name, reading in readings.items()}


def _plain(value: Scalar) -> Scalar:
    return value.isoformat() if isinstance(value, datetime) else value


def _told(driver: Driver, frame: Frame) -> Driver:
    """The driver with its reason in words: the scorecard's own, else the metric's name and value."""
    if driver.text is not None or driver.sort != "signal":
        return driver
    because = next((s.because for s in signals(frame.card.root) if s.metric == driver.name and s.because), None)
    value = _words(driver.value)
    if driver.status is not Status.OK or driver.value is None:
        return replace(driver, text=f"{driver.name.replace('_', ' ')}: {driver.status.replace('_', ' ')}")
    text = because.replace("{value}", value) if because else f"{driver.name.replace('_', ' ')} {value}"
    return replace(driver, text=text)


def _words(value: Scalar) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".")
    return value.strftime("%Y-%m-%d") if isinstance(value, datetime) else str(value)
