"""Days pass: what was explained stays explained, a new field is filled, noise is one alert, and the calendar alone scores few."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from cshub.cli.invocation import Invocation
from cshub.cli.program import program
from cshub.engine import Surroundings
from tests.faults.company import Company
from tests.faults.conftest import MakeCompany
from tests.faults.invariants import after_a_clean_run, opened
from tests.faults.rows import milliseconds

WINDOW = timedelta(days=90)


@pytest.fixture
def company(inside: MakeCompany) -> Company:
    """A company whose first day is over."""
    company = inside(customers=60)
    assert company.run().state == "ok"
    return company


def command(company: Company, *arguments: str) -> str:
    """What a command prints."""
    around = Surroundings(clock=company.clock, transport=company.transport)
    invocation = Invocation(config=company.written(), environ=company.environ, surroundings=around)
    done = CliRunner().invoke(program, arguments, obj=invocation)
    assert done.exit_code == 0, done.output
    return done.output


def query(company: Company, sql: str, *values: object) -> list[tuple[object, ...]]:
    """Rows of the store."""
    with closing(opened(company.store)) as db:
        db.row_factory = None
        return db.execute(sql, values).fetchall()


def customers(company: Company) -> list[str]:
    """The ids of the customers' records in the CRM."""
    records = company.portal.records("companies")
    return sorted(id for id, record in records.items() if record["lifecyclestage"] == "customer")


def tickets_of(company: Company) -> dict[str, list[str]]:
    """The tickets of each company."""
    of: dict[str, list[str]] = {}
    for ticket, ends in company.portal.links("tickets", "companies", company.portal.records("tickets")).items():
        for id in ends:
            of.setdefault(id, []).append(ticket)
    return of


def make_urgent(company: Company, tickets: list[str], *, urgent: bool = True) -> None:
    """Every one of these tickets is open and urgent from now on, or closed."""
    values = {"hs_ticket_priority": "URGENT", "hs_pipeline_stage": "1" if urgent else "4"}
    for ticket in tickets:
        company.portal.edit("tickets", ticket, values)


def test_explain_prints_of_an_earlier_day_what_it_printed_then(company: Company) -> None:
    chosen = sorted(tickets_of(company).items(), key=lambda item: -len(item[1]))[:5]
    ids = [f"crm:{id}" for id, _ in chosen if id in customers(company)]
    printed: list[tuple[str, dict[str, str]]] = []
    for day in range(3):
        printed.append((f"{company.clock.now():%Y-%m-%d}", {id: command(company, "explain", id) for id in ids}))
        make_urgent(company, [ticket for _, tickets in chosen for ticket in tickets[day::3]], urgent=day != 1)
        company.portal.edit("companies", chosen[0][0], {"mrr": str(day), "name": f"Renamed {day}"})
        company.later(days=1)
        assert company.run().state == "ok"
    assert printed[0][1] != printed[1][1]
    for day, then in printed:
        assert {id: command(company, "explain", id, "--at", day) for id in ids} == then


def test_an_account_field_added_to_the_yaml_is_filled_by_the_next_run(company: Company) -> None:
    company.yaml = company.yaml.replace("mrr: mrr,", "mrr: mrr, industry: industry,")
    assert company.run().state == "ok"
    stored = query(company, "select id, json_extract(extra, '$.industry') from account where deleted = 0")
    records = company.portal.records("companies")
    assert dict(stored) == {id: record["industry"] for id, record in records.items()}
    assert after_a_clean_run(company.store, company.portal) == []


def test_a_published_field_added_to_the_yaml_is_filled_by_the_next_run(inside: MakeCompany) -> None:
    company = inside()
    company.yaml = company.yaml.replace("fields: standard", "fields: [health]")
    company.run()
    before = [company.portal.records("companies")[id].get("cshub_coverage") for id in customers(company)]
    company.yaml = company.yaml.replace("fields: [health]", "fields: [health, coverage]")
    report = company.run()
    after = [company.portal.records("companies")[id].get("cshub_coverage") for id in customers(company)]
    assert (set(before), None in after) == ({None}, False)
    assert report.stages["apply"]["written"] == len(after)
    assert after_a_clean_run(company.store, company.portal) == []


def test_thirty_noisy_days_open_one_alert_per_cause(company: Company) -> None:
    told_before = query(company, "select customer from alert")
    noisy = [(id, tickets) for id, tickets in sorted(tickets_of(company).items()) if len(tickets) >= 2]
    chosen = [(id, tickets) for id, tickets in noisy if id in customers(company)][:5]
    make_urgent(company, [ticket for _, tickets in chosen for ticket in tickets], urgent=False)
    for day in range(30):
        company.later(days=1)
        for _, tickets in chosen:
            make_urgent(company, tickets, urgent=day % 2 == 0)
        assert company.run().state == "ok"
        twice = "select customer from alert where state <> 'closed' group by customer, trigger_name having count(*) > 1"
        assert query(company, twice) == []
    for id, _ in chosen:
        if (f"crm:{id}",) not in told_before:
            alerts = query(company, "select number from alert where customer = ?", f"crm:{id}")
            deliveries = query(
                company, "select alert from delivery inner join alert on number = alert where customer = ?", f"crm:{id}"
            )
            assert (len(alerts), len(deliveries)) in ((1, 1), (0, 0))
    assert len(query(company, "select 1 from alert")) > len(told_before)


def due_between(company: Company, start: datetime, end: datetime) -> set[str]:
    """The customers one of whose tickets leaves the window of 90 days in this time, from the CRM alone."""
    records = company.portal.records("tickets")
    return {
        f"crm:{id}"
        for id, tickets in tickets_of(company).items()
        for ticket in tickets
        if id in customers(company) and start < _opened(records[ticket]) + WINDOW <= end
    }


def _opened(record: dict[str, str | None]) -> datetime:
    return datetime.fromtimestamp(milliseconds(record["createdate"]) / 1000, UTC)


def hour(company: Company) -> datetime:
    """The instant that a score made now is about."""
    return company.clock.now().replace(minute=0, second=0, microsecond=0)


def test_with_the_same_facts_only_readings_that_fell_due_change(company: Company) -> None:
    before = hour(company)
    for _ in range(3):
        company.later(days=1)
        written = len(company.portal.written())
        report = company.run()
        due = due_between(company, before, hour(company))
        before = hour(company)
        assert report.stages["score"]["due"] == len(due)
        scored = {
            str(customer) for (customer,) in query(company, "select customer from score where run = ?", report.run)
        }
        assert scored <= due
        assert {f"crm:{one.id}" for one in company.portal.written()[written:]} <= due


def test_fifty_runs_within_the_hour_score_nobody_and_write_nothing(company: Company) -> None:
    written = len(company.portal.written())
    for _ in range(50):
        company.later(seconds=30)
        report = company.run()
        moved = (report.stages["score"]["due"], report.stages["plan"]["fields"], report.stages["link"]["changed"])
        assert (report.state, *moved) == ("ok", 0, 0, 0)
    assert len(company.portal.written()) == written
