"""Owners, pipelines and the account itself."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import SandboxClock
from cshub_hubspot.sandbox import create

from .conftest import Connect


@pytest.fixture
def http(clock: SandboxClock, connect: Connect) -> httpx.Client:
    return connect(create(clock=clock, customers=5, limits="off"))


def test_owners_who_left_are_a_second_listing_without_a_user(http: httpx.Client) -> None:
    live = http.get("/crm/owners/2026-09").json()["results"]
    gone = http.get("/crm/owners/2026-09", params={"archived": "true"}).json()["results"]
    assert (len(live), len(gone)) == (11, 1)
    assert "userId" not in gone[0]
    assert all(owner["userId"] != int(owner["id"]) for owner in live)


def test_owners_come_in_pages(http: httpx.Client) -> None:
    first = http.get("/crm/v3/owners", params={"limit": 6}).json()
    second = http.get("/crm/v3/owners", params={"limit": 6, "after": first["paging"]["next"]["after"]}).json()
    assert len(first["results"] + second["results"]) == 11
    assert "paging" not in second


def test_stage_metadata_is_text(http: httpx.Client) -> None:
    lines = http.get("/crm/v3/pipelines/deals").json()["results"]
    won = next(stage for stage in lines[0]["stages"] if stage["id"] == "closedwon")
    assert won["metadata"] == {"isClosed": "true", "probability": "1.0"}


def test_tickets_know_open_and_closed_stages(http: httpx.Client) -> None:
    stages = http.get("/crm/v3/pipelines/tickets").json()["results"][0]["stages"]
    assert [stage["metadata"]["ticketState"] for stage in stages] == ["OPEN", "OPEN", "OPEN", "CLOSED"]


def test_closing_a_ticket_dates_it(http: httpx.Client, clock: SandboxClock) -> None:
    body = {"properties": {"subject": "Help", "hs_pipeline_stage": "1"}}
    number = http.post("/crm/v3/objects/tickets", json=body).json()["id"]
    clock.advance(60)
    http.patch(f"/crm/v3/objects/tickets/{number}", json={"properties": {"hs_pipeline_stage": "4"}})
    shown = http.get(f"/crm/v3/objects/tickets/{number}", params={"properties": "closed_date"}).json()
    assert shown["properties"]["closed_date"] == "2026-09-15T09:31:00.000Z"


def test_every_seeded_customer_carries_its_stage_and_some_an_external_id(http: httpx.Client) -> None:
    params = {"limit": 100, "properties": "lifecyclestage,customer_id,type"}
    rows = http.get("/crm/v3/objects/companies", params=params).json()["results"]
    customers = [row for row in rows if row["properties"]["lifecyclestage"] == "customer"]
    assert len(customers) == 5
    assert {row["properties"]["type"] for row in customers} == {"CUSTOMER"}
    assert all(
        row["properties"]["customer_id"].startswith("C-") for row in customers if row["properties"]["customer_id"]
    )
