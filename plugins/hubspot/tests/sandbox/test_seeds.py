"""What an account holds when it is made."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from cshub.testing.sandbox import SandboxClock, find_sandbox
from cshub_hubspot.sandbox import create

from .conftest import NOW, Connect


def test_equal_seeds_make_equal_accounts() -> None:
    one, two = (create(clock=SandboxClock(NOW, ticking=False), customers=20) for _ in range(2))
    assert one.vendor.dump("tickets") == two.vendor.dump("tickets")
    assert one.vendor.dump("companies") != create(clock=SandboxClock(NOW), customers=20, seed=8).vendor.dump(
        "companies"
    )


def test_seeding_writes_nothing_into_the_write_log(clock: SandboxClock) -> None:
    assert len(create(clock=clock, customers=20).writes) == 0


def test_rows_bring_their_own_properties_and_stamps(clock: SandboxClock, connect: Connect) -> None:
    rows = [
        {"name": f"T {n}", "customerid": f"{n:04d}-ABCD", "hs_lastmodifieddate": "2026-01-01T00:00:00Z"}
        for n in range(7)
    ]
    http = connect(create(clock=clock, seed_companies=rows))
    found = http.get("/crm/v3/objects/companies", params={"properties": "customerid,lifecyclestage"}).json()["results"]
    assert [row["properties"]["customerid"] for row in found] == [row["customerid"] for row in rows]
    assert {row["properties"]["lifecyclestage"] for row in found} == {"customer"}
    assert {row["updatedAt"] for row in found} == {"2026-01-01T00:00:00.000Z"}
    assert http.get("/crm/v3/properties/companies/customerid").json()["hubspotDefined"] is False


def test_an_empty_account_has_no_records(clock: SandboxClock) -> None:
    assert set(create(clock=clock, empty=True).vendor.objects().values()) == {0}


def test_the_sandbox_is_found_by_its_name(clock: SandboxClock) -> None:
    if not entry_points(group="cshub.sandbox", name="hubspot"):
        pytest.skip("the plugin is on the path but not installed")
    assert find_sandbox("hubspot")(clock=clock, customers=2).name == "hubspot"


def test_archived_properties_are_listed_apart(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, customers=2))
    assert http.delete("/crm/v3/properties/companies/mrr").status_code == 204
    live, gone = (
        {prop["name"] for prop in http.get("/crm/v3/properties/companies", params={"archived": flag}).json()["results"]}
        for flag in ("false", "true")
    )
    assert "mrr" not in live
    assert gone == {"mrr"}
