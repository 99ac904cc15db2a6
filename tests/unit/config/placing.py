"""Placement rules written as a configuration, on the small world of configurations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from cshub.config import Config, PlacementRules
from tests.unit.config.world import GOOD

NOW = datetime(2026, 3, 1, 10, tzinfo=UTC)
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
        if "\nonboarding:" in lifecycle
        else "  age: {tenure: days}\nscorecards:"
    )
    return GOOD.replace("scorecards:", metrics, 1).replace("triggers:", f"{second}triggers:", 1) + lifecycle


def rules_of(read: Callable[..., Config], lifecycle: str = LIFECYCLE, second: str = SECOND) -> PlacementRules:
    """The rules of that configuration."""
    found = read(placed(lifecycle, second)).placement
    assert found is not None
    return found


#: Facts of an account made at random.
ANY = st.fixed_dictionaries(
    {
        "created_at": st.none()
        | st.integers(0, 26_000).map(lambda hours: NOW - timedelta(days=700) + timedelta(hours=hours)),
        "mrr": st.none() | st.floats(0, 20_000),
        "renewal_date": st.none() | st.dates(date(2025, 6, 1), date(2027, 6, 1)),
        "stage": st.sampled_from([None, "customer", "former"]),
        "type": st.sampled_from([None, "Customer", "Internal"]),
    }
)
