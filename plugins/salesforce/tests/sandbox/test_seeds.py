"""What an org holds when it is made."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

from cshub.testing.company import generate
from cshub.testing.sandbox import Sandbox, SandboxClock, find_sandbox
from cshub_salesforce.sandbox import Salesforce, create

from .conftest import NOW, Connect, refusal, soql


def test_equal_seeds_make_equal_orgs() -> None:
    one, two = (create(clock=SandboxClock(NOW, ticking=False), customers=20) for _ in range(2))
    assert one.vendor.dump("Case") == two.vendor.dump("Case")
    assert one.vendor.ids == two.vendor.ids
    other = create(clock=SandboxClock(NOW, ticking=False), customers=20, seed=8)
    assert one.vendor.dump("Account") != other.vendor.dump("Account")


def test_seeding_writes_nothing_into_the_write_log(clock: SandboxClock) -> None:
    assert len(create(clock=clock, customers=20).writes) == 0


def test_the_company_is_there_under_its_own_ids(clock: SandboxClock, connect: Connect) -> None:
    company = generate(now=NOW, customers=60)
    sandbox = create(clock=clock, customers=60)
    http, ids = connect(sandbox), sandbox.vendor.ids
    query = "SELECT Id, Name, Type, Website, ParentId, OwnerId, Owner.Email, Tenant__c, MRR__c, Renewal_Date__c FROM Account"
    rows = {row["Id"]: row for row in soql(http, query)}
    owners = {owner.key: owner.email for owner in company.owners}
    for account in company.accounts:
        row = rows[ids[account.key]]
        assert (row["Name"], row["Type"], row["Tenant__c"]) == (account.name, account.kind.title(), account.external_id)
        assert row["MRR__c"] == account.mrr
        assert row["ParentId"] == (ids[account.parent] if account.parent else None)
        assert row["Owner"]["Email"] == owners[account.owner]
        assert (row["Website"] or "").removeprefix("https://www.") == (account.domain or "")
    linked = {row["Id"]: row["AccountId"] for row in soql(http, "SELECT Id, AccountId FROM Contact")}
    assert linked == {ids[c.key]: ids[c.account] if c.linked else None for c in company.contacts}
    assert len(soql(http, "SELECT Id FROM Opportunity")) == len(company.deals)
    cases = {row["Id"] for row in soql(http, "SELECT Id FROM Case")}
    assert cases == {ids[ticket.key] for ticket in company.tickets if ticket.system == "crm"}
    assert soql(http, "SELECT Id FROM Task WHERE AccountId != null")


def test_stamps_are_those_of_the_company(clock: SandboxClock, connect: Connect) -> None:
    account = generate(now=NOW, customers=10).accounts[0]
    sandbox = create(clock=clock, customers=10)
    row = soql(connect(sandbox), f"SELECT SystemModstamp FROM Account WHERE Id = '{sandbox.vendor.ids[account.key]}'")[
        0
    ]
    assert row["SystemModstamp"] == account.changed_at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def test_twins_are_merged_away_or_stand_as_prospects(clock: SandboxClock, connect: Connect) -> None:
    twins = [twin for twin in generate(now=NOW, customers=300).twins if twin.system == "crm"]
    sandbox = create(clock=clock, customers=300)
    ids = sandbox.vendor.ids
    rows = soql(connect(sandbox), "SELECT Id, IsDeleted, MasterRecordId, Type FROM Account", everything=True)
    shown = {row["Id"]: (row["IsDeleted"], row["MasterRecordId"], row["Type"]) for row in rows}
    assert {twin.is_merged for twin in twins} == {True, False}
    for twin in twins:
        master = ids[twin.account] if twin.is_merged else None
        assert shown[ids[twin.key]] == (twin.is_merged, master, "Prospect")


def test_rows_bring_their_own_fields_and_stamps(clock: SandboxClock, connect: Connect) -> None:
    rows = [{"Name": f"T {n}", "customerid__c": f"{n:04d}", "SystemModstamp": "2026-01-01T00:00:00Z"} for n in range(7)]
    http = connect(create(clock=clock, seed_accounts=rows))
    found = soql(http, "SELECT customerid__c, Type, SystemModstamp FROM Account ORDER BY Id")
    assert [row["customerid__c"] for row in found] == [row["customerid__c"] for row in rows]
    assert {(row["Type"], row["SystemModstamp"]) for row in found} == {("Customer", "2026-01-01T00:00:00.000+0000")}


def test_an_empty_org_has_its_people_alone(clock: SandboxClock) -> None:
    objects = create(clock=clock, empty=True).vendor.objects()
    assert objects.pop("User") == 2
    assert set(objects.values()) == {0}


def test_the_sandbox_is_found_by_its_name(clock: SandboxClock) -> None:
    if not entry_points(group="cshub.sandbox", name="salesforce"):
        pytest.skip("the plugin is on the path but not installed")
    sandbox = find_sandbox("salesforce")(clock=clock, customers=2)
    assert sandbox.name == "salesforce"
    assert sorted(sandbox.credentials) == ["SALESFORCE_CLIENT_ID", "SALESFORCE_CLIENT_SECRET", "SALESFORCE_USERNAME"]


def test_a_feature_the_org_lacks_has_no_field(clock: SandboxClock, connect: Connect) -> None:
    def names(sandbox: Sandbox[Salesforce]) -> set[str]:
        fields = connect(sandbox).get("/sobjects/Account/describe").json()["fields"]
        return {field["name"] for field in fields} & {"CurrencyIsoCode", "IsPersonAccount"}

    assert names(create(clock=clock, customers=2)) == set()
    rich = create(clock=clock, customers=2, multi_currency=True, person_accounts=True)
    assert names(rich) == {"CurrencyIsoCode", "IsPersonAccount"}
    assert {row["CurrencyIsoCode"] for row in soql(connect(rich), "SELECT CurrencyIsoCode FROM Account")} == {"EUR"}


def test_a_person_account_is_mirrored_by_a_contact_and_takes_no_name(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, person_accounts=True))
    (person,) = soql(http, "SELECT Id, Name, PersonContactId, PersonEmail FROM Account WHERE IsPersonAccount = TRUE")
    (contact,) = soql(http, "SELECT Id, Name, AccountId, Email FROM Contact")
    assert (
        (person["Name"], person["PersonContactId"]) == (contact["Name"], contact["Id"]) == ("Pat Person", contact["Id"])
    )
    assert (contact["AccountId"], contact["Email"]) == (person["Id"], person["PersonEmail"])
    path = f"/sobjects/Account/{person['Id']}"
    assert refusal(http.patch(path, json={"Name": "Else"}))[1] == "INVALID_FIELD_FOR_INSERT_UPDATE"
    assert http.patch(path, json={"LastName": "Else"}).status_code == 204
    assert http.get(path).json()["Name"] == "Pat Else"


def test_companies_of_the_command_line_become_accounts(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, seed_companies=[{"name": "Customer 7", "customer_id": "7"}])
    (row,) = soql(connect(sandbox), "SELECT Name, Tenant__c, Type FROM Account")
    assert (row["Name"], row["Tenant__c"], row["Type"]) == ("Customer 7", "7", "Customer")
