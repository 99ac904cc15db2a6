"""Lists of records: always 200, in order, each with its own outcome."""

from __future__ import annotations

from typing import Any

import httpx

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_salesforce.sandbox import Salesforce, create

from .conftest import Connect, refusal, soql

LIST = "/composite/sobjects"
TYPE = {"attributes": {"type": "Account"}}


def accounts(sandbox: Sandbox[Salesforce], count: int) -> list[str]:
    return [sandbox.vendor.add("Account", {"Name": f"A {n}"}) for n in range(count)]


def patch(client: httpx.Client, records: list[dict[str, Any]], *, all_or_none: bool = False) -> list[dict[str, Any]]:
    answer = client.patch(LIST, json={"allOrNone": all_or_none, "records": records})
    assert answer.status_code == 200, answer.text
    outcomes: list[dict[str, Any]] = answer.json()
    return outcomes


def codes(outcomes: list[dict[str, Any]]) -> list[str]:
    return [outcome["errors"][0]["statusCode"] if outcome["errors"] else "" for outcome in outcomes]


def test_each_record_has_its_own_outcome_in_order(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    one, two, gone = accounts(sandbox, 3)
    sandbox.vendor.remove("Account", gone)
    outcomes = patch(
        client,
        [
            {**TYPE, "id": one, "MRR__c": 72},
            {"id": two, **TYPE, "MRR__c": 1},
            {**TYPE, "id": gone, "MRR__c": 1},
            {**TYPE, "id": "001WX0000000001AAA", "MRR__c": 1},
            {**TYPE, "id": two, "Name": "x" * 300},
            {**TYPE, "MRR__c": 1},
            {"attributes": {"type": "Nothing"}, "id": two},
            {**TYPE, "id": "nonsense"},
        ],
    )
    assert outcomes[0] == {"id": one, "success": True, "errors": []}
    words = "Nested object for polymorphic foreign key must have an attributes field before any other fields."
    assert outcomes[1] == {
        "success": False,
        "errors": [{"statusCode": "JSON_PARSER_ERROR", "message": words, "fields": []}],
    }
    assert codes(outcomes[2:]) == [
        "ENTITY_IS_DELETED",
        "INVALID_CROSS_REFERENCE_KEY",
        "DUPLICATE_VALUE",
        "MISSING_ARGUMENT",
        "INVALID_TYPE",
        "MALFORMED_ID",
    ]
    assert soql(client, f"SELECT MRR__c FROM Account WHERE Id = '{one}'")[0]["MRR__c"] == 72.0


def test_an_id_given_twice_may_be_allowed(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, same_id_twice="allowed")
    (one,) = accounts(sandbox, 1)
    http = connect(sandbox)
    assert codes(patch(http, [{**TYPE, "id": one, "MRR__c": n} for n in (1, 2)])) == ["", ""]
    assert codes(patch(connect(sandbox), [{**TYPE, "id": one, "Name": "x" * 300}])) == ["STRING_TOO_LONG"]


def test_all_or_none_takes_everything_back(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    one, two = accounts(sandbox, 2)
    sandbox.writes.clear()
    records = [{**TYPE, "id": one, "Name": "Changed"}, {**TYPE, "id": two, "Name": None}]
    outcomes = patch(client, records, all_or_none=True)
    assert codes(outcomes) == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "REQUIRED_FIELD_MISSING"]
    assert [outcome["success"] for outcome in outcomes] == [False, False]
    assert [row["Name"] for row in soql(client, "SELECT Name FROM Account ORDER BY Name")] == ["A 0", "A 1"]
    assert len(sandbox.writes) == 0
    assert soql(client, "SELECT Id FROM Account WHERE Name = 'Changed'") == []


def test_without_it_the_innocent_are_written(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    one, two = accounts(sandbox, 2)
    sandbox.writes.clear()
    assert codes(patch(client, [{**TYPE, "id": one, "Name": "B"}, {**TYPE, "id": two, "Name": None}]))[0] == ""
    assert [(entry.id, entry.new, entry.by) for entry in sandbox.writes] == [(one, "B", "api")]


def test_records_are_made_in_lists(client: httpx.Client) -> None:
    records = [{**TYPE, "Name": "A"}, {"attributes": {"type": "Contact"}, "LastName": "B"}, {**TYPE, "Name": None}]
    outcomes = client.post(LIST, json={"records": records}).json()
    assert [outcome["success"] for outcome in outcomes] == [True, True, False]
    assert (outcomes[0]["id"][:3], outcomes[1]["id"][:3]) == ("001", "003")
    taken_back = client.post(LIST, json={"allOrNone": True, "records": records[1:]}).json()
    assert [outcome["success"] for outcome in taken_back] == [False, False]
    assert len(soql(client, "SELECT Id FROM Contact")) == 1


def test_records_are_deleted_in_lists(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    one, two = accounts(sandbox, 2)
    answer = client.delete(LIST, params={"ids": f"{one},001WX0000000001AAA", "allOrNone": "true"})
    assert [each["success"] for each in answer.json()] == [False, False]
    answer = client.delete(LIST, params={"ids": f"{one},001WX0000000001AAA", "allOrNone": "false"})
    assert [each["success"] for each in answer.json()] == [True, False]
    assert [row["Id"] for row in soql(client, "SELECT Id FROM Account")] == [two]


def test_records_are_upserted_in_lists(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    known = sandbox.vendor.add("Account", {"Name": "A", "Tenant__c": "C-1"})
    keys = [{**TYPE, "Tenant__c": "C-1", "MRR__c": 1}, {**TYPE, "Tenant__c": "C-2", "Name": "B"}, {**TYPE, "Name": "C"}]
    outcomes = client.patch(f"{LIST}/Account/Tenant__c", json={"records": keys}).json()
    assert outcomes[0] == {"id": known, "success": True, "errors": [], "created": False}
    assert (outcomes[1]["success"], outcomes[1]["created"]) == (True, True)
    assert codes(outcomes[2:]) == ["MISSING_ARGUMENT"]


def test_a_list_has_at_most_200_records_in_ten_runs_of_one_type(client: httpx.Client) -> None:
    assert refusal(client.patch(LIST, json={"records": [{**TYPE, "id": "x"}] * 201}))[0] == 400
    mixed = [{**TYPE, "Name": "A"}, {"attributes": {"type": "Contact"}, "LastName": "B"}]
    assert refusal(client.post(LIST, json={"records": mixed * 6}))[0] == 400
    assert client.post(LIST, json={"records": mixed * 5}).status_code == 200
    assert refusal(client.post(LIST, json={"records": 5}))[:2] == (400, "JSON_PARSER_ERROR")


def test_a_list_is_one_call(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    before = sandbox.vendor.meter.used
    patch(client, [{**TYPE, "id": key, "MRR__c": 1} for key in accounts(sandbox, 200)])
    assert sandbox.vendor.meter.used == before + 1


def test_records_are_read_in_lists_with_null_for_what_is_gone(
    sandbox: Sandbox[Salesforce], client: httpx.Client
) -> None:
    one, two, gone = accounts(sandbox, 3)
    sandbox.vendor.remove("Account", gone)
    asked = {"ids": f"{two},{gone},{one[:15]}", "fields": "Id,Name"}
    rows = client.get(f"{LIST}/Account", params=asked).json()
    assert [row and row["Id"] for row in rows] == [two, None, one]
    body = {name: text.split(",") for name, text in asked.items()}
    assert client.post(f"{LIST}/Account", json=body).json() == rows
    assert refusal(client.get(f"{LIST}/Account", params={**asked, "fields": "Nothing"}))[1] == "INVALID_FIELD"
