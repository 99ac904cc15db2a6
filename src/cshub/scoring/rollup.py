"""The score of a customer from those of the customers below it (SCORING §10), with lines that add up to it. Pure whole numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..model import MICRO, Driver, Scored, Status
from .attribution import apportion
from .rounding import half_up, to_nano


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """What scores go from and to, in micro-points, and which score counts as good for `share_above`."""

    low: int = 0
    high: int = 100 * MICRO
    above: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """A score that is rolled up: whose, its micro-points (None: there is none), and its revenue with the currency."""

    customer: str
    name: str
    micro: int | None
    mrr: float | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolled:
    """What comes of it. `coverage` is the share of inputs that have a score; `reason` says why there is none."""

    micro: int | None
    coverage: float
    drivers: tuple[Driver, ...]
    reason: str | None = None


_SCALE = Scale()


def rollup(own: Input, children: Sequence[Input], *, by: str, parent: str, scale: Scale = _SCALE) -> Rolled:
    """One score by `mean`, `mrr_weighted`, `worst` or `share_above`, whatever the order of the children.

    `parent` says whether the customer's own score is one of the inputs: include, exclude, or fallback (only where no child has one).
    """
    inputs = sorted(children, key=lambda one: one.customer)
    known = [one for one in inputs if one.micro is not None]
    if parent == "include" or (parent == "fallback" and not known):
        inputs = [own, *inputs]
    known = [one for one in inputs if one.micro is not None]
    coverage = len(known) / len(inputs) if inputs else 0.0
    if not known:
        return Rolled(micro=None, coverage=coverage, drivers=tuple(map(_blank, inputs)), reason="no score to roll up")
    return _COMBINED[by](inputs, coverage, scale)


def rolled(scored: Scored, found: Rolled) -> Scored:
    """The customer's own scoring with the rolled-up score in its place."""
    return Scored(
        customer=scored.customer,
        micro=found.micro,
        coverage=found.coverage,
        drivers=found.drivers,
        readings=scored.readings,
        reason=found.reason,
    )


def _mean(inputs: Sequence[Input], coverage: float, scale: Scale) -> Rolled:
    return _weighted(inputs, [0 if one.micro is None else 1 for one in inputs], coverage, scale)


def _by_mrr(inputs: Sequence[Input], coverage: float, scale: Scale) -> Rolled:
    """Weighed by revenue. One without a score or without revenue has no say; several currencies cannot be weighed."""
    money = [one for one in inputs if one.micro is not None and one.mrr]
    currencies = sorted({one.currency for one in money if one.currency is not None})
    reason = f"revenue in several currencies: {', '.join(currencies)}" if len(currencies) > 1 else None
    weights = [0 if one.micro is None else max(to_nano(one.mrr or 0) or 0, 0) for one in inputs]
    if reason is None and not any(weights):
        reason = "no revenue to weigh by"
    if reason is not None:
        return Rolled(micro=None, coverage=coverage, drivers=tuple(map(_blank, inputs)), reason=reason)
    return _weighted(inputs, weights, coverage, scale)


def _weighted(inputs: Sequence[Input], weights: Sequence[int], coverage: float, scale: Scale) -> Rolled:
    """A base in the middle and each input's share of its distance from there, like the signals of a weighted scorecard."""
    total, middle = sum(weights), (scale.low + scale.high) // 2
    exact = [weight * ((one.micro or 0) - middle) for one, weight in zip(inputs, weights, strict=True)]
    moved = half_up(sum(exact), total)
    parts = apportion(exact, total, moved, range(len(inputs)))
    lines = [_line(one, micro, weight / total) for one, micro, weight in zip(inputs, parts, weights, strict=True)]
    base = Driver(sort="base", name="base", micro=middle)
    return Rolled(micro=middle + moved, coverage=coverage, drivers=(base, *lines))


def _worst(inputs: Sequence[Input], coverage: float, scale: Scale) -> Rolled:
    worst = min((one for one in inputs if one.micro is not None), key=lambda one: (one.micro, one.customer))
    lines = [_line(one, (one.micro or 0) if one is worst else 0, float(one is worst)) for one in inputs]
    return Rolled(micro=worst.micro, coverage=coverage, drivers=tuple(lines))


def _share_above(inputs: Sequence[Input], coverage: float, scale: Scale) -> Rolled:
    known = [one for one in inputs if one.micro is not None]
    whole = scale.high - scale.low
    exact = [whole if one.micro is not None and one.micro >= scale.above else 0 for one in inputs]
    micro = half_up(sum(exact), len(known))
    parts = apportion(exact, len(known), micro, range(len(inputs)))
    lines = [
        _line(one, part, 0.0 if one.micro is None else 1 / len(known)) for one, part in zip(inputs, parts, strict=True)
    ]
    base = Driver(sort="base", name="base", micro=scale.low)
    return Rolled(micro=scale.low + micro, coverage=coverage, drivers=(base, *lines))


def _line(one: Input, micro: int, share: float) -> Driver:
    if one.micro is None:
        return _blank(one)
    return Driver(
        sort="child", name=one.customer, micro=micro, shaped_micro=one.micro, weight_share=share, text=one.name
    )


def _blank(one: Input) -> Driver:
    return Driver(sort="child", name=one.customer, micro=0, status=Status.MISSING, text=f"{one.name}: no score")


_COMBINED = {"mean": _mean, "mrr_weighted": _by_mrr, "worst": _worst, "share_above": _share_above}
