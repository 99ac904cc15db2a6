"""From a model's raw sum to the score: points, then floors, caps and vetoes, then the clamp, then the rounding, each a line of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ..model import Adjustment, Bands, Driver, Reading, Scorecard, Scored, ScoreRule, Status
from .rounding import to_micro, to_step

#: An adjustment with the name of the plugin it came from.
Owned = tuple[str, Adjustment]


def finish(card: Scorecard, scored: Scored, adjustments: Sequence[Owned] = ()) -> Scored:
    """The score after adjustments, clamped to the scorecard's range and rounded half-up to its step.

    The scorecard's own rules come first, then plugins' adjustments sorted by plugin and name: all points, then the highest floor, then
    the lowest cap, which wins. One that is no usable number changes nothing and says so in its line. Those of other customers are
    left out; a customer without a score stays without. Raises ValueError for a scorecard whose range or step makes no sense.
    """
    if scored.micro is None:
        return scored
    drivers = list(scored.drivers)
    effects = _rules(card, scored.readings, drivers)
    mine = sorted((one for one in adjustments if one[1].customer == scored.customer), key=_order)
    effects += [effect for owned in mine for effect in _effects(owned, drivers)]
    micro = _apply(scored.micro, effects, drivers)
    low, high, step = _limits(card.low, card.high, card.step)
    clamped = min(max(micro, low), high)
    rounded = min(max(to_step(clamped, step), low), high)
    if clamped != micro:
        edge = "highest" if clamped == high else "lowest"
        drivers.append(Driver(sort="clamp", name="clamp", micro=clamped - micro, text=f"the {edge} score there is"))
    if rounded != clamped:
        drivers.append(Driver(sort="rounding", name="rounding", micro=rounded - clamped))
    return replace(scored, micro=rounded, drivers=tuple(drivers))


def trouble(adjustment: Adjustment) -> str | None:
    """What is wrong with an adjustment's numbers, as a sentence; None when nothing is."""
    for word, number in (("points", adjustment.points), ("cap", adjustment.cap)):
        try:
            if number is not None:
                to_micro(number)
        except ValueError as error:
            return f"{word}: {error}"
    return None


def vetoed(bands: Bands, drivers: Sequence[Driver]) -> str | None:
    """The lowest band that a veto among the lines leaves as the best; None without a veto."""
    names = [name for name, _ in bands.edges]
    named = [names.index(str(line.value)) for line in drivers if line.sort == "veto" and line.value in names]
    return names[min(named)] if named else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Effect:
    """One change: `sort` is points, floor, cap or veto, `micro` what is added or the limit."""

    sort: str
    name: str
    micro: int
    text: str
    owner: str | None = None
    band: str | None = None

    def line(self, micro: int) -> Driver:
        return Driver(sort=self.sort, name=self.name, micro=micro, text=self.text, owner=self.owner, value=self.band)


def _rules(card: Scorecard, readings: Mapping[str, Reading], drivers: list[Driver]) -> list[_Effect]:
    """The scorecard's own rules that hold for these readings; one that cannot be answered says so in its line."""
    if not card.adjust:
        return []
    row = {name: found.value for name, found in readings.items() if found.status is Status.OK}
    found = []
    for rule in card.adjust:
        try:
            holds = rule.when(row)
        except (TypeError, OverflowError) as error:  # a function metric gave another type than the rule compares with
            text = f"ignored, its condition cannot be answered: {error}"
            drivers.append(Driver(sort="points", name=rule.name, micro=0, text=text, status=Status.ERROR))
            continue
        if holds is True:
            found.append(_effect(card, rule))
    return found


def _effect(card: Scorecard, rule: ScoreRule) -> _Effect:
    if rule.points is not None:
        return _Effect(sort="points", name=rule.name, micro=to_micro(rule.points), text=rule.text)
    if rule.floor is not None:
        return _Effect(sort="floor", name=rule.name, micro=to_micro(rule.floor), text=rule.text)
    if rule.cap is not None:
        return _Effect(sort="cap", name=rule.name, micro=to_micro(rule.cap), text=rule.text)
    limit = _best_of(card.bands, rule.veto, to_micro(card.step), to_micro(card.low))
    return _Effect(sort="veto", name=rule.name, micro=limit, text=rule.text, band=rule.veto)


def _best_of(bands: Bands, band: str | None, step: int, low: int) -> int:
    """The highest score in a band: the last step below the edge of the next. Raises ValueError for a band there is not."""
    names = [name for name, _ in bands.edges]
    if band not in names[:-1]:
        raise ValueError(f"a veto names a band below the best one, not {band}")
    edge = to_micro(bands.edges[names.index(band) + 1][1])
    return max((edge - 1) // step * step, low)


def _effects(owned: Owned, drivers: list[Driver]) -> list[_Effect]:
    """What a plugin's adjustment changes."""
    owner, adjustment = owned
    wrong = trouble(adjustment)
    if wrong is not None:
        text = f"ignored, {wrong}"
        drivers.append(
            Driver(sort="points", name=adjustment.name, micro=0, text=text, owner=owner, status=Status.ERROR)
        )
        return []
    return [
        _Effect(sort=sort, name=adjustment.name, micro=to_micro(number), text=adjustment.text, owner=owner)
        for sort, number in (("points", adjustment.points), ("cap", adjustment.cap))
        if number is not None
    ]


def _apply(micro: int, effects: Sequence[_Effect], drivers: list[Driver]) -> int:
    for effect in effects:
        if effect.sort == "points":
            drivers.append(effect.line(effect.micro))
            micro += effect.micro
    floors = [effect for effect in effects if effect.sort == "floor"]
    caps = [effect for effect in effects if effect.sort in ("cap", "veto")]
    highest = max((effect.micro for effect in floors), default=micro)
    for effect in floors:
        micro = _take(effect, micro, max(highest - micro, 0) if effect.micro == highest else 0, drivers)
    lowest = min((effect.micro for effect in caps), default=micro)
    for effect in caps:
        micro = _take(effect, micro, min(lowest - micro, 0) if effect.micro == lowest else 0, drivers)
    return micro


def _take(effect: _Effect, micro: int, change: int, drivers: list[Driver]) -> int:
    drivers.append(effect.line(change))
    return micro + change


@lru_cache(maxsize=64)
def _limits(low: float, high: float, step: float) -> tuple[int, int, int]:
    limits = to_micro(low), to_micro(high), to_micro(step)
    if limits[0] > limits[1] or limits[2] <= 0:
        raise ValueError("a scorecard's lowest score is below its highest, and its step above 0")
    return limits


def _order(owned: Owned) -> tuple[str, str, str, str]:
    owner, adjustment = owned
    return owner, adjustment.name, adjustment.text, repr((adjustment.points, adjustment.cap))
