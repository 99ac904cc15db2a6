"""How well scores told who would leave: figures over units (a customer at an instant, and whether it left after). Pure.

Units are counted by what they look like (`Unit`), so a figure costs as much as there are different scores, not customers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from .intervals import Interval, bootstrap, wilson

#: Below this many customers that left no verdict is given: their intervals would span everything.
ENOUGH_CHURNS = 20
#: Drawn at most and at least for an interval, and about so many units all in all.
_MOST_DRAWS, _LEAST_DRAWS, _WORK = 600, 200, 2_000_000
BINS = 10


class Unit(NamedTuple):
    """What a customer looked like at an instant, and whether it left in the time after.

    `score` is None without enough data; red is the lowest band, green the highest.
    """

    score: int | None
    is_red: bool
    is_green: bool
    churned: bool


Units: TypeAlias = Mapping[Unit, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure with its 95 % interval; both None where there is nothing to compute it from."""

    value: float | None
    interval: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a score achieved.

    `churns` are units that left, of `churned_customers` different ones; `base_rate` is their share, the precision of calling all red.
    """

    n: int
    customers: int
    churns: int
    churned_customers: int
    unscored: int
    red: int
    base_rate: float | None
    auc: Estimate
    precision: Estimate
    recall: Estimate
    f1: Estimate
    lift: Estimate
    green_at_churn: Estimate
    draws: int


def figures(customers: Mapping[str, Sequence[Unit]], *, seed: int = 0) -> Figures:
    """All figures of the units of customers. Shares have Wilson's interval where nobody has two units, else the bootstrap over customers."""
    looks = Counter(tuple(sorted(units, key=repr)) for units in customers.values() if units)
    units = _counted(looks)
    n, churns = sum(units.values()), sum(times for unit, times in units.items() if unit.churned)
    draws = max(_LEAST_DRAWS, min(_MOST_DRAWS, _WORK // max(n, 1))) if 0 < churns < n else 0
    drawn = bootstrap(looks, _all, resamples=draws, seed=seed) if draws else [None] * len(_STATISTICS)
    values = _all(units)
    estimates = [Estimate(value=value, interval=one) for value, one in zip(values, drawn, strict=True)]
    if all(len(look) == 1 for look in looks):
        estimates = [_with_wilson(units, place, one) for place, one in enumerate(estimates)]
    auc, precision, recall, f1, lift, green = estimates
    return Figures(
        n=n,
        customers=sum(looks.values()),
        churns=churns,
        churned_customers=sum(times for look, times in looks.items() if any(unit.churned for unit in look)),
        unscored=sum(times for unit, times in units.items() if unit.score is None),
        red=sum(times for unit, times in units.items() if unit.is_red),
        base_rate=churns / n if n else None,
        auc=auc,
        precision=precision,
        recall=recall,
        f1=f1,
        lift=lift,
        green_at_churn=green,
        draws=draws,
    )


def auc(pairs: Iterable[tuple[int | float, bool, int]]) -> float | None:
    """The chance that one who left scored lower than one who stayed, ties counting half (Mann and Whitney 1947).

    `pairs` are a score, whether that one left, and how many look like this. None unless somebody left and somebody stayed.
    """
    left: Counter[int | float] = Counter()
    stayed: Counter[int | float] = Counter()
    for score, churned, times in pairs:
        (left if churned else stayed)[score] += times
    all_left, all_stayed = sum(left.values()), sum(stayed.values())
    if not all_left or not all_stayed:
        return None
    above, won = all_stayed, 0
    for score in sorted(left.keys() | stayed.keys()):
        above -= stayed[score]
        won += left[score] * (2 * above + stayed[score])
    return won / (2 * all_left * all_stayed)


def precision_among(pairs: Iterable[tuple[int | float, bool, int]], flagged: int) -> float | None:
    """The share that left among the `flagged` lowest; of those that are equal at the edge, as many as fit, by their mean share."""
    times: Counter[int | float] = Counter()
    left: Counter[int | float] = Counter()
    for score, churned, count in pairs:
        times[score] += count
        left[score] += count if churned else 0
    room, hits = min(flagged, sum(times.values())), 0.0
    taken = room
    for score in sorted(times):
        part = min(room, times[score])
        hits += left[score] * part / times[score]
        room -= part
        if not room:
            break
    return hits / taken if taken else None


class Bin(NamedTuple):
    """Risks from `low` up to `high`: how many, what was foretold on average, how many left, with the interval of that share."""

    low: float
    high: float
    n: int
    foretold: float | None
    churned: int
    interval: Interval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Brier's score (the mean squared error of the risks; `base` is that of foretelling the base rate for all) and ten bins."""

    brier: float
    base: float
    bins: tuple[Bin, ...]


def calibration(risks: Sequence[tuple[float, bool]]) -> Calibration | None:
    """How true risks (0–1) came (Brier 1950); None without any."""
    if not risks:
        return None
    rate = sum(churned for _, churned in risks) / len(risks)
    inside: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for risk, churned in risks:
        inside[min(int(risk * BINS), BINS - 1)].append((risk, churned))
    return Calibration(
        brier=sum((risk - churned) ** 2 for risk, churned in risks) / len(risks),
        base=rate * (1 - rate),
        bins=tuple(_bin(place, found) for place, found in enumerate(inside)),
    )


def verdict(found: Figures, baselines: Mapping[str, float | None]) -> str | None:
    """What the figures allow to say about the score; None while there are too few churns for any word."""
    interval = found.auc.interval
    if found.churned_customers < ENOUGH_CHURNS or interval is None:
        return None
    if interval.high < 0.5:
        return "the score is upside down: those who left scored higher than those who stayed"
    if interval.low <= 0.5:
        return "not shown to be better than chance"
    unbeaten = [name for name, value in baselines.items() if value is not None and value >= interval.low]
    if unbeaten:
        return f"better than chance, but not shown to be better than {' or '.join(unbeaten)}"
    return "better than chance and than every baseline"


def _all(units: Units) -> Sequence[float | None]:
    return [statistic(units) for statistic in _STATISTICS]


def _auc(units: Units) -> float | None:
    return auc((unit.score, unit.churned, times) for unit, times in units.items() if unit.score is not None)


def _share(units: Units, place: int) -> tuple[int, int]:
    """Hits and of how many: precision, recall, or the share in the highest band among those that left."""
    if place == _PRECISION:
        among = [(unit.churned, times) for unit, times in units.items() if unit.is_red]
    elif place == _RECALL:
        among = [(unit.is_red, times) for unit, times in units.items() if unit.churned]
    else:
        among = [(unit.is_green, times) for unit, times in units.items() if unit.churned]
    return sum(times for hit, times in among if hit), sum(times for _, times in among)


def _ratio(units: Units, place: int) -> float | None:
    hits, of = _share(units, place)
    return hits / of if of else None


def _f1(units: Units) -> float | None:
    hits, red = _share(units, _PRECISION)
    _, churns = _share(units, _RECALL)
    return 2 * hits / (red + churns) if red + churns else None


def _lift(units: Units) -> float | None:
    precision = _ratio(units, _PRECISION)
    n, churns = sum(units.values()), _share(units, _RECALL)[1]
    return precision * n / churns if precision is not None and churns else None


_PRECISION, _RECALL, _GREEN = 1, 2, 5
_STATISTICS = (
    _auc,
    lambda units: _ratio(units, _PRECISION),
    lambda units: _ratio(units, _RECALL),
    _f1,
    _lift,
    lambda units: _ratio(units, _GREEN),
)


def _with_wilson(units: Units, place: int, estimate: Estimate) -> Estimate:
    if place not in (_PRECISION, _RECALL, _GREEN):
        return estimate
    return Estimate(value=estimate.value, interval=wilson(*_share(units, place)))


def _counted(looks: Mapping[tuple[Unit, ...], int]) -> Units:
    units: Counter[Unit] = Counter()
    for look, times in looks.items():
        for unit in look:
            units[unit] += times
    return units


def _bin(place: int, found: Sequence[tuple[float, bool]]) -> Bin:
    churned = sum(left for _, left in found)
    foretold = sum(risk for risk, _ in found) / len(found) if found else None
    return Bin(place / BINS, (place + 1) / BINS, len(found), foretold, churned, wilson(churned, len(found)))
