"""Describes: every key of the official example, what they say of fields, and 304 where nothing changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import SandboxClock

OBJECTS = ("Account", "Contact", "Opportunity", "Case", "Task", "User")


@pytest.fixture
def example(shared: Path) -> dict[str, Any]:
    """An official describe answer."""
    text = (shared / "specs" / "salesforce" / "describe" / "Whizbang.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("name", OBJECTS)
def test_it_has_every_key_of_the_official_example(client: httpx.Client, example: dict[str, Any], name: str) -> None:
    body = client.get(f"/sobjects/{name}/describe").json()
    assert example.keys() <= body.keys()
    wanted = {key for field in example["fields"] for key in field}
    assert all(wanted <= field.keys() for field in body["fields"])
    assert example["urls"].keys() <= body["urls"].keys()
    assert all(example["childRelationships"][0].keys() <= child.keys() for child in body["childRelationships"])
    assert all(example["recordTypeInfos"][0].keys() <= info.keys() for info in body["recordTypeInfos"])


def test_a_field_type_is_described_as_in_the_official_example(client: httpx.Client, example: dict[str, Any]) -> None:
    def kinds(fields: list[dict[str, Any]]) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for field in fields:
            if "soapType" in field and field.get("type"):
                found.setdefault(field["type"], set()).add(field["soapType"])
        return found

    official = kinds(example["fields"])
    ours = kinds([field for name in OBJECTS for field in client.get(f"/sobjects/{name}/describe").json()["fields"]])
    both = official.keys() & ours.keys()
    assert len(both) >= 10
    assert all(ours[name] <= official[name] for name in both)


def fields_of(client: httpx.Client, name: str = "Account") -> dict[str, dict[str, Any]]:
    return {field["name"]: field for field in client.get(f"/sobjects/{name}/describe").json()["fields"]}


def test_it_says_what_the_connector_asks(client: httpx.Client) -> None:
    fields = fields_of(client)

    def said(name: str, *keys: str) -> tuple[Any, ...]:
        return tuple(fields[name][key] for key in keys)

    assert said("Tenant__c", "externalId", "idLookup", "unique", "custom", "updateable") == (True,) * 5
    assert said("Days_To_Renewal__c", "calculated", "updateable", "createable") == (True, False, False)
    assert said("Won_Amount__c", "calculated", "type") == (True, "currency")
    assert said("SystemModstamp", "type", "filterable", "updateable", "permissionable") == (
        "datetime",
        True,
        False,
        False,
    )
    assert said("Description", "filterable", "sortable", "length") == (False, False, 32_000)
    assert said("OwnerId", "referenceTo", "relationshipName", "namePointing") == (["User"], "Owner", False)
    assert said("BillingCity", "compoundFieldName", "length") == ("BillingAddress", 40)
    assert said("BillingAddress", "type", "updateable") == ("address", False)
    assert said("Tier__c", "restrictedPicklist", "type") == (True, "picklist")
    assert [each["value"] for each in fields["Tier__c"]["picklistValues"]] == ["Gold", "Silver", "Bronze"]
    assert said("Name", "compoundFieldName", "type", "nillable") == ("Name", "string", False)
    assert fields_of(client, "Case")["OwnerId"]["referenceTo"] == ["Group", "User"]
    assert fields_of(client, "Contact")["Email"]["idLookup"] is True


def test_the_global_list_says_what_can_be_done(client: httpx.Client) -> None:
    listed = {each["name"]: each for each in client.get("/sobjects").json()["sobjects"]}
    assert {*OBJECTS, "Organization", "PermissionSet", "FieldPermissions"} <= listed.keys()
    assert (listed["Account"]["keyPrefix"], listed["Account"]["replicateable"]) == ("001", True)
    assert listed["Organization"]["createable"] is False
    assert client.get("/sobjects/account").json()["objectDescribe"]["name"] == "Account"


def test_nothing_new_is_304(client: httpx.Client, clock: SandboxClock) -> None:
    first = client.get("/sobjects/Account/describe")
    headers = {"If-Modified-Since": first.headers["Last-Modified"]}
    again = client.get("/sobjects/Account/describe", headers=headers)
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/sobjects", headers=headers).status_code == 304
    clock.advance(5)
    field = {"FullName": "Account.New__c", "Metadata": {"label": "New", "type": "Date"}}
    assert client.post("/tooling/sobjects/CustomField", json=field).status_code == 201
    assert client.get("/sobjects/Account/describe", headers=headers).status_code == 200
    assert client.get("/sobjects/Account/describe", headers={"If-Modified-Since": "some day"}).status_code == 200
