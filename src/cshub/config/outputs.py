"""What stands beside a score, as configured: risk, trend, a person's word and the roll-up. How the YAML is read stands in `beside`."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from ..expr import Expression
from ..model import MICRO


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRule:
    """A rule of the section `risk`: `severity` in micro-points, `text` with `{metric}`s still open."""

    name: str
    when: Expression
    severity: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskRules:
    """The section `risk`. `weight` is the share of the worst rule (λ of SCORING §6) in millionths."""

    rules: tuple[RiskRule, ...] = ()
    weight: int = MICRO // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """The score is compared with that of `span` ago; less than `dead_band` points are stable."""

    span: timedelta = timedelta(days=30)
    dead_band: float = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideFields:
    """Which extra fields of the account hold a person's word."""

    value: str
    reason: str
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """How parents are scored from their children; `above` is in points, `mrr` the metric that gives the revenue."""

    by: str
    parent: str = "include"
    above: float = 0.0
    mrr: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outputs:
    """All of it; None for what is not declared. `pulse` is the extra field of the account that holds the CSM's feeling."""

    risk: RiskRules | None = None
    trend: Trend = field(default_factory=Trend)
    override: OverrideFields | None = None
    pulse: str | None = None
    rollup: Rollup | None = None

    @property
    def metrics(self) -> frozenset[str]:
        """The metrics these outputs read, besides those of a scorecard."""
        asked = {name for rule in self.risk.rules for name in rule.when.names} if self.risk else set()
        return frozenset(asked | ({self.rollup.mrr} if self.rollup and self.rollup.mrr else set()))
