"""Lines of the explanation, which add up to the score exactly: the last units go where the largest remainders are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ..model import Driver, Group, Reading, Status
from .evidence import Evidence, Leaf, State
from .groups import adds_up
from .words import number


def apportion(numerators: Sequence[int], denominator: int, total: int, order: Sequence[int]) -> list[int]:
    """Whole parts close to each numerator/denominator whose sum is `total`, by largest remainder.

    `order` ranks the parts for equal remainders, so that the answer does not depend on how the parts are arranged.
    """
    pairs = [divmod(numerator, denominator) for numerator in numerators]
    parts = [whole for whole, _ in pairs]
    left = total - sum(parts)
    if left == 0 or not parts:
        return parts
    ranked = sorted(range(len(parts)), key=lambda place: (-pairs[place][1], order[place]))
    if left < 0:
        ranked.reverse()
    for step in range(abs(left)):
        parts[ranked[step % len(ranked)]] += 1 if left > 0 else -1
    return parts


def ranks(units: Sequence[Unit]) -> list[int]:
    """The place of each unit when they are sorted by group and name."""
    ranked = sorted(range(len(units)), key=lambda place: (units[place].group or "", units[place].name))
    found = [0] * len(units)
    for rank, place in enumerate(ranked):
        found[place] = rank
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A group that does not add up: one line for `inputs`, its signals (by their place in the scorecard)."""

    name: str
    group: str | None
    word: str
    inputs: range


#: What has a line of its own.
Unit: TypeAlias = Leaf | Part

_WORDS = {
    "min": "the lowest of",
    "max": "the highest of",
    "product": "the product of",
    "geometric": "the geometric mean of",
    "worst_of": "poor if one is poor, good if all are:",
    "points": "capped points of",
}


def units_of(root: Group, leaves: Sequence[Leaf]) -> list[Unit]:
    """The units of a tree made ready, in its order."""
    return list(_units(root, None, leaves, iter(range(len(leaves)))))


def _units(group: Group, path: str | None, leaves: Sequence[Leaf], places: Iterator[int]) -> Iterator[Unit]:
    if not adds_up(group):
        size = _size(group)
        start = next(places, len(leaves)) if size else 0
        for _ in range(size - 1):
            next(places)
        above = None if path is None else path.rpartition("/")[0] or None
        yield Part(name=group.name, group=above, word=_WORDS[group.combine], inputs=range(start, start + size))
        return
    for _ in group.signals:
        yield leaves[next(places)]
    for inner in group.groups:
        yield from _units(inner, inner.name if path is None else f"{path}/{inner.name}", leaves, places)


def _size(group: Group) -> int:
    return len(group.signals) + sum(map(_size, group.groups))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Writes the lines of one customer: `units` in order, with the evidence of all signals."""

    units: Sequence[Unit]
    leaves: Sequence[Leaf]
    evidence: Sequence[Evidence]
    readings: Mapping[str, Reading]

    def write(
        self, base: int, micros: Sequence[int], shares: Sequence[float | None], values: Sequence[int | None]
    ) -> Iterator[Driver]:
        """A base line, then one line per unit, those without data included; `values` are the points of the units."""
        yield Driver(sort="base", name="base", micro=base)
        known = iter(self.evidence)
        for unit, micro, share, value in zip(self.units, micros, shares, values, strict=True):
            if isinstance(unit, Leaf):
                yield self._signal(unit, next(known), micro, share, "signal")
                continue
            inputs = [(self.leaves[place], next(known)) for place in unit.inputs]
            yield _part(unit, inputs, micro, share, value)
            for leaf, one in inputs:
                yield self._signal(leaf, one, 0, None, "input")

    def _signal(self, leaf: Leaf, known: Evidence, micro: int, share: float | None, sort: str) -> Driver:
        name = leaf.signal.metric
        reading = self.readings.get(name)
        return Driver(
            sort=sort,
            name=name,
            micro=micro,
            group=leaf.group,
            value=reading.value if reading is not None else None,
            shaped_micro=known.micro,
            weight_share=share,
            status=known.status,
            text=known.text,
        )


def _part(
    part: Part, inputs: Sequence[tuple[Leaf, Evidence]], micro: int, share: float | None, value: int | None
) -> Driver:
    outside = bool(inputs) and all(known.state is State.OUTSIDE for _, known in inputs)
    missing = Status.NOT_APPLICABLE if outside else Status.MISSING
    said = ", ".join(_input(leaf, known) for leaf, known in inputs)
    return Driver(
        sort="part",
        name=part.name,
        micro=micro,
        group=part.group,
        shaped_micro=value,
        weight_share=share,
        status=missing if value is None else Status.OK,
        text=f"not additive: {part.word} {said}",
    )


def _input(leaf: Leaf, known: Evidence) -> str:
    name = leaf.name.replace("_", " ")
    return f"{name} {known.status.replace('_', ' ')}" if known.micro is None else f"{name} {number(known.micro)}"
