from __future__ import annotations

from pathlib import Path

import pytest

from cshub.engine import Options, run
from cshub.errors import ConfigError, LeaseHeld
from cshub.testing.sandbox import Fault, FaultKind
from tests.unit.engine.company import YAML, Company


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def health(company: Company) -> dict[str, str | None]:
    """The health score of every customer as the sandbox holds it."""
    return {
        record["id"]: record["properties"].get("cshub_health_score")
        for record in company.sandbox.vendor.dump("companies")
        if record["properties"].get("lifecyclestage") == "customer"
    }


def test_one_run_carries_a_row_from_the_vendors_page_to_a_field_in_the_crm(company: Company) -> None:
    company.set_up()
    report = company.run()
    assert report.state == "ok"
    assert report.stages["score"] == {"due": 12, "scored": 12, "saved": 12}
    assert all(value is not None for value in health(company).values())


def test_a_second_run_scores_nobody_and_writes_nothing(company: Company) -> None:
    company.set_up()
    company.run()
    before = len(company.sandbox.writes)
    report = company.run()
    assert (report.state, report.stages["score"]["due"], report.stages["apply"]["planned"]) == ("ok", 0, 0)
    assert len(company.sandbox.writes) == before


def test_without_the_fields_nothing_is_written_and_the_remedy_is_named(company: Company) -> None:
    report = company.run()
    assert report.state == "partial"
    assert set(health(company).values()) == {None}
    assert report.errors[0] == (
        "crm: the field cshub_health of companies does not exist and is left out; `cshub setup crm --apply` creates it"
    )


def test_fields_that_come_later_are_filled_for_everybody(company: Company) -> None:
    company.run()
    company.set_up()
    report = company.run()
    assert (report.state, report.stages["plan"]["records"]) == ("ok", 12)


def test_a_dry_run_plans_and_writes_nothing(company: Company) -> None:
    company.set_up()
    before = len(company.sandbox.writes)
    report = company.run(options=Options(dry_run=True))
    assert report.stages["plan"]["records"] == 12
    assert len(company.sandbox.writes) == before


def test_a_plan_that_needs_approval_waits(company: Company) -> None:
    company.yaml = YAML.replace("approve: auto", "approve: plan")
    company.set_up()
    report = company.run()
    assert (report.stages["plan"]["plans"], report.stages["apply"]["planned"]) == (1, 0)
    assert set(health(company).values()) == {None}


def test_a_stream_that_fails_leaves_the_others_and_the_run_is_partial(company: Company) -> None:
    company.set_up()
    company.run()
    company.later(hours=2)
    company.sandbox.faults.add(Fault(kind=FaultKind.SERVER_ERROR, on="POST *tickets/search*", status=500))
    report = company.run()
    states = {stream.stream: stream.state for stream in report.streams}
    assert report.state == "partial"
    assert states["tickets"] == "failed"
    assert states["companies"] == "ok"


def test_a_failure_and_its_end_are_each_noted_once(company: Company) -> None:
    company.set_up()
    company.run()
    company.later(hours=2)
    company.sandbox.faults.add(Fault(kind=FaultKind.SERVER_ERROR, on="POST *tickets/search*", status=500))
    company.run()
    company.run()
    with company.hub() as hub:
        failing = hub.store.conditions.failing()
    assert [condition.key for condition in failing] == ["stream crm.tickets"]


def test_a_change_in_the_crm_reaches_the_score_and_comes_back(company: Company) -> None:
    company.set_up()
    company.run()
    before = health(company)
    ticket = next(
        one for one in company.sandbox.vendor.dump("tickets") if one["properties"]["hs_ticket_priority"] == "URGENT"
    )
    company.later(hours=1)
    company.sandbox.vendor.edit("tickets", ticket["id"], {"hs_ticket_priority": "LOW"})
    company.later(minutes=5)
    report = company.run()
    assert report.stages["score"]["due"] == 1
    assert [id for id, value in health(company).items() if value != before[id]] != []


def test_a_selection_that_means_nothing_is_refused(company: Company) -> None:
    report = company.run("pull", options=Options(select=("crm.nothing",)))
    assert report.state == "failed"
    assert "crm.nothing" in report.errors[0]


def test_a_lease_somebody_else_holds_ends_the_run(company: Company) -> None:
    company.run("pull")
    with company.hub() as hub, hub.store.leases.take("link"), company.hub() as other, pytest.raises(LeaseHeld):
        run(other, ("link",), options=Options(wait_s=0))


def test_one_person_may_be_found_by_name_and_a_stranger_is_not(company: Company) -> None:
    company.run("pull", "link")
    with company.hub() as hub:
        first = hub.store.links.customers()[0]
        assert hub.customer(first.id) == first.id
        with pytest.raises(ConfigError, match="no customer"):
            hub.customer("Nobody Ltd")
