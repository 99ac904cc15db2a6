"""Placement rules written as a configuration, on the small world of configurations."""

from __future__ import annotations

from collections.abc import Callable

from cshub.config import Config, PlacementRules
from tests.unit.config.world import GOOD

#: A configuration with every section that puts customers somewhere.
LIFECYCLE = """\
lifecycle:
  stages:
    ignored: {when: "type == 'Internal'"}
    churned: {when: "stage == 'former'"}
    onboarding: {when: "tenure < 60 and not milestone_reached"}
    renewing: {when: "days_until(renewal_date) <= 30"}
    otherwise: adopting
onboarding: {milestone: went_live, expected: 30d}
segments:
  enterprise: {when: "mrr >= 5000"}
  loud: {when: "urgent_open > 2"}
"""
SECOND = """\
  young:
    when: "stage == 'onboarding' and not enterprise"
    model: weighted
    signals: {urgent_open: {bad: 3, good: 0}, age: {bad: 0, good: 60}}
    bands: {critical: 0, healthy: 50}
"""


def placed(lifecycle: str = LIFECYCLE, second: str = SECOND) -> str:
    """The good configuration with these sections and a second scorecard."""
    metrics = (
        "  age: {tenure: days}\n  ttv: time_to_value\nscorecards:"
        if "onboarding:" in lifecycle
        else "  age: {tenure: days}\nscorecards:"
    )
    return GOOD.replace("scorecards:", metrics, 1).replace("triggers:", f"{second}triggers:", 1) + lifecycle


def rules_of(read: Callable[..., Config], lifecycle: str = LIFECYCLE, second: str = SECOND) -> PlacementRules:
    """The rules of that configuration."""
    found = read(placed(lifecycle, second)).placement
    assert found is not None
    return found
