"""Why a score changed between two instants: one thing is exchanged after another, and each step's difference is a part of the change.

    S(cfg0, facts0, t0) → S(cfg0, facts0, t1)   freshness: time passed, nothing else
                        → S(cfg0, facts1, t1)   behaviour, availability and caps: other facts
                        → S(cfg1, facts1, t1)   config: another scorecard

The first and the last are the saved scores (where there is none, a replay); what stands between is replayed. The parts add up exactly
(`scoring.change`); what a person said in place of a score comes last.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ..config import Config, ConfiguredMetric, PlacementMetric
from ..model import SavedScore, Scorecard
from ..scoring.change import Change, split
from ..store import Cut
from ..store.replay import cut_of_score
from .earlier import scorecard_of
from .hub import Hub, hour
from .replay import Moment, replay


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A change with its lines, which add up to it; None where one side has no score.

    `notes` say what could not be told apart, and which side was not saved but replayed.
    """

    customer: str
    before: SavedScore
    after: SavedScore
    change: Change | None
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Side:
    """A score, what was known for it, and the configuration with its scorecard (None: cannot be read any more)."""

    score: SavedScore
    cut: Cut
    config: Config | None
    is_saved: bool


def why(hub: Hub, customer: str, start: datetime, end: datetime) -> Answer | None:
    """The change of a customer's score from `start` to `end`; None when it had no score at one of them."""
    one, other = _side(hub, customer, start), _side(hub, customer, end)
    if one is None or other is None:
        return None
    notes = [
        f"there is no saved score of {at:%Y-%m-%d}: it was replayed by the present scorecard"
        for side, at in ((one, start), (other, end))
        if not side.is_saved
    ]
    change = None
    if one.score.micro is not None and other.score.micro is not None:
        change = _change(hub, customer, one, other, notes)
    told = (*notes, *(change.notes if change is not None else ()))
    return Answer(customer=customer, before=one.score, after=other.score, change=change, notes=told)


def _change(hub: Hub, customer: str, one: _Side, other: _Side, notes: list[str]) -> Change | None:
    first, last, at = one.score, other.score, other.score.as_of
    aged, rescored = None, None
    is_same = first.scorecard_hash == last.scorecard_hash
    if one.config is None:
        notes.append(f"scorecard {first.scorecard_hash} cannot be read any more: facts and rules are not told apart")
        rescored = None if is_same else first
    else:
        aged = None if at == first.as_of else _replayed(hub, one.config, customer, at, one.cut)
        rescored = None if is_same else _replayed(hub, one.config, customer, at, other.cut)
    return split(
        first,
        last,
        aged=aged,
        rescored=rescored,
        shown_before=first.shown_micro,
        shown_after=last.shown_micro,
    )


def _side(hub: Hub, customer: str, at: datetime) -> _Side | None:
    """The saved score in force at an instant, else a replay by the present scorecard."""
    saved = hub.store.scores.at(customer, at)
    if saved is not None:
        found = scorecard_of(hub, saved)
        config = _alone(hub.config, found.card, found.metrics) if found is not None else None
        return _Side(score=saved, cut=cut_of_score(hub.store, customer, saved.as_of), config=config, is_saved=True)
    cut = Cut(at=at)
    made = _replayed(hub, hub.config, customer, hour(at), cut)
    if made is None:
        return None
    config = _alone(hub.config, hub.config.scorecards[made.scorecard], hub.config.metrics)
    return _Side(score=made, cut=cut, config=config, is_saved=False)


def _alone(config: Config, card: Scorecard, metrics: Mapping[str, ConfiguredMetric]) -> Config | None:
    """The configuration with one scorecard for everybody, whatever others there are; None where it lacks what the card reads."""
    rules = config.placement
    if rules is None and any(isinstance(metric, PlacementMetric) for metric in metrics.values()):
        return None
    return replace(
        config,
        scorecards={"default": replace(card, name="default")},
        metrics={**config.metrics, **metrics},
        placement=rules and replace(rules, cards=()),
    )


def _replayed(hub: Hub, config: Config, customer: str, as_of: datetime, cut: Cut) -> SavedScore | None:
    """The score of one customer; one that is rolled up needs all the others."""
    customers = [customer] if config.outputs.rollup is None else None
    with replay(hub, config, Moment(as_of=as_of, cut=cut), customers=customers) as found:
        return found.store.scores.in_force(customer)
