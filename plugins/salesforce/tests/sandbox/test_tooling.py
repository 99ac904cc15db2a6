"""New fields: made in the Tooling API, invisible to everyone until a permission set lets them be seen."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_salesforce.sandbox import Salesforce, create

from .conftest import Connect, refusal, soql

HEALTH = {"label": "CS Health", "type": "Number", "precision": 3, "scale": 0, "inlineHelpText": "0 to 100"}
BANDS = {
    "restricted": True,
    "valueSetDefinition": {"sorted": False, "value": [{"fullName": "green", "label": "Green", "default": False}]},
}


def make(client: httpx.Client, name: str = "Account.CS_Health__c", **metadata: Any) -> httpx.Response:
    return client.post("/tooling/sobjects/CustomField", json={"FullName": name, "Metadata": metadata or HEALTH})


def grant(client: httpx.Client, sandbox: Sandbox[Salesforce], field: str, *, edit: bool = True) -> None:
    found = soql(client, "SELECT Id FROM PermissionSet WHERE Name = 'CS_Hub_Fields'")
    key = found[0]["Id"] if found else _permission_set(client, sandbox)
    rights = {"PermissionsRead": True, "PermissionsEdit": edit}
    body = {"ParentId": key, "SobjectType": field.partition(".")[0], "Field": field, **rights}
    assert client.post("/sobjects/FieldPermissions", json=body).status_code == 201


def _permission_set(client: httpx.Client, sandbox: Sandbox[Salesforce]) -> str:
    body = {"Name": "CS_Hub_Fields", "Label": "Customer health"}
    key = str(client.post("/sobjects/PermissionSet", json=body).json()["id"])
    assignment = {"AssigneeId": sandbox.vendor.org.integration_user, "PermissionSetId": key}
    assert client.post("/sobjects/PermissionSetAssignment", json=assignment).status_code == 201
    return key


def described(client: httpx.Client) -> dict[str, Any]:
    return {field["name"]: field for field in client.get("/sobjects/Account/describe").json()["fields"]}


def test_a_new_field_is_invisible_until_it_is_granted(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    account = sandbox.vendor.add("Account", {"Name": "One"})
    answer = make(client)
    assert (answer.status_code, answer.json()["success"], answer.json()["id"][:3]) == (201, True, "00N")
    query = {"q": "SELECT CS_Health__c FROM Account"}
    assert "CS_Health__c" not in described(client)
    assert refusal(client.get("/query", params=query))[:2] == (400, "INVALID_FIELD")
    assert refusal(client.patch(f"/sobjects/Account/{account}", json={"CS_Health__c": 1}))[1] == "INVALID_FIELD"
    grant(client, sandbox, "Account.CS_Health__c")
    field = described(client)["CS_Health__c"]
    assert (field["precision"], field["updateable"], field["type"], field["custom"]) == (3, True, "double", True)
    assert field["inlineHelpText"] == "0 to 100"
    assert client.patch(f"/sobjects/Account/{account}", json={"CS_Health__c": 72}).status_code == 204
    assert soql(client, query["q"])[0]["CS_Health__c"] == 72.0


def test_the_right_to_read_is_none_to_write(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    account = sandbox.vendor.add("Account", {"Name": "One"})
    make(client)
    grant(client, sandbox, "Account.CS_Health__c", edit=False)
    assert described(client)["CS_Health__c"]["updateable"] is False
    answer = client.patch(f"/sobjects/Account/{account}", json={"CS_Health__c": 72})
    assert refusal(answer)[:2] == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


def test_a_permission_set_nobody_has_grants_nothing(client: httpx.Client) -> None:
    make(client)
    key = client.post("/sobjects/PermissionSet", json={"Name": "Unused", "Label": "Unused"}).json()["id"]
    body = {"ParentId": key, "SobjectType": "Account", "Field": "Account.CS_Health__c", "PermissionsRead": True}
    assert client.post("/sobjects/FieldPermissions", json=body).status_code == 201
    assert "CS_Health__c" not in described(client)


def test_a_field_is_made_once_and_can_be_found(client: httpx.Client) -> None:
    key = make(client).json()["id"]
    words = "There is already a field named CS_Health on Account."
    assert refusal(make(client)) == (400, "DUPLICATE_DEVELOPER_NAME", words)
    query = "SELECT Id, DeveloperName FROM CustomField WHERE TableEnumOrId = 'Account' AND DeveloperName = 'CS_Health'"
    found = client.get("/tooling/query", params={"q": query}).json()["records"]
    assert [(row["Id"], row["DeveloperName"]) for row in found] == [(key, "CS_Health")]
    assert client.get(f"/tooling/sobjects/CustomField/{key}").json()["FullName"] == "Account.CS_Health__c"
    assert refusal(client.get("/query", params={"q": query}))[1] == "INVALID_TYPE"
    assert client.delete(f"/tooling/sobjects/CustomField/{key}").status_code == 204
    assert make(client).status_code == 201


@pytest.mark.parametrize(
    ("metadata", "type"),
    [
        ({"type": "Text", "length": 40, "externalId": True, "unique": True}, "string"),
        ({"type": "Percent", "precision": 5, "scale": 1}, "percent"),
        ({"type": "Currency", "precision": 16, "scale": 2}, "currency"),
        ({"type": "DateTime"}, "datetime"),
        ({"type": "Date"}, "date"),
        ({"type": "Url"}, "url"),
        ({"type": "Checkbox", "defaultValue": "false"}, "boolean"),
        ({"type": "LongTextArea", "length": 5_000, "visibleLines": 5}, "textarea"),
        ({"type": "Picklist", "valueSet": BANDS}, "picklist"),
    ],
)
def test_every_usual_type_can_be_made(
    sandbox: Sandbox[Salesforce], client: httpx.Client, metadata: dict[str, Any], type: str
) -> None:
    sandbox.vendor.add("Account", {"Name": "One"})
    assert make(client, "Account.X__c", label="X", **metadata).status_code == 201
    grant(client, sandbox, "Account.X__c")
    field = described(client)["X__c"]
    assert (field["type"], field["externalId"]) == (type, metadata.get("externalId", False))
    assert soql(client, "SELECT X__c FROM Account")[0]["X__c"] is (False if type == "boolean" else None)


@pytest.mark.parametrize(
    "metadata",
    [
        {"type": "Text"},
        {"type": "Number", "precision": 30, "scale": 0},
        {"type": "Number", "precision": 3},
        {"type": "Checkbox"},
        {"type": "LongTextArea", "length": 5_000},
        {"type": "Picklist", "valueSet": {}},
        {"type": "Sound"},
    ],
)
def test_incomplete_metadata_is_refused(client: httpx.Client, metadata: dict[str, Any]) -> None:
    assert refusal(make(client, "Account.X__c", label="X", **metadata))[0] == 400
    assert refusal(make(client, "Account.X__c", **metadata))[:2] == (400, "REQUIRED_FIELD_MISSING")


def test_places_that_are_none(client: httpx.Client) -> None:
    assert refusal(make(client, "CS_Health__c"))[0] == 400
    assert refusal(make(client, "Nothing.CS_Health__c"))[0] == 400


def test_a_field_of_activities_is_one_of_tasks(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    make(client, "Activity.CS_Key__c", label="Key", type="Text", length=80, externalId=True, unique=True)
    grant(client, sandbox, "Task.CS_Key__c")
    first, again = (client.patch("/sobjects/Task/CS_Key__c/alert-1", json={"Subject": "Call"}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert len(soql(client, "SELECT Id FROM Task")) == 1


def test_required_fields_are_seen_at_once_and_take_no_permission(
    sandbox: Sandbox[Salesforce], client: httpx.Client
) -> None:
    make(client, "Account.Must__c", label="Must", type="Text", length=10, required=True)
    assert described(client)["Must__c"]["permissionable"] is False
    key = _permission_set(client, sandbox)
    for name in ("Must__c", "Name", "Nothing__c"):
        body = {"ParentId": key, "SobjectType": "Account", "Field": f"Account.{name}", "PermissionsRead": True}
        assert refusal(client.post("/sobjects/FieldPermissions", json=body))[0] == 400


def test_permissions_stand_once(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    key = _permission_set(client, sandbox)
    again = {"AssigneeId": sandbox.vendor.org.integration_user, "PermissionSetId": key}
    assert refusal(client.post("/sobjects/PermissionSetAssignment", json=again))[1] == "DUPLICATE_VALUE"
    assert (
        refusal(client.post("/sobjects/PermissionSet", json={"Name": "CS_Hub_Fields", "Label": "x"}))[1]
        == "DUPLICATE_VALUE"
    )
    edit = {"ParentId": key, "SobjectType": "Account", "Field": "Account.Industry", "PermissionsEdit": True}
    assert refusal(client.post("/sobjects/FieldPermissions", json=edit))[1] == "FIELD_INTEGRITY_EXCEPTION"


def test_an_admin_may_refuse_all_of_it(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, setup_rights=False))
    assert refusal(make(http))[:2] == (403, "INSUFFICIENT_ACCESS")
    body = {"Name": "CS_Hub_Fields", "Label": "x"}
    assert refusal(http.post("/sobjects/PermissionSet", json=body))[:2] == (403, "INSUFFICIENT_ACCESS_OR_READONLY")
