"""The account as the company's second CRM, beside a first one and a support desk."""

from __future__ import annotations

from cshub.testing.company import generate
from cshub.testing.sandbox import SandboxClock
from cshub_hubspot.sandbox import create

from .conftest import NOW, Connect

SIZE = 500


def test_synced_accounts_hold_the_id_of_the_first_crm(clock: SandboxClock) -> None:
    company = generate(now=NOW, customers=SIZE)
    crm_ids = {account.key: f"001{place:015d}" for place, account in enumerate(company.accounts)}
    vendor = create(clock=clock, customers=SIZE, crm_ids=crm_ids).vendor
    rows = {row["id"]: row["properties"] for row in vendor.dump("companies")}
    shown = {account.key: rows[vendor.ids[account.key]] for account in company.accounts}
    for account in company.accounts:
        values = shown[account.key]
        assert isinstance(values, dict)
        assert values["salesforceaccountid"] == (crm_ids[account.key] if account.is_synced else None)
        assert values["customer_id"] == account.external_id


def test_customers_stand_twice_and_most_were_merged(clock: SandboxClock, connect: Connect) -> None:
    company = generate(now=NOW, customers=SIZE)
    twins = [twin for twin in company.twins if twin.system == "sales"]
    sandbox = create(clock=clock, customers=SIZE, crm_ids={}, limits="off")
    vendor, client = sandbox.vendor, connect(sandbox)
    rows = {row["id"] for row in vendor.dump("companies")}
    assert {twin.is_merged for twin in twins} == {True, False}
    assert len(rows) == len(company.accounts) + sum(not twin.is_merged for twin in twins)
    for twin in twins:
        same = vendor.ids[twin.key] == vendor.ids[twin.account]
        assert (same, vendor.ids[twin.key] in rows) == (twin.is_merged, True)
        params = {"properties": "name,hs_merged_object_ids,lifecyclestage"}
        row = client.get(f"/crm/v3/objects/companies/{vendor.ids[twin.key]}", params=params).json()
        assert bool(row["properties"]["hs_merged_object_ids"]) is twin.is_merged
        assert row["properties"]["lifecyclestage"] == "customer"
    linked = {row["properties"]["associatedcompanyid"] for row in vendor.dump("contacts")} - {None}  # type: ignore[call-overload,index]  # known to be objects
    assert linked <= rows
    body = {"filterGroups": [], "limit": 1}
    assert client.post("/crm/v3/objects/companies/search", json=body).json()["total"] == len(rows)


def test_alone_it_has_no_twins_unless_told(clock: SandboxClock) -> None:
    alone, told = (create(clock=clock, customers=SIZE, twins=twins).vendor.objects() for twins in (None, "all"))  # type: ignore[arg-type]  # a parameter
    assert told["companies"] > alone["companies"]


def test_tickets_and_surveys_may_be_kept_elsewhere_or_here(clock: SandboxClock) -> None:
    company = generate(now=NOW, customers=SIZE)
    here = create(clock=clock, customers=SIZE).vendor
    there = create(clock=clock, customers=SIZE, tickets="none", surveys="all").vendor
    kept = ("tickets", "feedback_submissions")
    assert [here.objects()[name] for name in kept] == [len(company.tickets), 0]
    assert [there.objects()[name] for name in kept] == [0, len(company.responses)]
