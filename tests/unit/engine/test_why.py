"""Why a score changed: each step exchanges one thing, and the steps add up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cshub.engine import Options, run
from tests.unit.engine.village import BEGIN, Village

STAGES = ("pull", "link", "score")
CARD = "      logins_30d: {weight: 1, bad: 0, good: 10}"


@pytest.fixture
def village(tmp_path: Path) -> Village:
    """Three customers; the first one logs in each day of its first month and never again."""
    made = Village(tmp_path, customers=3, leaving=9)
    made.left = {}
    made.logins = [(0, BEGIN - timedelta(days=day)) for day in range(9)]
    made.logins += [(1, BEGIN + timedelta(days=day)) for day in range(-3, 12)]
    return made


def score(village: Village, *, day: int, change: Callable[[], None] = lambda: None) -> None:
    """A whole run on a day."""
    village.clock.instant = BEGIN + timedelta(days=day)
    change()
    village.pull()
    with village.hub() as hub:
        run(hub, STAGES, options=Options(everybody=True))


def why(village: Village, customer: str, start: int, end: int) -> Any:  # Any: JSON
    days = [f"{BEGIN + timedelta(days=day):%Y-%m-%d}" for day in (start, end)]
    return village.json("why", f"crm:{customer}", "--from", days[0], "--to", days[1])


def test_time_alone_is_freshness(village: Village) -> None:
    score(village, day=0)
    score(village, day=28)
    found = why(village, "C0", 0, 28)
    assert found["change"] == -70
    assert {part: micro for part, micro in found["parts"].items() if micro} == {"freshness": -70_000_000}


def test_new_facts_are_behaviour_and_the_rest_is_freshness(village: Village) -> None:
    score(village, day=0)
    score(village, day=10)
    found = why(village, "C1", 0, 10)
    assert {part: micro for part, micro in found["parts"].items() if micro} == {"behaviour": 60_000_000}
    assert found["change"] == 60


def test_another_scorecard_is_config(village: Village) -> None:
    score(village, day=0)
    score(village, day=5, change=lambda: village.edit("good: 10", "good: 20"))
    found = why(village, "C1", 0, 5)
    changed = {part: micro for part, micro in found["parts"].items() if micro}
    assert changed["config"] < 0 < changed["behaviour"]
    assert sum(changed.values()) == found["micro"]
    assert found["before"]["scorecard_hash"] != found["after"]["scorecard_hash"]


BIG = """  big:
    when: "mrr >= 101"
    model: weighted
    signals:
      logins_30d: {weight: 1, bad: 0, good: 20}
    bands: {critical: 0, at_risk: 35, healthy: 70}
backtest:
"""


def test_the_step_of_a_customer_with_a_card_of_its_own_is_taken_with_that_card(village: Village) -> None:
    village.edit("backtest:\n", BIG)
    score(village, day=0)
    score(village, day=10)
    own, other = why(village, "C1", 0, 10), why(village, "C0", 0, 10)
    assert {part: micro for part, micro in own["parts"].items() if micro} == {"behaviour": 50_000_000}
    assert own["before"]["scorecard_hash"] == own["after"]["scorecard_hash"] != other["after"]["scorecard_hash"]


def test_another_card_that_scores_the_customer_is_config(village: Village) -> None:
    village.edit("backtest:\n", BIG)
    score(village, day=0)
    score(village, day=5, change=lambda: village.edit("mrr >= 101", "mrr >= 102"))
    found = why(village, "C1", 0, 5)
    assert found["parts"]["config"] > 0
    assert found["before"]["scorecard_hash"] != found["after"]["scorecard_hash"]
    assert sum(found["parts"].values()) == found["micro"]


def test_without_saved_scores_both_sides_are_replayed_and_it_says_so(village: Village) -> None:
    for day in (0, 10):
        village.clock.instant = BEGIN + timedelta(days=day)
        village.pull()
    found = why(village, "C1", 0, 10)
    assert found["parts"]["behaviour"] == 60_000_000
    assert len(found["notes"]) == 2


def test_it_reads_well(village: Village) -> None:
    score(village, day=0)
    score(village, day=10)
    result = village.cshub("why", "Customer 1", "--from", "2025-01-01", "--to", "2025-01-11")
    assert result.exit_code == 0
    assert "(+60)  behaviour: what the customer did" in result.output
    assert "+60    logins_30d" in result.output
    assert "= the change; the lines above add up to it exactly" in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--from", "2025-02-01", "--to", "2025-01-01"), "--from has to be before --to"),
        (("--from", "2020-01-01", "--to", "2020-02-01"), "has no score at one of the two days"),
    ],
)
def test_days_that_make_no_sense_are_refused(village: Village, arguments: tuple[str, ...], said: str) -> None:
    score(village, day=0)
    result = village.cshub("why", "crm:C1", *arguments)
    assert result.exit_code == 2
    assert said in result.stderr
