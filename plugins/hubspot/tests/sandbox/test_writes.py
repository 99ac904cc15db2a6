"""Writes: what values become, what is refused, what moves the stamp, what the write log says."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_hubspot.sandbox import HubSpot, create

from .conftest import Connect

COMPANIES = "/crm/objects/2026-09/companies"


@pytest.fixture
def http(clock: SandboxClock, connect: Connect) -> httpx.Client:
    return connect(create(clock=clock, limits="off", search_lag_s=0, seed_companies=[{"name": "First", "mrr": "10"}]))


@pytest.fixture
def record(http: httpx.Client) -> str:
    return f"{COMPANIES}/{http.get(COMPANIES).json()['results'][0]['id']}"


def patch(http: httpx.Client, record: str, **values: Any) -> httpx.Response:
    return http.patch(record, json={"properties": values})


@pytest.mark.parametrize(
    ("name", "sent", "kept"),
    [
        ("annualrevenue", "1200.5", "1200.5"),
        ("annualrevenue", 7, "7"),
        ("founded_year", "1999", "1999"),
        ("is_public", "true", "true"),
        ("lifecyclestage", "evangelist", "evangelist"),
        ("domain", "ACME.example", "acme.example"),
        ("annualrevenue", "", None),
    ],
)
def test_values_are_kept_as_text(http: httpx.Client, record: str, name: str, sent: Any, kept: str | None) -> None:
    assert patch(http, record, **{name: sent}).json()["properties"][name] == kept


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("2026-10-01", "2026-10-01"), ("1790812800000", "2026-10-01"), ("2026-10-01T00:00:00Z", "2026-10-01")],
)
def test_days_come_back_as_days(clock: SandboxClock, connect: Connect, sent: str, kept: str) -> None:
    http = connect(create(clock=clock, customers=3, limits="off"))
    record = f"{COMPANIES}/{http.get(COMPANIES).json()['results'][0]['id']}"
    assert patch(http, record, renewal_date=sent).json()["properties"]["renewal_date"] == kept
    assert patch(http, record, renewal_date="1790812800001").status_code == 400


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"nosuch": "1"}, "PROPERTY_DOESNT_EXIST"),
        ({"annualrevenue": "1,200"}, "INVALID_LONG"),
        ({"is_public": "yes"}, "INVALID_BOOLEAN"),
        ({"lifecyclestage": "Customer"}, "INVALID_OPTION"),
        ({"hs_parent_company_id": "5"}, "READ_ONLY_VALUE"),
        ({"hubspot_owner_id": "5"}, "INVALID_OWNER_ID"),
    ],
)
def test_values_that_do_not_fit_are_named(http: httpx.Client, record: str, values: dict[str, str], code: str) -> None:
    answer = patch(http, record, **values)
    assert (answer.status_code, answer.json()["category"]) == (400, "VALIDATION_ERROR")
    assert f'"error":"{code}"' in answer.json()["message"]
    assert f'"name":"{next(iter(values))}"' in answer.json()["message"]


def test_an_equal_value_does_not_move_the_stamp(http: httpx.Client, record: str, clock: SandboxClock) -> None:
    before = http.get(record).json()["updatedAt"]
    clock.advance(60)
    assert patch(http, record, name="First", mrr="10").json()["updatedAt"] == before
    assert patch(http, record, mrr="11").json()["updatedAt"] > before


def test_an_association_does_not_move_the_stamp(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    company, contact = (
        sandbox.vendor.add("companies", {"name": "A"}),
        sandbox.vendor.add("contacts", {"email": "a@b.c"}),
    )
    before = client.get(f"{COMPANIES}/{company}").json()["updatedAt"]
    sandbox.clock.advance(60)
    link = f"/crm/objects/2026-09/contacts/{contact}/associations/default/companies/{company}"
    assert client.put(link).status_code == 200
    assert client.get(f"{COMPANIES}/{company}").json()["updatedAt"] == before


def test_a_restless_company_moves_its_own_stamp(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", restless=True)
    http, number = connect(sandbox), sandbox.vendor.add("companies", {"name": "A"})
    before = http.get(f"{COMPANIES}/{number}").json()["updatedAt"]
    clock.advance(3)
    assert http.get(f"{COMPANIES}/{number}").json()["updatedAt"] > before


def test_the_write_log_tells_old_and_new_and_who(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    number = sandbox.vendor.add("companies", {"name": "A"})
    client.patch(f"{COMPANIES}/{number}", json={"properties": {"name": "B", "city": "Bonn"}})
    client.patch(f"{COMPANIES}/{number}", json={"properties": {"name": "B"}})
    written = [(entry.field, entry.old, entry.new) for entry in sandbox.writes.by("api")]
    assert written == [("name", "A", "B"), ("city", None, "Bonn"), ("name", "B", "B")]
    assert len(sandbox.writes.changes()) == 2
    assert [entry.field for entry in sandbox.writes.by("human")] == ["name"]


def test_the_lifecycle_stage_never_goes_back_through_the_api(http: httpx.Client, record: str) -> None:
    assert patch(http, record, lifecyclestage="lead").json()["properties"]["lifecyclestage"] == "customer"


def test_a_company_needs_a_name_or_a_domain(http: httpx.Client) -> None:
    assert http.post(COMPANIES, json={"properties": {"city": "Bonn"}}).status_code == 400
    made = http.post(COMPANIES, json={"properties": {"domain": "x.example"}})
    assert made.status_code == 201
    shown = http.get(f"{COMPANIES}/{made.json()['id']}", params={"properties": "website"})
    assert shown.json()["properties"]["website"] == "x.example"


def test_a_second_contact_with_an_email_address_is_a_conflict(client: httpx.Client) -> None:
    body = {"properties": {"email": "a@x.example"}}
    first = client.post("/crm/v3/objects/contacts", json=body).json()["id"]
    second = client.post("/crm/v3/objects/contacts", json=body)
    assert (second.status_code, second.json()["message"]) == (409, f"Contact already exists. Existing ID: {first}")


def test_two_companies_may_share_a_domain(http: httpx.Client) -> None:
    for _ in range(2):
        assert http.post(COMPANIES, json={"properties": {"domain": "same.example"}}).status_code == 201


def test_a_task_needs_its_time(client: httpx.Client) -> None:
    assert client.post("/crm/v3/objects/tasks", json={"properties": {"hs_task_subject": "Call"}}).status_code == 400


def test_feedback_cannot_be_written(client: httpx.Client) -> None:
    assert client.post("/crm/v3/objects/feedback_submissions", json={"properties": {}}).status_code == 400


def test_an_erased_contact_is_gone_for_good(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    number = sandbox.vendor.add("contacts", {"email": "a@x.example"})
    body = {"objectId": "a@x.example", "idProperty": "email"}
    assert client.post("/crm/v3/objects/contacts/gdpr-delete", json=body).status_code == 204
    assert client.get(f"/crm/v3/objects/contacts/{number}", params={"archived": "true"}).status_code == 404
