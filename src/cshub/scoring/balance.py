"""How weights work out for one pattern of present and missing signals: shares, coverage, and whether it is enough for a score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from ..model import Group, Scorecard, Status
from .evidence import Evidence, Leaf, State
from .groups import Grid, adds_up, combined
from .rounding import exact, half_up

_TAKES_PART = (State.DATA, State.ASSUMED)
#: A scale for asking whether a group takes part at all.
_ANY = Grid(low=0, high=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """`numerators` over `denominator` are the shares of the units after re-weighting, in the scorecard's order.

    A unit is what has a line of its own: a signal, or the group around it that does not add up.

    `reason` says why there is no score; None when there is enough data.
    """

    numerators: tuple[int, ...]
    denominator: int
    shares: tuple[float, ...]
    coverage: float
    reason: str | None


class Scales:
    """The balance of every pattern met so far: there are few patterns, and many customers share each."""

    def __init__(self, card: Scorecard, root: Group, leaves: Sequence[Leaf]) -> None:
        """`root` is the card's tree made ready."""
        if any(weight < 0 for weight in _weights(root)):
            raise ValueError(f"{card.name}: a weight cannot be negative")
        self._root = root
        self._leaves = leaves
        self._needed = exact(card.min_coverage)
        self._known: dict[tuple[State, ...], Balance] = {}

    def balance(self, states: tuple[State, ...]) -> Balance:
        """The balance for the states of all signals, in the scorecard's order."""
        found = self._known.get(states)
        if found is None:
            found = self._known[states] = self._balance(states)
        return found

    def _balance(self, states: tuple[State, ...]) -> Balance:
        numerators, denominator = _shares(self._root, iter(states))
        has, of = _coverage(self._root, iter(states))
        covered = Fraction(has, of) if of else Fraction(0)
        return Balance(
            numerators=tuple(numerators),
            denominator=denominator,
            shares=tuple(numerator / denominator for numerator in numerators),
            coverage=float(covered),
            reason=self._reason(states, covered, nothing=not any(numerators)),
        )

    def _reason(self, states: tuple[State, ...], covered: Fraction, *, nothing: bool) -> str | None:
        for leaf, state in zip(self._leaves, states, strict=True):
            if state is State.FATAL:
                return f"{leaf.signal.metric} is missing, and without it there is no score"
        if nothing:
            incomplete = _multiplies(self._root) and any(state in _TAKES_PART for state in states)
            return "a product needs all its inputs, and one is missing" if incomplete else "no data at all"
        empty = next(_empty_required(self._root, iter(states), []), None)
        if empty is not None:
            return f"no data in {empty}, which is required"
        if covered < self._needed:
            has, needs = half_up(*(covered * 100).as_integer_ratio()), half_up(*(self._needed * 100).as_integer_ratio())
            return f"data for {has} % of the weight, {needs} % are needed"
        return None


def _multiplies(group: Group) -> bool:
    return group.combine in ("product", "geometric") or any(map(_multiplies, group.groups))


def _weights(group: Group) -> Iterator[int]:
    yield group.weight
    yield from (signal.weight for signal in group.signals)
    for inner in group.groups:
        yield from _weights(inner)


def _shares(group: Group, states: Iterator[State]) -> tuple[list[int], int]:
    """The share of each unit below the group in the group, over those that take part, as numerators and one denominator."""
    if not adds_up(group):
        there = combined(group, _evidence(states), _ANY)[1] is not None
        return [int(there)], 1
    parts = [(signal.weight, [int(next(states) in _TAKES_PART)], 1) for signal in group.signals]
    parts += [(inner.weight, *_shares(inner, states)) for inner in group.groups]
    weight = sum(weight for weight, numerators, _ in parts if any(numerators))
    common = lcm(*(denominator for _, _, denominator in parts))
    shares = [n * weight_of * (common // of) for weight_of, numerators, of in parts for n in numerators]
    return shares, common * weight or 1


def _evidence(states: Iterator[State]) -> Iterator[Evidence]:
    for state in states:
        yield Evidence(state, _ANY.low if state in _TAKES_PART else None, Status.OK)


def _coverage(group: Group, states: Iterator[State]) -> tuple[int, int]:
    """The share of weight that had data, as a fraction; over 0 when nothing in the group applies."""
    parts: list[tuple[int, int, int]] = []
    for signal in group.signals:
        state = next(states)
        parts.append((signal.weight, int(state is State.DATA), int(state is not State.OUTSIDE)))
    parts += [(inner.weight, *_coverage(inner, states)) for inner in group.groups]
    applying = [part for part in parts if part[2]]
    common = lcm(*(of for _, _, of in applying))
    covered = sum(weight * has * (common // of) for weight, has, of in applying)
    return covered, common * sum(weight for weight, _, _ in applying)


def _empty_required(group: Group, states: Iterator[State], seen: list[State]) -> Iterator[str]:
    """The names of required groups without a single signal with data; the states met are added to `seen`."""
    own = [next(states) for _ in group.signals]
    for inner in group.groups:
        yield from _empty_required(inner, states, own)
    if group.required and State.DATA not in own:
        yield group.name
    seen += own
