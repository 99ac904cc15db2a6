"""What one thing's failure does to the others, what is said about it, and that nothing secret is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cshub.cli.failure import exit_code
from cshub.cli.summary import failures as lines_of
from cshub.engine import Hub, Options, Surroundings, run
from cshub.engine.connections import OpenConnection
from cshub.engine.posting import Posting
from cshub.engine.publishing import pin_org
from cshub.errors import ConfigError, CshubError, LeaseHeld
from cshub.http import SYSTEM_CLOCK, WSGITransport
from cshub.model import TargetField
from cshub.testing.sandbox import Fault, FaultKind
from tests.unit.engine.company import YAML, Company
from tests.unit.engine.test_run import health

HOOK = "https://hooks.example.com/services/T0AAAAAAA/secretsecret?key=moresecret"


@pytest.fixture
def company(tmp_path: Path) -> Company:
    return Company(tmp_path)


def stumbling(hub: Hub, name: str, error: BaseException) -> None:
    """The destination of `crm` raises this when it is asked to do that."""
    opened = hub.connections.get("crm")

    class Stumbling:
        def __getattr__(self, asked: str) -> Any:  # Any: whatever the adapter has
            return getattr(opened.adapter, asked)

    def stumble(*given: object) -> object:
        raise error

    adapter: Any = Stumbling()  # Any: it is an adapter for all that matters
    setattr(adapter, name, stumble)
    hub.connections._open["crm"] = OpenConnection(connection=opened.connection, adapter=adapter, factory=opened.factory)


def test_a_connectors_bug_while_writing_is_one_sentence_and_no_end(company: Company) -> None:
    company.set_up()
    with company.hub() as hub:
        stumbling(hub, "describe", ZeroDivisionError("by zero"))
        report = run(hub)
    assert report.state == "partial"
    assert report.errors == ("publish to crm: ZeroDivisionError: by zero",)
    assert company.run().state == "ok"


def test_a_token_in_a_connectors_error_does_not_show(company: Company) -> None:
    token = company.sandbox.credentials["HUBSPOT_TOKEN"]
    with company.hub() as hub:
        stumbling(hub, "describe", RuntimeError(f"header Bearer {token}"))
        report = run(hub)
    assert token not in " ".join(report.errors)
    assert "[secret]" in report.errors[0]


def test_what_was_written_before_a_crm_broke_off_is_counted(company: Company) -> None:
    company.set_up()
    company.sandbox.faults.add(Fault(kind=FaultKind.SERVER_ERROR, on="POST *batch/update*", status=500))
    report = company.run()
    applied = report.stages["apply"]
    assert report.state == "partial"
    assert applied["planned"] == applied["written"] + applied["rejected"] + applied["skipped"] > 0


def test_a_crm_of_another_account_is_never_written_to(company: Company) -> None:
    company.set_up()
    with company.hub() as hub, hub.store.leases.take("publish crm") as lease:
        hub.store.writes.pin_org("crm", "999", "Sandbox of somebody", hub.now(), lease=lease)
    before = len(company.sandbox.writes)
    report = company.run()
    assert report.state == "partial"
    assert "999 was written to until now" in report.errors[0]
    assert len(company.sandbox.writes) == before


def test_the_account_is_looked_at_once_by_one_process(company: Company) -> None:
    with company.hub() as hub, hub.store.leases.take("publish crm") as lease:
        pin_org(hub, hub.connections.get("crm"), lease)
        calls = len(company.calls)
        pin_org(hub, hub.connections.get("crm"), lease)
        assert len(company.calls) == calls
        assert hub.store.writes.pinned_org("crm")


def test_a_picklist_that_lacks_a_band_is_left_out_with_the_remedy(company: Company) -> None:
    company.set_up()
    with company.hub() as hub:
        opened = hub.connections.get("crm")
        there = opened.destination().describe("companies")

        def describe(target: str) -> list[TargetField]:
            return [replace(one, options=("healthy",)) if one.name == "cshub_health" else one for one in there]

        stumbling(hub, "close", ValueError())
        hub.connections.get("crm").adapter.describe = describe  # type: ignore[union-attr,method-assign]  # the stand-in
        report = run(hub)
        opened.adapter.close()  # type: ignore[union-attr]  # the stand-in's close fails
        hub.connections._open.clear()
    assert report.errors[0] == (
        "crm: the field cshub_health of companies does not offer at_risk, critical, not_enough_data and is left out; "
        "add what is missing to its options in the CRM"
    )
    assert all(value is not None for value in health(company).values())


def test_one_connection_that_cannot_be_opened_leaves_the_others(company: Company) -> None:
    with company.hub() as hub:
        connection = hub.config.connections["crm"]

        def refuse(settings: object, context: object) -> object:
            raise OSError("no such device")

        broken = replace(connection, name="broken", connector=replace(connection.connector, open=refuse))  # type: ignore[arg-type]  # never opens
        hub.connections.config = replace(hub.config, connections={"broken": broken, **hub.config.connections})
        whole = replace(hub, config=hub.connections.config)
        report = run(whole, ("pull",))
    assert report.state == "partial"
    assert report.errors == ("broken: it cannot be opened: OSError: no such device (tell the connector's author)",)
    assert {stream.state for stream in report.streams} == {"ok"}


def test_a_clock_that_is_set_back_does_not_take_the_scores_with_it(company: Company) -> None:
    company.set_up()
    first = company.run()
    company.clock.advance(-2 * 3600)
    second = company.run()
    assert second.as_of == first.as_of
    assert second.stages["score"]["due"] == 0
    company.clock.advance(-3 * 24 * 3600)
    assert company.run("score").as_of == first.as_of - timedelta(days=3, hours=2)


def test_a_plan_that_waits_is_told_once_and_its_end_too(company: Company) -> None:
    company.yaml = YAML.replace("approve: auto", "approve: plan")
    company.set_up()
    plans = [company.run().stages["plan"]["plans"], company.run().stages["plan"]["plans"]]
    assert plans == [1, 1]
    with company.hub() as hub:
        told = [condition.message for condition in hub.store.conditions.failing()]
        plan = hub.store.writes.newest_plan("crm")
        assert plan is not None
        assert told == [
            f"plan {plan.id} waits for approval: {plan.summary['fields']} fields of 12 records (`cshub apply {plan.id}`)"
        ]
        run(hub, ("apply",), options=Options(plan=plan.id))
        assert hub.store.conditions.failing() == []


def test_an_edit_people_want_to_hear_of_is_told(company: Company) -> None:
    company.yaml = YAML.replace("fields: standard", "fields: {health: {drift: alert}}")
    company.set_up()
    company.run()
    id = next(iter(health(company)))
    company.later(hours=1)
    company.sandbox.vendor.edit("companies", id, {"cshub_health": "critical"})
    company.later(minutes=5)
    company.run()
    with company.hub() as hub:
        messages = [condition.message for condition in hub.store.conditions.failing()]
    assert messages == [f"somebody else changed fields of crm: {id}.cshub_health"]


def test_failures_of_one_stage_are_not_ended_by_another_that_is_well(company: Company) -> None:
    with company.hub() as hub:
        stumbling(hub, "describe", ZeroDivisionError("by zero"))
        run(hub)
        run(hub, ("pull", "link"))
        assert [condition.key for condition in hub.store.conditions.failing()] == ["stage publish"]


def test_refused_credentials_are_told_once_for_all_streams_of_a_connection(company: Company) -> None:
    with company.hub(HUBSPOT_TOKEN="pat-na1-mistyped") as hub:
        report = run(hub, ("pull",))
        failing = [(condition.key, condition.message) for condition in hub.store.conditions.failing()]
    assert report.state == "partial"
    assert exit_code(report) == 3
    assert len(report.streams) == 6
    assert all(stream.error and stream.error_code == "credentials" for stream in report.streams)
    names = ", ".join(stream.stream for stream in report.streams)
    (line,) = lines_of(report)
    assert line.startswith(f"  ✖ crm ({names}): crm: ")
    assert failing == [("login crm", line.removeprefix("  ✖ ").replace(f"({names}):", f"({names}) fails:"))]


def test_accepted_credentials_end_the_failure_and_are_told_once(company: Company) -> None:
    with company.hub(HUBSPOT_TOKEN="pat-na1-mistyped") as hub:
        run(hub, ("pull",))
        (refused,) = hub.store.conditions.untold()
        hub.store.conditions.told(refused, now=hub.now())
    with company.hub() as hub:
        run(hub, ("pull",), options=Options(select=("crm.deals",)))
        assert [condition.message for condition in hub.store.conditions.untold()] == [
            "crm is well again: its credentials are accepted"
        ]


def test_two_runs_that_end_together_tell_once(company: Company) -> None:
    company.yaml = YAML + "notify: env:HOOK\n"
    with company.hub(HOOK="http://127.0.0.1:9/x") as hub:
        hub.store.conditions.fails("stage pull", "pull fails", now=hub.now())
        calls = len(company.calls)
        with hub.store.leases.take("notify"):
            report = run(hub, ("score",))
        assert report.errors == ()
        assert len(company.calls) == calls
        assert len(hub.store.conditions.untold()) == 1


@pytest.mark.parametrize(
    "address",
    [
        HOOK,
        HOOK.replace("https", "http"),
        HOOK.removeprefix("https://"),
        "https://user:secretsecret@hooks.example.com/x",
        "https://10.0.0.7/secretsecret",
        "https://[secretsecret/",
        "https://hooks.example.com/a b/secretsecret",
        "https://hooks.example.com/../secretsecret",
    ],
)
def test_no_part_of_an_address_shows_when_nothing_can_be_posted_there(address: str) -> None:
    def echo(environ: dict[str, Any], start: Any) -> list[bytes]:  # Any: a WSGI application
        start("404 Not Found", [("Content-Type", "text/plain")])
        return [f"no {address} {environ['PATH_INFO']}".encode()]

    posting = Posting(surroundings=Surroundings(clock=SYSTEM_CLOCK, transport=lambda name: WSGITransport(echo)))
    with pytest.raises(CshubError) as raised:
        posting.post(address, {"text": "x"}, label="POST webhook")
    error = raised.value
    shown = repr(error) + str(error) + ("" if error.__suppress_context__ else repr(error.__context__))
    assert "secret" not in shown.replace("[secret]", "")
    assert "10.0.0.7" not in shown


def test_a_lease_held_by_another_is_not_told_as_a_failure(company: Company) -> None:
    company.run("pull")
    with company.hub() as hub, hub.store.leases.take("link"), company.hub() as other:
        with pytest.raises(LeaseHeld):
            run(other, ("link",), options=Options(wait_s=0))
        assert hub.store.conditions.failing() == []


def test_a_connection_nobody_knows_is_refused(company: Company) -> None:
    with company.hub() as hub, pytest.raises(ConfigError, match="there is no connection"):
        hub.connections.get("nothing")
