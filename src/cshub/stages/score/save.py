"""From a model's word to the score that is kept: explanation in words, band, the earliest instant it may change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...config import Outputs
from ...model import MICRO, BandState, Driver, SavedScore, Scorecard, Scored, Status
from ...scoring.adjust import vetoed
from ...scoring.bands import next_state, streak_end
from ...scoring.needs import signals_of
from ...scoring.words import plain
from ...store.score_rows import Before
from .beside import Beside, Onlooker
from .readings import Due

#: Scores are about whole hours, so what changes at once is looked at again at the next.
HOUR = timedelta(hours=1)
#: Lines with their words that are remembered; customers share most of them.
_TOLD = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What is the same for every score of a run. `because` holds the scorecard's own words by metric."""

    card: Scorecard
    as_of: datetime
    data_as_of: datetime | None
    stale: tuple[str, ...]
    because: Mapping[str, str]
    onlooker: Onlooker
    told: dict[tuple[object, ...], Driver] = field(default_factory=dict)


def frame(
    card: Scorecard,
    as_of: datetime,
    data_as_of: datetime | None,
    stale: tuple[str, ...],
    onlooker: Onlooker | None = None,
) -> Frame:
    """The frame of a run's scores."""
    because = {signal.metric: signal.because for signal in signals_of(card.root) if signal.because}
    looking = onlooker or Onlooker(card, Outputs(), as_of)
    return Frame(card=card, as_of=as_of, data_as_of=data_as_of, stale=stale, because=because, onlooker=looking)


def saved(frame: Frame, due: Due, scored: Scored) -> SavedScore:
    """The score to keep for one customer."""
    state, previous = _band(frame, due.before, scored)
    beside = frame.onlooker.of(due, scored, state, previous)
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
        valid_until=_end(frame, due, state, beside),
        drivers=tuple([_told(driver, due, frame) for driver in scored.drivers]),
        readings=due.readings,
        stale=frame.stale,
        risk=beside.risk,
        trend=beside.trend,
        change_micro=beside.change_micro,
        dimensions=beside.dimensions,
        override=beside.override,
    )


def frozen(before: SavedScore) -> SavedScore:
    """The last score of a customer that has churned: it stands for good, so that what was said before can be held against what came."""
    return replace(before, is_frozen=True, valid_until=None)


def _band(frame: Frame, before: Before | None, scored: Scored) -> tuple[BandState | None, str | None]:
    """Where the customer stands between bands now, and the band in force before."""
    state, previous = (before.band_state, before.previous_band) if before is not None else (None, None)
    if scored.micro is None:
        return state, previous
    changed = before is not None and before.scorecard_hash != frame.card.hash
    veto = vetoed(frame.card.bands, scored.drivers)
    following = next_state(
        frame.card.bands, state, scored.micro / MICRO, frame.as_of, config_changed=changed, veto=veto
    )
    if state is not None and following.band != state.band:
        previous = state.band
    return following, previous


def _end(frame: Frame, due: Due, state: BandState | None, beside: Beside) -> datetime | None:
    """The earliest instant after `as_of` at which the score may differ with the same facts."""
    as_of = frame.as_of
    ends = [
        until if until > as_of else as_of + HOUR
        for reading in due.readings.values()
        if (until := reading.valid_until) is not None
    ]
    ends += [at for at in beside.ends if at > as_of]
    settles = streak_end(frame.card.bands, state) if state is not None else None
    if settles is not None and settles > as_of:
        ends.append(settles)
    return min(ends, default=None)


def _told(driver: Driver, due: Due, frame: Frame) -> Driver:
    """The driver with its reason in words: the scorecard's own, else the metric's name and its value or date."""
    if driver.text is not None or driver.sort not in ("signal", "input"):
        return driver
    day, value = due.readings[driver.name].note, driver.value
    said = (driver.name, type(value), value, driver.status, day)
    key = (said, driver.micro, driver.shaped_micro, driver.weight_share, driver.group, driver.owner)
    told = frame.told.get(key)
    if told is None:
        if len(frame.told) >= _TOLD:
            frame.told.clear()
        told = frame.told[key] = Driver(
            sort=driver.sort,
            name=driver.name,
            micro=driver.micro,
            group=driver.group,
            value=value,
            shaped_micro=driver.shaped_micro,
            weight_share=driver.weight_share,
            status=driver.status,
            text=_text(driver, day, frame),
            owner=driver.owner,
        )
    return told


def _text(driver: Driver, day: str | None, frame: Frame) -> str:
    name = driver.name.replace("_", " ")
    if driver.status is not Status.OK or driver.value is None:
        return f"{name}: {driver.status.replace('_', ' ')}"
    value, because = plain(driver.value), frame.because.get(driver.name)
    if because is not None:
        return because.replace("{value}", value).replace("{date}", day or value)
    return f"{name}, counted from {day}" if day else f"{name} {value}"
