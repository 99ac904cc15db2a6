"""Every signal of a card with its place in the file, and what its shape can give for the values its metric can have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, inf

from ...model import Group, Scorecard, Shape, Signal
from ..nodes import Block, Entry, Place, Step, find, key_place
from .domains import Domain

LINES = ("linear", "linear_bounded")


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A signal with its YAML; `share` is its part of the whole card's weight."""

    card: Scorecard
    signal: Signal
    entry: Entry
    steps: tuple[Step, ...]
    share: float
    domain: Domain | None

    @property
    def block(self) -> Block:
        """What is written below the metric's name."""
        return self.entry.node if isinstance(self.entry.node, Block) else Block(place=self.entry.place)

    def place(self, *inside: Step) -> Place:
        """Where something inside the signal stands."""
        return find(self.block, inside)[0] if inside else self.entry.place

    def key(self, *inside: Step) -> Place:
        """Where a key inside the signal stands."""
        return key_place(self.block, inside)

    def end_key(self, *, is_good: bool) -> tuple[Step, ...]:
        """The steps to one end of a line, as it is written."""
        if self.block.get("bad") is not None:
            return ("good",) if is_good else ("bad",)
        return ("to", 0) if is_good else ("from", 0)


def signals_of(
    card: Scorecard, block: Block, steps: tuple[Step, ...], domains: Mapping[str, Domain | None]
) -> Iterator[Placed]:
    """All signals of a card, in the order of the file."""
    yield from _inside(card, card.root, block, steps, 1.0, domains)


def _inside(
    card: Scorecard,
    group: Group,
    block: Block,
    steps: tuple[Step, ...],
    share: float,
    domains: Mapping[str, Domain | None],
) -> Iterator[Placed]:
    whole = sum(one.weight for one in group.signals) + sum(one.weight for one in group.groups)
    signals, groups = block.get("signals"), block.get("groups")
    for signal in group.signals:
        entry = signals.entry(signal.metric) if isinstance(signals, Block) else None
        if entry is not None:
            yield Placed(
                card=card,
                signal=signal,
                entry=entry,
                steps=(*steps, "signals", signal.metric),
                share=share * signal.weight / whole if whole else 0.0,
                domain=domains.get(signal.metric),
            )
    for inner in group.groups:
        node = groups.get(inner.name) if isinstance(groups, Block) else None
        if isinstance(node, Block):
            part = share * inner.weight / whole if whole else 0.0
            yield from _inside(card, inner, node, (*steps, "groups", inner.name), part, domains)


def unreached(shape: Shape, domain: Domain) -> Iterator[tuple[tuple[Step, ...], str]]:
    """The tiers and categories that no value of the metric can be in: where they stand, and as people would name them."""
    if shape.name == "tiers":
        for number, tier in enumerate(_tiers(shape)):
            if not _meets(domain, *tier[:2], is_first=number == 0):
                yield ("tiers", number), f"from {_end(tier[0])} to {_end(tier[1])}"
    elif shape.name == "enum":
        for name in _categories(shape):
            if not _is_possible(name, domain):
                yield ("values", str(name)), str(name)


def points_of(shape: Shape, domain: Domain | None) -> tuple[float, float] | None:
    """The lowest and highest points a signal can give; None when only the shape itself knows."""
    found = list(_points(shape, domain or Domain()))
    return (min(found), max(found)) if found else None


def _points(shape: Shape, domain: Domain) -> Iterator[float]:
    if shape.name == "tiers":
        tiers = _tiers(shape)
        yield from (one[2] for n, one in enumerate(tiers) if _meets(domain, one[0], one[1], is_first=n == 0))
    elif shape.name == "enum":
        yield from (points for name, points in _categories(shape).items() if _is_possible(name, domain))
    elif ends := ends_of(shape):
        (x0, y0), (x1, y1) = ends
        low, high = min(x0, x1), max(x0, x1)
        reach = (low, high) if domain.words is not None else (domain.low, domain.high)
        for x in (min(max(reach[0], low), high), min(max(reach[1], low), high)):
            yield y0 + (x - x0) / (x1 - x0) * (y1 - y0)


def ends_of(shape: Shape) -> tuple[tuple[float, float], tuple[float, float]] | None:
    """(value, points) of both ends of a line, the first as `from` or `bad` has it; None for other shapes."""
    start, end = shape.options.get("from"), shape.options.get("to")
    if shape.name not in LINES or not isinstance(start, Sequence) or not isinstance(end, Sequence):
        return None
    return (float(start[0]), float(start[1])), (float(end[0]), float(end[1]))


def _tiers(shape: Shape) -> list[tuple[float | None, float | None, float]]:
    rows = shape.options["tiers"]
    assert isinstance(rows, Sequence)
    return [(_number(row[0]), _number(row[1]), float(row[2])) for row in rows]


def _number(value: object) -> float | None:
    return None if value is None else float(str(value))


def _categories(shape: Shape) -> Mapping[object, float]:
    values = shape.options["values"]
    assert isinstance(values, Mapping)
    return {name: float(points) for name, points in values.items()}


def _meets(domain: Domain, low: float | None, high: float | None, *, is_first: bool) -> bool:
    """Whether some value is in the tier (low, high]; the first tier has its lower end as well."""
    if domain.words is not None:
        return True
    least = max(domain.low, -inf if low is None else low)
    most = min(domain.high, inf if high is None else high)
    is_open = low is not None and least == low and not is_first
    if domain.is_whole and abs(least) != inf:
        least = floor(least) + 1 if is_open else ceil(least)
        return least <= most
    return least < most or (least == most and not is_open)


def _is_possible(name: object, domain: Domain) -> bool:
    if domain.words is not None:
        return str(name).lower() in {str(word).lower() for word in domain.words}
    try:
        number = float(str(name))
    except ValueError:
        return (
            domain == Domain()
        )  # nothing is known of the metric, or its numbers are not limited: told by its type alone
    return domain.low <= number <= domain.high and not (domain.is_whole and number != floor(number))


def _end(value: float | None) -> str:
    return "…" if value is None else f"{value:g}"
