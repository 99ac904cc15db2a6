"""What people do, and what follows: merges, the recycle bin, formulas that move no stamp, roll-ups that do."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Restless, Sandbox, SandboxClock
from cshub_salesforce.sandbox import Salesforce, create

from .conftest import Connect, soql

BEFORE, AFTER = "2026-09-15T09:30:00.000+0000", "2026-09-15T09:31:00.000+0000"


def one(client: httpx.Client, key: str, *fields: str, of: str = "Account") -> list[object]:
    (row,) = soql(client, f"SELECT {', '.join(fields)} FROM {of} WHERE Id = '{key}'", everything=True)
    return [row[field] for field in fields]


def test_a_merge_leaves_the_loser_deleted_and_moves_its_children_in_silence(
    sandbox: Sandbox[Salesforce], client: httpx.Client, clock: SandboxClock
) -> None:
    vendor = sandbox.vendor
    master, loser = (vendor.add("Account", {"Name": name}) for name in ("Master", "Loser"))
    vendor.edit("Account", loser, {"Website": "https://loser.example"})
    contact = vendor.add("Contact", {"LastName": "A", "AccountId": loser})
    child = vendor.add("Account", {"Name": "Child", "ParentId": loser})
    clock.advance(60)
    assert isinstance(vendor, Restless)
    assert vendor.merge("Account", loser, master) == master
    assert one(client, loser, "IsDeleted", "MasterRecordId", "SystemModstamp") == [True, master, AFTER]
    assert one(client, master, "IsDeleted", "Website", "SystemModstamp") == [False, "https://loser.example", AFTER]
    assert one(client, contact, "AccountId", "SystemModstamp", of="Contact") == [master, BEFORE]
    assert one(client, child, "ParentId", "SystemModstamp") == [master, BEFORE]
    vendor.restore("Account", loser)
    (row,) = (each for each in vendor.dump("Account") if each["id"] == loser)
    assert row["MasterRecordId"] is None


def test_a_merge_may_stamp_the_children(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, visibility_lag_s=0, merge_stamps_children=True)
    vendor = sandbox.vendor
    master, loser = (vendor.add("Account", {"Name": name}) for name in ("Master", "Loser"))
    contact = vendor.add("Contact", {"LastName": "A", "AccountId": loser})
    clock.advance(60)
    vendor.merge("Account", loser, master)
    assert one(connect(sandbox), contact, "SystemModstamp", of="Contact") == [AFTER]


def test_what_cannot_be_merged(sandbox: Sandbox[Salesforce]) -> None:
    vendor = sandbox.vendor
    account, task = vendor.add("Account", {"Name": "A"}), vendor.add("Task", {"Subject": "T"})
    with pytest.raises(KeyError):
        vendor.merge("Account", "001WX0000000001AAA", account)
    with pytest.raises(ValueError, match="itself"):
        vendor.merge("Account", account, account)
    with pytest.raises(ValueError, match="cannot be merged"):
        vendor.merge("Task", task, vendor.add("Task", {"Subject": "U"}))


def test_what_hangs_on_an_account_goes_and_comes_back_with_it(
    sandbox: Sandbox[Salesforce], client: httpx.Client, clock: SandboxClock
) -> None:
    vendor = sandbox.vendor
    account = vendor.add("Account", {"Name": "A"})
    contact = vendor.add("Contact", {"LastName": "A", "AccountId": account})
    other = vendor.add("Contact", {"LastName": "B", "AccountId": account})
    case = vendor.add("Case", {"Subject": "C", "AccountId": account})
    vendor.remove("Contact", other)
    clock.advance(60)
    vendor.remove("Account", account)
    assert one(client, contact, "IsDeleted", "SystemModstamp", of="Contact") == [True, AFTER]
    assert one(client, case, "IsDeleted", "AccountId", of="Case") == [False, None]
    clock.advance(60)
    vendor.restore("Account", account)
    assert one(client, account, "IsDeleted", "SystemModstamp") == [False, "2026-09-15T09:32:00.000+0000"]
    assert {row["Id"] for row in soql(client, "SELECT Id FROM Contact")} == {contact}
    with pytest.raises(KeyError):
        vendor.restore("Account", account)


def test_formulas_change_without_a_stamp(
    sandbox: Sandbox[Salesforce], client: httpx.Client, clock: SandboxClock
) -> None:
    vendor = sandbox.vendor
    parent = vendor.add("Account", {"Name": "Mother"})
    child = vendor.add("Account", {"Name": "A", "ParentId": parent, "Renewal_Date__c": "2026-09-20"})
    assert one(client, child, "Days_To_Renewal__c", "Parent_Name__c", "SystemModstamp") == [5.0, "Mother", BEFORE]
    clock.advance(3_600)
    vendor.edit("Account", parent, {"Name": "Stepmother"})
    assert one(client, child, "Days_To_Renewal__c", "Parent_Name__c", "SystemModstamp") == [5.0, "Stepmother", BEFORE]
    client.patch(f"/sobjects/Account/{child}", json={"Renewal_Date__c": "2026-09-16"})
    assert one(client, child, "Days_To_Renewal__c") == [1.0]
    assert [row["Id"] for row in soql(client, "SELECT Id FROM Account WHERE Days_To_Renewal__c <= 1")] == [child]


def test_a_roll_up_moves_the_parents_stamp(
    sandbox: Sandbox[Salesforce], client: httpx.Client, clock: SandboxClock
) -> None:
    vendor = sandbox.vendor
    account = vendor.add("Account", {"Name": "A"})
    deal = {"Name": "D", "AccountId": account, "CloseDate": "2026-10-01", "Amount": "500", "StageName": "Prospecting"}
    key = vendor.add("Opportunity", deal)
    assert one(client, account, "Won_Amount__c") == [0.0]
    clock.advance(60)
    vendor.edit("Opportunity", key, {"StageName": "Closed Won"})
    assert one(client, account, "Won_Amount__c", "SystemModstamp") == [500.0, AFTER]
    closed = one(client, key, "IsClosed", "IsWon", "ForecastCategory", of="Opportunity")
    assert closed == [True, True, "Closed"]
    vendor.remove("Opportunity", key)
    assert one(client, account, "Won_Amount__c") == [0.0]


def test_cases_and_tasks_derive_what_follows(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    vendor = sandbox.vendor
    account = vendor.add("Account", {"Name": "A"})
    case = vendor.add("Case", {"Subject": "C", "AccountId": account, "Status": "Closed"})
    assert one(client, case, "IsClosed", "ClosedDate", "CaseNumber", of="Case") == [True, BEFORE, "00001000"]
    vendor.edit("Case", case, {"Status": "Working"})
    assert one(client, case, "IsClosed", "ClosedDate", of="Case") == [False, None]
    task = vendor.add("Task", {"Subject": "T", "WhatId": case})
    assert one(client, task, "AccountId", "Status", "IsClosed", of="Task") == [account, "Not Started", False]


def test_people_are_told_their_mistakes(sandbox: Sandbox[Salesforce]) -> None:
    vendor = sandbox.vendor
    account = vendor.add("Account", {"Name": "A"})
    with pytest.raises(ValueError, match="REQUIRED_FIELD_MISSING"):
        vendor.edit("Account", account, {"Name": ""})
    with pytest.raises(ValueError, match="INVALID_FIELD"):
        vendor.add("Account", {"Name": "B", "Nothing": "x"})
    with pytest.raises(KeyError):
        vendor.edit("Account", "001WX0000000001AAA", {"Name": "x"})
    with pytest.raises(KeyError):
        vendor.remove("Nothing", account)
