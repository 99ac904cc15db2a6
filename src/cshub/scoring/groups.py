"""How a group makes one value of many (SCORING §3): weighted, mean, min, max, product, geometric, worst_of, points."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from ..model import Group, Scorecard
from .evidence import Evidence, State
from .rounding import half_up, to_micro, to_step

COMBINES = ("weighted", "mean", "min", "max", "product", "geometric", "worst_of", "points")
#: Groups whose members each have a line of their own: what they give adds up. The two kinds of points are those of a whole card.
_ROOT_POINTS, _INNER_POINTS = "points of the card", "points inside points"
_ADDITIVE = frozenset({"weighted", "mean", _ROOT_POINTS, _INNER_POINTS})
_POINTS = frozenset({"points", _ROOT_POINTS, _INNER_POINTS})


#: A signal or a group inside a group: its weight, how it takes part, and its value, None when it takes none.
_Member: TypeAlias = tuple[int, State, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The scale of a card in micro-points; `step` rounds every level, 0 does not."""

    low: int
    high: int
    step: int = 0

    @property
    def middle(self) -> int:
        """Half way: neither good nor bad."""
        return half_up(self.low + self.high, 2)


#: What a group makes of its members that take part; `group` says how, `grid` on what scale.
_Combine: TypeAlias = Callable[[Sequence[_Member], Group, Grid], int | None]


def grid(card: Scorecard) -> Grid:
    """The scale of a card, without rounding of levels."""
    return Grid(low=to_micro(card.low), high=to_micro(card.high))


def ready(root: Group) -> Group:
    """The same tree with the weights that count: 1 each in a mean, the most points in a group of points.

    Raises ValueError for a way to combine that there is not.
    """
    return _ready(root, _ROOT_POINTS)


def adds_up(group: Group) -> bool:
    """Whether each member of a group made ready has a line of its own."""
    return group.combine in _ADDITIVE


def counts_points(group: Group) -> bool:
    """Whether a group made ready counts points, rather than weighing."""
    return group.combine in _POINTS


def combined(
    group: Group, evidence: Iterator[Evidence], scale: Grid, units: list[int | None] | None = None
) -> tuple[State, int | None]:
    """How a group made ready takes part, and its value: one half-up rounding per group, from the evidence of its signals in order.

    `units` is filled with what has a line of its own: the value of each signal, or of the group around it that does not add up.
    """
    inner = units if group.combine in _ADDITIVE else None
    members: list[_Member] = []
    for signal in group.signals:
        state, micro, _, _ = next(evidence)
        members.append((signal.weight, state, micro))
        if inner is not None:
            inner.append(micro)
    members += [(part.weight, *combined(part, evidence, scale, inner)) for part in group.groups]
    micro = _RULES[group.combine](members, group, scale)
    if micro is not None and scale.step:
        micro = to_step(micro, scale.step)
    if inner is None and units is not None:
        units.append(micro)
    return _state(members, micro), micro


def cut(group: Group, evidence: Iterator[Evidence], path: str | None, cuts: list[tuple[str | None, Group, int]]) -> int:
    """The points of a group of points after its caps; `cuts` is filled with what each cap took away."""
    total = sum(known.micro or 0 for known in (next(evidence) for _ in group.signals))
    for part in group.groups:
        total += cut(part, evidence, part.name if path is None else f"{path}/{part.name}", cuts)
    cap = None if group.cap is None else to_micro(group.cap)
    if cap is not None and total > cap:
        cuts.append((path, group, cap - total))
        return cap
    return total


def _ready(group: Group, points: str) -> Group:
    if group.combine not in COMBINES:
        raise ValueError(f"{group.name}: combine is one of {', '.join(COMBINES)}, not {group.combine}")
    combine = points if group.combine == "points" else group.combine
    parts = [_ready(part, _INNER_POINTS if group.combine == "points" else "points") for part in group.groups]
    signals = group.signals
    if group.combine == "mean":
        signals = tuple(replace(signal, weight=1) for signal in signals)
        parts = [replace(part, weight=1) for part in parts]
    elif group.combine == "points":
        signals = tuple(replace(signal, weight=max(map(abs, map(to_micro, signal.shape.out)))) for signal in signals)
        parts = [replace(part, weight=_most(part)) for part in parts]
    return replace(group, combine=combine, signals=signals, groups=tuple(parts))


