"""From a plan to the CRM: nothing without a yes, exactly the plan, and nothing twice."""

from __future__ import annotations

import pytest

from cshub.testing.sandbox import Fault, FaultKind
from tests.journey.desk import Desk


@pytest.fixture
def planned(desk: Desk) -> Desk:
    """Everything was done but the writing."""
    desk.ok("setup", "crm", "--apply", "--yes")
    desk.ok("run", "--dry-run")
    return desk


def health(desk: Desk) -> list[object]:
    """What the CRM itself holds in the field Health."""
    found = [record["properties"] for record in desk.sandbox.vendor.dump("companies")]
    return [one.get("cshub_health") for one in found if isinstance(one, dict) and one.get("cshub_health")]


def test_a_dry_run_writes_nothing_and_leaves_a_plan(planned: Desk) -> None:
    assert planned.sandbox.writes.changes() == []
    plans = planned.json("status")["plans"]
    assert isinstance(plans, list)
    assert [plan["records"] for plan in plans] == [40]


def test_a_plan_writes_nothing_and_says_by_its_exit_code_that_something_would_change(planned: Desk) -> None:
    assert planned.cshub("plan").exit_code == 0
    assert planned.cshub("plan", "--exit-code").exit_code == 4
    assert planned.sandbox.writes.changes() == []


def test_a_plan_for_one_customer_holds_that_customer_alone(planned: Desk) -> None:
    customer = str(planned.json("explain", "Vale Freight SA")["customer"])
    plans = planned.json("plan", "--customer", "Vale Freight SA")["plans"]
    assert isinstance(plans, list)
    assert {line["customer"] for line in plans[0]["lines"]} == {customer}


def test_off_a_terminal_nothing_is_written_without_yes(planned: Desk) -> None:
    result = planned.cshub("apply")
    assert result.exit_code == 2
    assert "needs --yes" in result.stderr
    assert planned.sandbox.writes.changes() == []


def test_setup_creates_nothing_without_yes(desk: Desk) -> None:
    assert desk.cshub("setup", "crm", "--apply").exit_code == 2
    assert desk.cshub("doctor").exit_code == 3


def test_apply_writes_the_plan_and_a_second_one_nothing(planned: Desk) -> None:
    planned.ok("apply", "--yes")
    assert len(health(planned)) == 40
    before = len(planned.sandbox.writes)
    assert "no plan waits" in planned.ok("apply", "--yes")
    assert len(planned.sandbox.writes) == before


def test_a_limited_apply_writes_the_first_records_and_the_rest_later(planned: Desk) -> None:
    planned.ok("apply", "--limit", "5", "--yes")
    assert len(health(planned)) == 5
    planned.ok("apply", "--yes")
    assert len(health(planned)) == 40


def test_a_plan_of_a_made_up_name_is_refused(planned: Desk) -> None:
    result = planned.cshub("apply", "crm-999", "--yes")
    assert result.exit_code == 2
    assert "there is no plan 'crm-999'" in result.stderr


def test_nothing_would_change_after_everything_was_written(planned: Desk) -> None:
    planned.ok("apply", "--yes")
    result = planned.cshub("plan", "--exit-code")
    assert result.exit_code == 0
    assert "nothing would change" in result.stdout


def test_a_second_run_scores_nobody_and_writes_nothing(planned: Desk) -> None:
    planned.ok("run")
    run = planned.json("run")["run"]
    assert isinstance(run, dict)
    assert run["stages"]["score"] == {"due": 0, "scored": 0, "saved": 0}
    assert run["stages"]["apply"]["written"] == 0


def test_with_approval_by_plan_a_run_leaves_a_plan(desk: Desk) -> None:
    desk.replace("approve: auto", "approve: plan")
    desk.ok("setup", "crm", "--apply", "--yes")
    assert desk.cshub("run", "--dry-run").exit_code == 0
    result = desk.cshub("run")
    assert result.exit_code == 4
    assert "`cshub apply`" in result.stdout
    assert health(desk) == []
    assert desk.cshub("apply", "--yes").exit_code == 0
    assert desk.cshub("run").exit_code == 0


def test_a_crm_that_is_out_of_reach_leaves_the_plan_for_later(planned: Desk) -> None:
    planned.sandbox.faults.add(Fault(kind=FaultKind.SERVER_ERROR, on="*/batch/update*"))
    result = planned.cshub("apply", "--yes")
    assert result.exit_code == 3
    planned.sandbox.faults.clear()
    planned.ok("run")
    assert len(health(planned)) == 40
