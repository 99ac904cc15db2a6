"""Single records: made, read, changed, deleted, written by external id, and refused with Salesforce's reasons."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_salesforce.sandbox import Salesforce, ValidationRule, create

from .conftest import Connect, refusal, soql


def made(client: httpx.Client, object_type: str = "Account", **values: object) -> str:
    answer = client.post(
        f"/sobjects/{object_type}", json={"Name": "One", **values} if object_type == "Account" else values
    )
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_a_record_is_made_changed_and_deleted(client: httpx.Client) -> None:
    answer = client.post("/sobjects/Account", json={"Name": "One"})
    key = answer.json()["id"]
    assert (answer.status_code, answer.json()) == (201, {"id": key, "success": True, "errors": []})
    changed = client.patch(f"/sobjects/Account/{key}", json={"Name": "Two", "Website": None})
    assert (changed.status_code, changed.content) == (204, b"")
    assert client.get(f"/sobjects/Account/{key[:15]}", params={"fields": "Name"}).json()["Name"] == "Two"
    assert client.delete(f"/sobjects/Account/{key}").status_code == 204
    assert client.get(f"/sobjects/Account/{key}").status_code == 404
    assert refusal(client.patch(f"/sobjects/Account/{key}", json={"Name": "x"}))[:2] == (404, "ENTITY_IS_DELETED")
    assert refusal(client.delete("/sobjects/Account/001WX0000000000AAA"))[:2] == (404, "NOT_FOUND")


def test_every_write_moves_the_stamps_and_names_its_writer(
    sandbox: Sandbox[Salesforce], client: httpx.Client, clock: SandboxClock
) -> None:
    key = made(client)
    clock.advance(61.7)
    client.patch(f"/sobjects/Account/{key}", json={"Name": "One"})
    row = client.get(f"/sobjects/Account/{key}").json()
    assert row["SystemModstamp"] == row["LastModifiedDate"] == "2026-09-15T09:31:01.000+0000"
    assert row["LastModifiedById"] == sandbox.vendor.org.integration_user
    sandbox.vendor.edit("Account", key, {"Name": "Two"})
    assert client.get(f"/sobjects/Account/{key}").json()["LastModifiedById"] == sandbox.vendor.org.administrator


def test_every_field_written_is_logged(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    key = made(client, MRR__c=10)
    client.patch(f"/sobjects/Account/{key}", json={"MRR__c": 12.5, "Website": None})
    sandbox.vendor.edit("Account", key, {"MRR__c": "7"})
    told = [(entry.field, entry.old, entry.new, entry.by) for entry in sandbox.writes if entry.id == key]
    assert told == [
        ("Name", None, "One", "api"),
        ("MRR__c", None, "10", "api"),
        ("MRR__c", "10", "12.5", "api"),
        ("Website", None, None, "api"),
        ("MRR__c", "12.5", "7", "human"),
    ]


@pytest.mark.parametrize(
    ("values", "code", "words", "fields"),
    [
        ({"Nothing__c": 1}, "INVALID_FIELD", "No such column 'Nothing__c' on sobject of type Account", None),
        ({"SystemModstamp": None}, "INVALID_FIELD_FOR_INSERT_UPDATE", "SystemModstamp", ["SystemModstamp"]),
        ({"Days_To_Renewal__c": 4}, "INVALID_FIELD_FOR_INSERT_UPDATE", "Days_To_Renewal__c", ["Days_To_Renewal__c"]),
        ({"BillingAddress": {}}, "INVALID_FIELD_FOR_INSERT_UPDATE", "BillingAddress", ["BillingAddress"]),
        ({"Name": None}, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]", ["Name"]),
        ({"Name": "x" * 256}, "STRING_TOO_LONG", "max length=255", ["Name"]),
        ({"Name": 5}, "JSON_PARSER_ERROR", "Cannot deserialize instance of string", ["Name"]),
        ({"MRR__c": "much"}, "JSON_PARSER_ERROR", "Cannot deserialize instance of double", ["MRR__c"]),
        ({"MRR__c": 10**14}, "NUMBER_OUTSIDE_VALID_RANGE", "outside of valid range", ["MRR__c"]),
        ({"Renewal_Date__c": "soon"}, "JSON_PARSER_ERROR", "instance of date", ["Renewal_Date__c"]),
        (
            {"Tier__c": "Tin"},
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            "bad value for restricted picklist",
            ["Tier__c"],
        ),
        ({"ParentId": "nobody"}, "MALFORMED_ID", "id value of incorrect type: nobody", ["ParentId"]),
        ({"ParentId": "003WX0000000001AAA"}, "MALFORMED_ID", "incorrect type", ["ParentId"]),
        ({"ParentId": "001WX0000000001AAA"}, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", None),
    ],
)
def test_what_a_change_is_refused_for(
    client: httpx.Client, values: dict[str, object], code: str, words: str, fields: list[str] | None
) -> None:
    key = made(client)
    answer = client.patch(f"/sobjects/Account/{key}", json=values)
    (error,) = answer.json()
    assert (answer.status_code, error["errorCode"], error.get("fields")) == (400, code, fields)
    assert words in error["message"]
    assert client.get(f"/sobjects/Account/{key}").json()["Name"] == "One"


def test_free_picklists_take_new_values_and_numbers_are_rounded(client: httpx.Client) -> None:
    key = made(client, Industry="Beekeeping", MRR__c=10.005, NumberOfEmployees="12")
    row = client.get(f"/sobjects/Account/{key}").json()
    assert (row["Industry"], row["MRR__c"], row["NumberOfEmployees"]) == ("Beekeeping", 10.01, 12)


def test_a_contact_needs_a_last_name_and_a_sound_address(client: httpx.Client) -> None:
    assert refusal(client.post("/sobjects/Contact", json={"FirstName": "Ada"}))[1] == "REQUIRED_FIELD_MISSING"
    answer = client.post("/sobjects/Contact", json={"LastName": "A", "Email": "nobody"})
    assert refusal(answer)[1] == "INVALID_EMAIL_ADDRESS"
    assert refusal(client.post("/sobjects/Contact", json={"LastName": "A", "Name": "B"}))[1].endswith("INSERT_UPDATE")


def test_a_reference_to_a_deleted_record_is_told_apart(client: httpx.Client) -> None:
    gone = made(client)
    client.delete(f"/sobjects/Account/{gone}")
    answer = client.post("/sobjects/Contact", json={"LastName": "A", "AccountId": gone})
    assert refusal(answer) == (400, "ENTITY_IS_DELETED", "entity is deleted")


def test_upsert_makes_then_changes(client: httpx.Client) -> None:
    path = "/sobjects/Account/Tenant__c/C%2B1%201"
    first = client.patch(path, json={"Name": "New"})
    again = client.patch(path, json={"Name": "Newer"})
    assert (first.status_code, first.json()["created"]) == (201, True)
    assert (again.status_code, again.json()) == (200, {**first.json(), "created": False})
    assert client.get(path).json()["Tenant__c"] == "C+1 1"
    old = client.patch(f"https://acme.my.salesforce.com/services/data/v45.0{path}", json={"Name": "Old"})
    assert (old.status_code, old.content) == (204, b"")


def test_what_an_upsert_is_refused_for(client: httpx.Client) -> None:
    answer = client.patch("/sobjects/Account/Name/One", json={})
    words = "Provided external ID field does not exist or is not accessible: Name"
    assert refusal(answer) == (404, "NOT_FOUND", words)
    assert client.patch("/sobjects/Account/Tenant__c/no?updateOnly=true", json={"Name": "x"}).status_code == 404
    twice = client.patch("/sobjects/Account/Tenant__c/C-1", json={"Name": "x", "Tenant__c": "C-1"})
    assert refusal(twice)[:2] == (400, "INVALID_FIELD")
    keys = [made(client, "Contact", LastName="A", Email="same@x.example") for _ in range(2)]
    several = client.patch("/sobjects/Contact/Email/same@x.example", json={"Title": "x"})
    assert several.status_code == 300
    assert several.json() == [f"/services/data/v66.0/sobjects/Contact/{key}" for key in keys]


def test_a_unique_value_stands_once(client: httpx.Client) -> None:
    first = made(client, Tenant__c="C-1")
    answer = client.post("/sobjects/Account", json={"Name": "Two", "Tenant__c": "c-1"})
    assert refusal(answer)[1] == "DUPLICATE_VALUE"
    assert first[:15] in refusal(answer)[2]


def test_validation_rules_refuse_with_their_own_words(clock: SandboxClock, connect: Connect) -> None:
    rule = ValidationRule(
        object="Account", when="Type = 'Other' AND MRR__c > 0", message="Others pay nothing", field="MRR__c"
    )
    http = connect(create(clock=clock, empty=True, validation_rules=[rule]))
    key = made(http, Type="Other")
    (error,) = http.patch(f"/sobjects/Account/{key}", json={"MRR__c": 1}).json()
    assert error == {
        "message": "Others pay nothing",
        "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "fields": ["MRR__c"],
    }


def test_a_locked_row_or_parent_cannot_be_written(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    account = made(client)
    contact = made(client, "Contact", LastName="A", AccountId=account)
    sandbox.vendor.org.locked.add(account)
    for path in (f"/sobjects/Account/{account}", f"/sobjects/Contact/{contact}"):
        assert refusal(client.patch(path, json={}))[:2] == (400, "UNABLE_TO_LOCK_ROW")
    sandbox.vendor.org.locked.clear()
    assert client.patch(f"/sobjects/Account/{account}", json={}).status_code == 204


def test_locks_may_come_by_chance(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, lock_share=0.5))
    statuses = [http.post("/sobjects/Account", json={"Name": f"A {n}"}).status_code for n in range(40)]
    assert {201, 400} == set(statuses)


def test_an_alerting_duplicate_rule_lets_through_who_insists(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, duplicate_rule="alert"))
    made(http)
    assert refusal(http.post("/sobjects/Account", json={"Name": "one"}))[1] == "DUPLICATES_DETECTED"
    headers = {"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    assert http.post("/sobjects/Account", json={"Name": "one"}, headers=headers).status_code == 201


def test_rights_are_told_by_object(clock: SandboxClock, connect: Connect) -> None:
    switches = {"hidden_objects": ["Case"], "read_only_objects": ["Account"], "hidden_fields": ["Account.Industry"]}
    sandbox = create(clock=clock, empty=True, visibility_lag_s=0, **switches)
    sandbox.vendor.add("Account", {"Name": "One"})
    http = connect(sandbox)
    assert refusal(http.post("/sobjects/Account", json={"Name": "x"}))[:2] == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
    assert refusal(http.get("/query", params={"q": "SELECT Id FROM Case"}))[1] == "INVALID_TYPE"
    assert refusal(http.get("/sobjects/Case/describe"))[:2] == (404, "NOT_FOUND")
    assert "Case" not in {each["name"] for each in http.get("/sobjects").json()["sobjects"]}
    assert refusal(http.get("/query", params={"q": "SELECT Industry FROM Account"}))[1] == "INVALID_FIELD"
    assert len(soql(http, "SELECT Id FROM Account")) == 1


def test_wrong_methods_types_and_bodies(client: httpx.Client) -> None:
    assert refusal(client.put("/sobjects/Account", json={}))[:2] == (405, "METHOD_NOT_ALLOWED")
    assert refusal(client.post("/sobjects/Account", data={"Name": "x"}))[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")
    headers = {"Content-Type": "application/json"}
    assert refusal(client.post("/sobjects/Account", content=b"{", headers=headers))[:2] == (400, "JSON_PARSER_ERROR")
    assert refusal(client.get("/nothing"))[:2] == (404, "NOT_FOUND")


def test_the_id_belongs_into_the_path_alone(client: httpx.Client) -> None:
    key = made(client)
    answer = client.patch(f"/sobjects/Account/{key}", json={"Id": key, "Name": "Two"})
    assert refusal(answer) == (400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.")


def test_a_right_that_comes_or_goes_moves_no_stamp(
    sandbox: Sandbox[Salesforce], client: httpx.Client, clock: SandboxClock
) -> None:
    made(client, Industry="Energy")
    query = "SELECT Industry, SystemModstamp FROM Account"
    before = soql(client, query)
    clock.advance(60)
    sandbox.vendor.hide_field("Account.Industry")
    assert refusal(client.get("/query", params={"q": query}))[1] == "INVALID_FIELD"
    fields = client.get("/sobjects/Account/describe").json()["fields"]
    assert "Industry" not in {field["name"] for field in fields}
    sandbox.vendor.show_field("Account.Industry")
    assert soql(client, query) == before
