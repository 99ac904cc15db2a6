"""Customers with others below them get their score from those, in the same run, and again when one of those changes or leaves."""

from __future__ import annotations

import pytest

from cshub.config import Outputs, Rollup
from cshub.model import MICRO
from tests.unit.stages.score.scored import Scored, query

MEAN = Outputs(rollup=Rollup(by="mean", parent="exclude"))


def family(scored: Scored, tickets: dict[str, int]) -> None:
    """A company 1 with projects 2 and 3, and a project 4 below 3; each urgent ticket costs 20 points."""
    scored.metrics["unseen"] = scored.metrics["urgent_open"]
    for id, parent in (("1", None), ("2", "1"), ("3", "1"), ("4", "3")):
        scored.world.account("crm", id, name=f"N{id}", parent=parent)
    for id, count in tickets.items():
        for number in range(count):
            scored.ticket(f"{id}-{number}", id)


def points(scored: Scored) -> dict[str, float | None]:
    found = {id: scored.of(f"crm:{id}").micro for id in "1234"}
    return {id: None if micro is None else micro / MICRO for id, micro in found.items()}


@pytest.fixture
def mean(scored: Scored) -> Scored:
    scored.outputs = MEAN
    family(scored, {"2": 1, "4": 5})
    return scored


def test_without_a_rule_everybody_is_scored_alone(scored: Scored) -> None:
    family(scored, {"2": 1, "4": 5})
    scored.score()
    assert points(scored) == {"1": 100, "2": 84, "3": 100, "4": 20}


def test_the_lowest_come_first_whatever_their_ids(mean: Scored) -> None:
    tally = mean.score()
    assert points(mean) == {"1": 52, "2": 84, "3": 20, "4": 20}
    assert (tally.due, tally.scored, tally.saved) == (4, 4, 4)


def test_a_rolled_up_score_is_explained_by_its_inputs(mean: Scored) -> None:
    mean.score()
    score = mean.of("crm:1")
    assert [(line.sort, line.name, line.text, line.micro) for line in score.drivers] == [
        ("base", "base", None, 50 * MICRO),
        ("child", "crm:2", "N2", 17 * MICRO),
        ("child", "crm:3", "N3", -15 * MICRO),
    ]
    assert (score.children, score.coverage, score.band) == (2, 1.0, "at_risk")


def test_a_second_run_scores_nobody_and_saves_nothing(mean: Scored) -> None:
    mean.score()
    assert mean.score().due == 0
    again = mean.score(everybody=True)
    assert (again.saved, again.kept) == (0, 4)


def test_a_change_below_reaches_all_that_are_above_it(mean: Scored) -> None:
    mean.score()
    mean.world.row("crm", "ticket", "2-0", account_id="2", is_open=False, priority="urgent")
    tally = mean.score()
    assert points(mean) == {"1": 60, "2": 100, "3": 20, "4": 20}
    assert (tally.due, tally.saved) == (2, 2)


def test_one_that_leaves_or_moves_counts_no_more_where_it_was(mean: Scored) -> None:
    mean.score()
    mean.world.account("crm", "4", name="N4", parent="2")
    mean.score()
    assert points(mean) == {"1": 60, "2": 20, "3": 100, "4": 20}
    mean.world.account("crm", "4", name="N4", type="Gone")
    mean.score()
    assert mean.of("crm:2").micro == 84 * MICRO
    assert mean.of("crm:1").micro == 92 * MICRO


def test_one_that_has_churned_counts_no_more(mean: Scored) -> None:
    mean.score()
    mean.world.account("crm", "2", name="N2", parent="1", stage="Churned")
    mean.score()
    assert mean.of("crm:2").is_frozen
    assert mean.of("crm:1").micro == 20 * MICRO


def test_scores_are_weighed_by_revenue(scored: Scored) -> None:
    scored.outputs = Outputs(rollup=Rollup(by="mrr_weighted", parent="exclude", mrr="mrr"))
    scored.metrics["mrr"] = query("mrr", kind="account", function="any", value="mrr")
    family(scored, {"2": 5})
    scored.world.account("crm", "2", name="N2", parent="1", mrr=300.0, currency="EUR")
    scored.world.account("crm", "3", name="N3", parent="1", mrr=100.0, currency="EUR")
    scored.world.account("crm", "4", name="N4", parent="3", mrr=50.0, currency="EUR")
    scored.score()
    assert scored.of("crm:1").micro == 40 * MICRO
    scored.world.account("crm", "3", name="N3", parent="1", mrr=100.0, currency="USD")
    scored.score()
    assert scored.of("crm:1").reason == "revenue in several currencies: EUR, USD"


def test_a_narrowed_run_takes_those_above_along(mean: Scored) -> None:
    mean.score()
    mean.ticket("9", "4")
    assert mean.score(customers=["crm:2"], everybody=True).due == 2
    assert points(mean)["1"] == 52
