"""Churn risk (SCORING §6): the worst rule that fired and the lack of health, together, times how near the renewal is. Pure whole numbers.

Which rules fired is judged elsewhere. 0 to 100 points, higher is worse; monotone in every severity, in health and in the days left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from ..model import MICRO, Driver, Risk, Status
from .attribution import apportion
from .rounding import half_up, to_step

_TOP = 100 * MICRO
#: From so many days before the renewal on, risk counts so many quarters of itself.
_NEAR = ((90, 6), (181, 5))
_FAR = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A rule that holds for a customer: its severity in micro-points (0–100 points), and its words. `trouble` says that it could not be judged."""

    name: str
    severity: int
    text: str
    trouble: str | None = None


def risk(
    health: int | None, fired: Sequence[Fired], renewal: date | None, as_of: datetime, *, rules_weight: int
) -> Risk:
    """The risk of one customer, with lines that add up to it. `health` is in micro-points of 0–100, `rules_weight` (λ) in millionths.

    Without health the rules count alone; without either there is no risk but a reason.
    """
    rules = sorted((one for one in fired if one.trouble is None), key=lambda one: (-one.severity, one.name))
    troubles = tuple(
        Driver(sort="rule", name=one.name, micro=0, status=Status.ERROR, text=one.trouble)
        for one in sorted(fired, key=lambda one: one.name)
        if one.trouble is not None
    )
    if health is None and not rules:
        return Risk(micro=None, drivers=troubles, reason="health is not known, and no rule fired")
    lines = [*_parts(health, rules, rules_weight), *troubles]
    raw = sum(line.micro for line in lines)
    near = half_up(raw * quarters(renewal, as_of), 4)
    if near != raw and renewal is not None:
        lines.append(Driver(sort="renewal", name="renewal", micro=near - raw, text=f"renewal on {renewal}"))
    capped = min(near, _TOP)
    if capped != near:
        lines.append(Driver(sort="cap", name="cap", micro=capped - near, text="the highest risk there is"))
    micro = to_step(capped, MICRO)
    if micro != capped:
        lines.append(Driver(sort="rounding", name="rounding", micro=micro - capped))
    return Risk(micro=micro, drivers=tuple(lines))


def quarters(renewal: date | None, as_of: datetime) -> int:
    """How many quarters of itself the risk counts: 4 beyond 180 days or without a date, 5 from 180 days on, 6 under 90."""
    if renewal is None:
        return _FAR
    days = (renewal - as_of.date()).days
    return next((count for below, count in _NEAR if days < below), _FAR)


def nearer(renewal: date | None, as_of: datetime) -> datetime | None:
    """The next instant from which the renewal is near enough to count more; None when there is none."""
    if renewal is None:
        return None
    days = (renewal - as_of.date()).days
    below = max((below for below, _ in _NEAR if below <= days), default=None)
    if below is None:
        return None
    return datetime.combine(renewal - timedelta(days=below - 1), time(), UTC)


def _parts(health: int | None, rules: Sequence[Fired], weight: int) -> list[Driver]:
    """A line for each rule that fired, of which the worst counts, and one for health."""
    worst = rules[0].severity if rules else 0
    lack = 0 if health is None else min(max(_TOP - health, 0), _TOP)
    shares = (MICRO, 0) if health is None else (weight, MICRO - weight)
    exact = [shares[0] * worst, shares[1] * lack]
    by_rules, by_health = apportion(exact, MICRO, half_up(sum(exact), MICRO), (0, 1))
    lines = [
        Driver(
            sort="rule",
            name=rule.name,
            micro=0 if place else by_rules,
            shaped_micro=rule.severity,
            weight_share=0.0 if place else shares[0] / MICRO,
            text=f"{rule.text} (a worse one counts)" if place else rule.text,
        )
        for place, rule in enumerate(rules)
    ]
    if health is None:
        text = "health is not known: the rules count alone"
        return [*lines, Driver(sort="health", name="health", micro=0, status=Status.MISSING, text=text)]
    share = shares[1] / MICRO
    return [
        *lines,
        Driver(
            sort="health", name="health", micro=by_health, shaped_micro=lack, weight_share=share, text="lack of health"
        ),
    ]
