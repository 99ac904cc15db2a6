"""Where customers stand, through the command line: churned, ignored and new customers of a made-up company, and what the CRM sees of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.journey.desk import Desk

STAGES = """\
  stages:
    ignored:    {when: "external_id == 'NOBODY'"}
    churned:    {when: "industry == 'GONE'"}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path, customers=12)
    made.replace("  stages:\n", STAGES)
    made.replace("# onboarding: {milestone: first_project", "onboarding: {milestone: first_project")
    made.replace("    approve: auto ", "    churned: clear\n    approve: auto ")
    made.set_up()
    return made


def two(desk: Desk) -> list[str]:
    """Ids of two customers."""
    found = [one for one in desk.sandbox.vendor.dump("companies") if one["properties"].get("cshub_health")]
    return [one["id"] for one in found[:2]]


def fields(desk: Desk, id: str) -> dict[str, str | None]:
    """Our fields of a record in the CRM."""
    (found,) = [one for one in desk.sandbox.vendor.dump("companies") if one["id"] == id]
    return {name: value for name, value in found["properties"].items() if name.startswith("cshub_")}


def test_a_customer_that_churns_is_emptied_and_one_that_is_ignored_is_left_alone(desk: Desk) -> None:
    gone, nobody = two(desk)
    before = fields(desk, nobody)
    desk.clock.advance(3600)
    desk.sandbox.vendor.edit("companies", gone, {"industry": "GONE"})
    desk.sandbox.vendor.edit("companies", nobody, {"customer_id": "NOBODY"})
    desk.clock.advance(300)
    desk.ok("run")
    assert not any(fields(desk, gone).values())
    assert fields(desk, nobody) == before
    assert "churned since 2026-03-02" in desk.ok("show", f"crm:{gone}")
    assert "ignored customers are not scored" in desk.ok("show", f"crm:{nobody}")
    standing = desk.json("show", f"crm:{gone}")["standing"]
    assert isinstance(standing, dict)
    assert (standing["stage"], standing["treatment"], standing["scorecard"]) == ("churned", "frozen", None)
    stages = desk.json("status")["stages"]
    assert isinstance(stages, dict)
    assert (stages["churned"], stages["ignored"]) == (1, 1)
    again = desk.ok("run")
    assert "0 customers due, 0 scored" in again
    assert "0 fields written" in again


def test_the_first_value_is_told_as_overdue_until_it_is_reached(desk: Desk) -> None:
    customer = two(desk)[0]
    assert "not reached yet, overdue since 20" in desk.ok("show", f"crm:{customer}")


def test_validate_remarks_on_a_card_nobody_reaches_and_on_cards_that_hold_together(desk: Desk) -> None:
    second = (
        "scorecards:\n  late:\n    when: \"stage == 'churned'\"\n    model: weighted\n"
        "    signals: {urgent_open: {bad: 3, good: 0}}\n    bands: {critical: 0, healthy: 50}\n"
    )
    desk.replace("scorecards:\n", second)
    result = desk.cshub("validate")
    assert result.exit_code == 0
    assert "scorecards.late.when: no customer can fit it but customers that are not scored" in result.stderr
    remarks = desk.json("validate")["remarks"]
    assert isinstance(remarks, list)
    assert "scorecards.late.when" in [one["path"] for one in remarks]
