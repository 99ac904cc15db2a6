"""What becomes of the fields of customers that are not scored any more: left alone, or emptied once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from cshub.config import Lifecycle, PlacementRules
from cshub.model import Type
from tests.unit.stages.publish.desk import Desk, observe
from tests.unit.stages.score.scored import Scored
from tests.unit.stages.score.test_segments import rule

RULES = PlacementRules(
    lifecycle=Lifecycle(
        stages=(rule("ignored", "account_stage == 'internal'"), rule("churned", "account_stage == 'former'")),
        otherwise="adopting",
    ),
    fields={"stage": Type.TEXT, "created_at": Type.TIME},
    text="1",
)


@pytest.fixture
def desk(scored: Scored) -> Iterator[Desk]:
    scored.rules = RULES
    made = Desk(scored)
    for id in ("1", "2"):
        made.customers(id)
        scored.world.account("crm", id, stage="customer")
    scored.score()
    made.publish()
    return made


def becomes(desk: Desk, stage: str) -> None:
    """A day later the first customer is in another stage of its vendor's, and much has happened."""
    desk.scored.as_of += timedelta(days=1)
    desk.scored.world.account("crm", "1", stage=stage)
    desk.scored.ticket("t1", "1")
    desk.scored.score()


def test_a_churned_customers_fields_are_kept(desk: Desk) -> None:
    before = dict(desk.crm.records["1"])
    becomes(desk, "former")
    assert desk.plan() is None
    assert desk.crm.records["1"] == before
    observe(desk, "1", "health", "green")
    assert desk.plan() is None


def test_or_they_are_emptied_once(desk: Desk) -> None:
    desk.target = replace(desk.target, clears_churned=True)
    becomes(desk, "former")
    applied = desk.publish()
    assert applied is not None
    assert set(desk.crm.records["1"].values()) == {None}
    assert desk.crm.records["2"]["health"] is not None
    observe(desk, "1", "health", "by hand")
    assert desk.plan() is None


def test_whoever_comes_back_gets_its_fields_again(desk: Desk) -> None:
    desk.target = replace(desk.target, clears_churned=True)
    becomes(desk, "former")
    desk.publish()
    desk.scored.as_of += timedelta(days=1)
    desk.scored.world.land("crm", "ticket", gone=["t1"])
    desk.scored.world.account("crm", "1", stage="customer")
    desk.scored.score()
    desk.publish()
    assert desk.crm.records["1"]["health"] == desk.crm.records["2"]["health"] is not None


def test_an_ignored_customer_is_never_written_to(desk: Desk) -> None:
    desk.target = replace(desk.target, clears_churned=True)
    before = dict(desk.crm.records["1"])
    becomes(desk, "internal")
    assert desk.plan() is None
    assert desk.crm.records["1"] == before


def test_a_plan_made_before_the_customer_churned_leaves_it_alone(desk: Desk) -> None:
    before = dict(desk.crm.records["1"])
    desk.scored.ticket("t0", "1")
    desk.scored.as_of += timedelta(days=1)
    desk.scored.score()
    plan = desk.plan()
    assert plan is not None
    becomes(desk, "former")
    desk.apply(plan)
    assert desk.crm.records["1"] == before