def _most(group: Group) -> int:
    """The most points a group made ready can give."""
    most = sum(signal.weight for signal in group.signals) + sum(part.weight for part in group.groups)
    return most if group.cap is None else min(most, to_micro(group.cap))


def _state(members: Sequence[_Member], micro: int | None) -> State:
    if micro is not None:
        return State.DATA
    return State.OUTSIDE if members and all(state is State.OUTSIDE for _, state, _ in members) else State.ABSENT


def _taking_part(members: Sequence[_Member]) -> list[int]:
    return [micro for _, _, micro in members if micro is not None]


def _weighted(members: Sequence[_Member], group: Group, scale: Grid) -> int | None:
    total = weight = 0
    for of, _, micro in members:
        if micro is not None:
            total += of * micro
            weight += of
    return half_up(total, weight) if weight else None


def _least(members: Sequence[_Member], group: Group, scale: Grid) -> int | None:
    return min(_taking_part(members), default=None)


def _most_of(members: Sequence[_Member], group: Group, scale: Grid) -> int | None:
    return max(_taking_part(members), default=None)


def _factors(members: Sequence[_Member], scale: Grid) -> list[int]:
    """How far each factor is above the lowest; none when one of them is missing, because a product without it would be another."""
    if any(micro is None and state is not State.OUTSIDE for _, state, micro in members):
        return []
    return [micro - scale.low for micro in _taking_part(members)]


def _product(members: Sequence[_Member], group: Group, scale: Grid) -> int | None:
    factors = _factors(members, scale)
    if not factors:
        return None
    product = 1
    for factor in factors:
        product *= factor
    return scale.low + half_up(product, (scale.high - scale.low) ** (len(factors) - 1))


def _geometric(members: Sequence[_Member], group: Group, scale: Grid) -> int | None:
    """The n-th root of the product, half-up: r such that (2r − 1)ⁿ ≤ 2ⁿ·product < (2r + 1)ⁿ."""
    factors = _factors(members, scale)
    if not factors:
        return None
    product = 1
    for factor in factors:
        product *= max(factor, 0)
    return scale.low + (_root(2 ** len(factors) * product, len(factors)) + 1) // 2


def _root(number: int, degree: int) -> int:
    """The largest whole number whose power is at most `number`, by bisection: exact for any size."""
    low, high = 0, 1 << (number.bit_length() // degree + 1)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle**degree <= number else (low, middle - 1)
    return low


def _worst_of(members: Sequence[_Member], group: Group, scale: Grid) -> int | None:
    known = _taking_part(members)
    if not known:
        return None
    poor, good = (to_micro(0 if edge is None else edge) for edge in (group.poor, group.good))
    if min(known) < poor:
        return scale.low
    return scale.high if min(known) >= good else scale.middle


def _inner_points(members: Sequence[_Member], group: Group, scale: Grid) -> int | None:
    known = _taking_part(members)
    if not known:
        return None
    return sum(known) if group.cap is None else min(sum(known), to_micro(group.cap))


def _points(members: Sequence[_Member], group: Group, scale: Grid) -> int | None:
    """The group's cap first, then the total."""
    total = _inner_points(members, group, scale)
    return None if total is None else min(max(scale.low + total, scale.low), scale.high)


_RULES: Mapping[str, _Combine] = {
    "weighted": _weighted,
    "mean": _weighted,
    "min": _least,
    "max": _most_of,
    "product": _product,
    "geometric": _geometric,
    "worst_of": _worst_of,
    "points": _points,
    _ROOT_POINTS: _points,
    _INNER_POINTS: _inner_points,
}
