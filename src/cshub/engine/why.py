"""Why a score changed between two instants: one thing is exchanged after another, and each step's difference is a part of the change.

    S(cfg0, facts0, t0) → S(cfg0, facts0, t1)   freshness: time passed, nothing else
                        → S(cfg0, facts1, t1)   behaviour and availability: other facts
                        → S(cfg1, facts1, t1)   config: another scorecard

The first and the last are the saved scores (where there is none, a replay); what stands between is replayed. The parts add up exactly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from ..config import Config
from ..model import SavedScore
from ..scoring.change import Line, split_facts, split_whole
from ..store import Cut, cut_of_score
from .earlier import scorecard_of
from .hub import Hub, hour
from .replay import Moment, replay


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change with its lines, which add up to it; `lines` are empty where one side has no score.

    `notes` say what could not be told apart, and which side was not saved but replayed.
    """

    customer: str
    before: SavedScore
    after: SavedScore
    lines: tuple[Line, ...]
    notes: tuple[str, ...]

    @property
    def micro(self) -> int | None:
        """The whole change in micro-points."""
        if self.before.micro is None or self.after.micro is None:
            return None
        return self.after.micro - self.before.micro


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A score, what was known for it, and the configuration with its scorecard (None: cannot be read any more)."""

    score: SavedScore
    cut: Cut
    config: Config | None
    is_saved: bool


def why(hub: Hub, customer: str, start: datetime, end: datetime) -> Change | None:
    """The change of a customer's score from `start` to `end`; None when it had no score at one of them."""
    one, other = _side(hub, customer, start), _side(hub, customer, end)
    if one is None or other is None:
        return None
    notes = [
        f"there is no saved score of {at:%Y-%m-%d}: it was replayed by the present scorecard"
        for side, at in ((one, start), (other, end))
        if not side.is_saved
    ]
    lines: list[Line] = []
    if one.score.micro is not None and other.score.micro is not None:
        lines = _steps(hub, customer, one, other, notes)
    return Change(customer=customer, before=one.score, after=other.score, lines=tuple(lines), notes=tuple(notes))


def _steps(hub: Hub, customer: str, one: _Side, other: _Side, notes: list[str]) -> list[Line]:
    first, last, at = one.score, other.score, other.score.as_of
    if one.config is None:
        notes.append(f"scorecard {first.scorecard_hash} cannot be read any more: facts and rules are not told apart")
        return split_whole("config", first.drivers, last.drivers)
    aged = first if at == first.as_of else _replayed(hub, one.config, customer, at, one.cut)
    is_same = first.scorecard_hash == last.scorecard_hash
    told = last if is_same else _replayed(hub, one.config, customer, at, other.cut)
    if aged is None or aged.micro is None or told is None or told.micro is None:
        notes.append("a step between the two has no score, for want of data: it is not told apart")
        if not is_same:
            return split_whole("config", first.drivers, last.drivers)
        return split_facts(first.drivers, last.drivers)
    return [
        *split_whole("freshness", first.drivers, aged.drivers),
        *split_facts(aged.drivers, told.drivers),
        *(split_whole("config", told.drivers, last.drivers) if not is_same else ()),
    ]


def _side(hub: Hub, customer: str, at: datetime) -> _Side | None:
    """The saved score in force at an instant, else a replay by the present scorecard."""
    saved = hub.store.scores.at(customer, at)
    if saved is not None:
        found = scorecard_of(hub, saved)
        config = None
        if found is not None:
            config = replace(hub.config, scorecards={"default": found.card}, metrics=found.metrics)
        return _Side(score=saved, cut=cut_of_score(hub.store, customer, saved.as_of), config=config, is_saved=True)
    cut = Cut(at=at)
    made = _replayed(hub, hub.config, customer, hour(at), cut)
    return _Side(score=made, cut=cut, config=hub.config, is_saved=False) if made is not None else None


def _replayed(hub: Hub, config: Config, customer: str, as_of: datetime, cut: Cut) -> SavedScore | None:
    with replay(hub, config, Moment(as_of=as_of, cut=cut), customers=[customer]) as found:
        return found.store.scores.in_force(customer)
