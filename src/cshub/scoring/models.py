"""The two models of the core: `weighted`, a mean by weights on the scale of its card, and `additive`, a base plus impacts.

Both give the raw sum; adjustments, clamp and rounding follow in `adjust.finish`. A plugin's model stands beside them by name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..model import Driver, Group, Reading, Scorecard, Scored
from .attribution import Lines, Unit, apportion, ranks, units_of
from .balance import Scales
from .evidence import Evidence, Leaf, leaves
from .groups import Grid, combined, counts_points, cut, grid, ready
from .rounding import to_micro
from .words import number

Batch = Sequence[tuple[str, Mapping[str, Reading]]]


def weighted(card: Scorecard, batch: Batch) -> Sequence[Scored]:
    """The mean of the signals by weight, groups first, over those that have data; groups may combine otherwise.

    Each line is its share of the weight times the distance from the middle (50), so a bad signal reads as a loss; they add up
    to the score exactly. Without enough data there is no score, but a reason. Raises ValueError for a wrong scorecard.
    """
    plan = _Plan.of(card)
    score = plan.points if counts_points(plan.root) else plan.weigh
    return [score(customer, readings) for customer, readings in batch]


def additive(card: Scorecard, batch: Batch) -> Sequence[Scored]:
    """The scorecard's base plus the points of every signal; a missing one adds nothing.

    Groups only say how much data there is. Without enough of it there is no score, but a reason. Raises ValueError for a wrong scorecard.
    """
    signals, root = leaves(card, scaled=False), ready(card.root)
    scales, base = Scales(card, root, signals), to_micro(card.base)
    shares = [None] * len(signals)
    found = []
    for customer, readings in batch:
        evidence = [leaf.weigh(readings) for leaf in signals]
        balance = scales.balance(tuple([known.state for known in evidence]))
        impacts = [0 if balance.reason else known.micro or 0 for known in evidence]
        lines = Lines(units=signals, leaves=signals, evidence=evidence, readings=readings)
        found.append(
            Scored(
                customer=customer,
                micro=None if balance.reason else base + sum(impacts),
                coverage=balance.coverage,
                drivers=tuple(lines.write(0 if balance.reason else base, impacts, shares, shares)),
                readings=readings,
                reason=balance.reason,
            )
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A weighted card made ready for a batch. `order` ranks its units; `levels` is its scale with every level rounded, if it is."""

    root: Group
    signals: Sequence[Leaf]
    units: Sequence[Unit]
    order: Sequence[int]
    scales: Scales
    scale: Grid
    levels: Grid | None

    @classmethod
    def of(cls, card: Scorecard) -> _Plan:
        signals, root, scale = leaves(card, scaled=True), ready(card.root), grid(card)
        units = units_of(root, signals)
        return cls(
            root=root,
            signals=signals,
            units=units,
            order=ranks(units),
            scales=Scales(card, root, signals),
            scale=scale,
            levels=replace(scale, step=to_micro(card.step)) if card.round_levels else None,
        )

    def weigh(self, customer: str, readings: Mapping[str, Reading]) -> Scored:
        """The score of one customer by weights."""
        evidence = [leaf.weigh(readings) for leaf in self.signals]
        balance = self.scales.balance(tuple([known.state for known in evidence]))
        values: list[int | None] = []
        _, micro = combined(self.root, iter(evidence), self.scale, values)
        if balance.reason or micro is None:
            return self._none(customer, readings, evidence, values)
        middle = self.scale.middle
        distances = [0 if value is None else value - middle for value in values]
        exact = [share * distance for share, distance in zip(balance.numerators, distances, strict=True)]
        parts = apportion(exact, balance.denominator, micro - middle, self.order)
        drivers = list(self._lines(readings, evidence).write(middle, parts, balance.shares, values))
        if self.levels is not None:
            rounded = combined(self.root, iter(evidence), self.levels)[1] or 0
            if rounded != micro:
                text = "every level is rounded before it is used"
                drivers.append(Driver(sort="rounding", name="levels", micro=rounded - micro, text=text))
            micro = rounded
        return Scored(
            customer=customer, micro=micro, coverage=balance.coverage, drivers=tuple(drivers), readings=readings
        )

    def points(self, customer: str, readings: Mapping[str, Reading]) -> Scored:
        """The score of one customer whose card counts points: the cap of each group first, then (as the clamp) that of the card."""
        evidence = [leaf.weigh(readings) for leaf in self.signals]
        balance = self.scales.balance(tuple([known.state for known in evidence]))
        values = [known.micro for known in evidence]
        if balance.reason:
            return self._none(customer, readings, evidence, values)
        cuts: list[tuple[str | None, Group, int]] = []
        micro = self.scale.low + cut(self.root, iter(evidence), None, cuts)
        shares = [None] * len(values)
        drivers = list(
            self._lines(readings, evidence).write(self.scale.low, [value or 0 for value in values], shares, values)
        )
        drivers += [_cap(path, group, taken) for path, group, taken in cuts]
        return Scored(
            customer=customer, micro=micro, coverage=balance.coverage, drivers=tuple(drivers), readings=readings
        )

    def _none(
        self,
        customer: str,
        readings: Mapping[str, Reading],
        evidence: Sequence[Evidence],
        values: Sequence[int | None],
    ) -> Scored:
        """No score, but the lines of what is known."""
        balance = self.scales.balance(tuple([known.state for known in evidence]))
        nothing, shares = [0] * len(self.units), balance.shares
        return Scored(
            customer=customer,
            micro=None,
            coverage=balance.coverage,
            drivers=tuple(self._lines(readings, evidence).write(0, nothing, shares, values)),
            readings=readings,
            reason=balance.reason or "no data at all",
        )

    def _lines(self, readings: Mapping[str, Reading], evidence: Sequence[Evidence]) -> Lines:
        return Lines(units=self.units, leaves=self.signals, evidence=evidence, readings=readings)


def _cap(path: str | None, group: Group, taken: int) -> Driver:
    most = number(to_micro(group.cap)) if group.cap is not None else None
    return Driver(sort="cap", name=group.name, micro=taken, group=path, text=f"this group gives at most {most} points")
