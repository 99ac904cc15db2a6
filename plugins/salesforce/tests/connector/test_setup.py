"""Fields: the missing ones are made and granted, those that exist are described and never touched."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from cshub import FieldSpec, FieldType, PermissionMissing, Provision
from cshub_salesforce.describe import creation, field_name, mismatch, target_field

from .conftest import Desk, refuse
from .org import error

BANDS = (("healthy", "Healthy"), ("at_risk", "At risk"))


def spec(type: FieldType, name: str = "CSHub_Why__c", **given: Any) -> FieldSpec:
    return FieldSpec(name=name, label="Why", type=type, help="What moved the score", **given)


FIELDS = [
    spec(FieldType.PICKLIST, "CSHub_Health__c", options=BANDS),
    spec(FieldType.NUMBER, "CSHub_Health_Score__c"),
    spec(FieldType.TEXT, "CSHub_Why__c", length=255),
]
TYPES = {"Picklist": "picklist", "Number": "double", "Text": "string"}


class Tooling:
    """The part of an org that makes fields: invisible until they are granted to a set in which our user is."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.hidden: dict[str, dict[str, Any]] = {}
        self.sent: list[tuple[str, dict[str, Any]]] = []
        for name in ("PermissionSet", "FieldPermissions", "PermissionSetAssignment"):
            desk.org.tables[name] = {}
        desk.org.instead.append(self.look)

    def look(self, request: httpx.Request) -> httpx.Response | None:
        if request.method != "POST" or "/sobjects/" not in request.url.path:
            return None
        name, body = request.url.path.rpartition("/")[2], json.loads(request.content)
        self.sent.append((name, body))
        if name == "CustomField":
            return self.make_field(body)
        table = self.desk.org.tables[name]
        id = f"0PSdM{len(table):010d}QAA"
        table[id] = {"Id": id, "IsDeleted": False, **body}
        if name == "PermissionSetAssignment":
            self.desk.org.fields["Account"] |= self.hidden
        return httpx.Response(201, json={"id": id, "success": True, "errors": []})

    def make_field(self, body: dict[str, Any]) -> httpx.Response:
        name = body["FullName"].removeprefix("Account.")
        if name in self.hidden:
            return error(400, "DUPLICATE_DEVELOPER_NAME", "There is already a field named like this on Account.")
        made = field(f"{name}:{TYPES[body['Metadata']['type']]}:")
        if "valueSet" in body["Metadata"]:
            values = body["Metadata"]["valueSet"]["valueSetDefinition"]["value"]
            made["picklistValues"] = [{"value": each["fullName"], "active": True} for each in values]
        self.hidden[name] = made
        return httpx.Response(201, json={"id": "00N", "success": True, "errors": []})

    def made(self, name: str) -> list[dict[str, Any]]:
        return [body for kind, body in self.sent if kind == name]


def test_missing_fields_are_made_and_granted_and_then_left_alone(desk: Desk) -> None:
    tooling = Tooling(desk)
    made = desk.connect().provision("Account", FIELDS)
    assert [(each.field, each.state) for each in made] == [(each.name, Provision.CREATED) for each in FIELDS]
    assert [body["FullName"] for body in tooling.made("CustomField")] == [f"Account.{each.name}" for each in FIELDS]
    sets = {body["Name"] for body in tooling.made("PermissionSet")}
    assert sets == {"CSHub_Viewer", "CSHub_Integration"}
    desk.org.forget()
    tooling.sent.clear()
    again = desk.connect().provision("Account", FIELDS)
    assert [each.state for each in again] == [Provision.EXISTS] * 3
    assert tooling.sent == []
    assert [path.rpartition("/")[2] for path in desk.org.asked] == ["describe"]


def test_the_integration_set_edits_only_these_fields_and_the_viewers_only_read(desk: Desk) -> None:
    tooling = Tooling(desk)
    desk.connect().provision("Account", FIELDS)
    ids = {row["Name"]: id for id, row in desk.org.tables["PermissionSet"].items()}
    granted = {(body["Field"], body["ParentId"]): body for body in tooling.made("FieldPermissions")}
    assert set(granted) == {(f"Account.{each.name}", id) for each in FIELDS for id in ids.values()}
    edits = {body["ParentId"]: set() for body in granted.values()}  # type: ignore[var-annotated]  # test data
    for body in granted.values():
        assert (body["SobjectType"], body["PermissionsRead"]) == ("Account", True)
        edits[body["ParentId"]].add(body["PermissionsEdit"])
    assert edits == {ids["CSHub_Viewer"]: {False}, ids["CSHub_Integration"]: {True}}
    assert tooling.made("PermissionSetAssignment") == [
        {"AssigneeId": "005dM0000000001QAA", "PermissionSetId": ids["CSHub_Integration"]}
    ]


def test_a_field_that_exists_unseen_is_granted_and_not_made_again(desk: Desk) -> None:
    tooling = Tooling(desk)
    tooling.hidden["CSHub_Why__c"] = field("CSHub_Why__c:string:")
    (outcome,) = desk.connect().provision("Account", [FIELDS[2]])
    assert outcome.state is Provision.EXISTS


def test_without_the_right_to_grant_the_message_says_what_to_do(desk: Desk) -> None:
    Tooling(desk)
    desk.org.instead.insert(
        0,
        lambda request: (
            error(403, "INSUFFICIENT_ACCESS", "insufficient access rights")
            if request.url.path.endswith("/PermissionSet")
            else None
        ),
    )
    outcomes = desk.connect().provision("Account", FIELDS)
    assert {each.state for each in outcomes} == {Provision.CREATED}
    assert all("may not see it: insufficient access rights" in (each.message or "") for each in outcomes)


def test_a_field_salesforce_refuses_is_told_and_the_others_are_made(desk: Desk) -> None:
    Tooling(desk)
    desk.org.instead.insert(
        0,
        lambda request: (
            error(400, "FIELD_INTEGRITY_EXCEPTION", "too many custom fields")
            if b"CSHub_Why__c" in request.content and request.url.path.endswith("CustomField")
            else None
        ),
    )
    outcomes = desk.connect().provision("Account", FIELDS)
    assert [each.state for each in outcomes] == [Provision.CREATED, Provision.CREATED, Provision.REFUSED]
    assert "too many custom fields" in (outcomes[2].message or "")


def test_without_the_right_to_make_fields_it_is_the_administrators_turn(desk: Desk) -> None:
    refuse(desk, "CustomField", "INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id", status=403)
    with pytest.raises(PermissionMissing):
        desk.connect().provision("Account", FIELDS)


def test_an_object_that_is_not_there_cannot_be_described(desk: Desk) -> None:
    with pytest.raises(PermissionMissing, match="no_such_object"):
        desk.connect().describe("no_such_object")


@pytest.mark.parametrize(
    ("standard", "name"),
    [("health_score", "CSHub_Health_Score__c"), ("why", "CSHub_Why__c"), ("data_as_of", "CSHub_Data_As_Of__c")],
)
def test_standard_fields_have_salesforces_names(standard: str, name: str) -> None:
    assert field_name(standard) == name


def test_what_is_made_follows_the_metadata_api() -> None:
    assert creation(spec(FieldType.NUMBER)) == {
        "label": "Why",
        "description": "What moved the score",
        "inlineHelpText": "What moved the score",
        "type": "Number",
        "precision": 18,
        "scale": 2,
        "required": False,
    }
    picklist = creation(spec(FieldType.PICKLIST, options=BANDS))
    assert picklist["valueSet"] == {
        "restricted": True,
        "valueSetDefinition": {
            "sorted": False,
            "value": [
                {"fullName": "healthy", "label": "Healthy", "default": False},
                {"fullName": "at_risk", "label": "At risk", "default": False},
            ],
        },
    }
    assert creation(spec(FieldType.FLAG))["defaultValue"] == "false"
    assert "required" not in creation(spec(FieldType.FLAG))
    assert {creation(spec(type))["type"] for type in FieldType} == {
        *("Picklist", "Number", "Percent", "Text", "LongTextArea", "Date", "DateTime", "Checkbox", "Url")
    }


MISFITS = [
    ("CSHub_Why__c:double", spec(FieldType.TEXT), "exists as double, but string is needed"),
    ("CSHub_Why__c:string:calculated", spec(FieldType.TEXT), "cannot be edited"),
    ("CSHub_Why__c:string", spec(FieldType.TEXT, length=256), "holds only 255 characters"),
    ("CSHub_Why__c:picklist", spec(FieldType.PICKLIST, options=BANDS), "lacks the values healthy, at_risk"),
    ("CSHub_Why__c:string", spec(FieldType.NUMBER), "double is needed"),
]


def info(desk: Desk, text: str) -> Any:
    desk.org.fields["Account"]["CSHub_Why__c"] = field(text if text.count(":") == 2 else f"{text}:")
    return desk.connect()._catalog.object("Account").fields["CSHub_Why__c"]


@pytest.mark.parametrize(("text", "wanted", "message"), MISFITS)
def test_a_field_that_does_not_fit_is_named_and_left_alone(
    desk: Desk, text: str, wanted: FieldSpec, message: str
) -> None:
    assert message in (mismatch(wanted, info(desk, text)) or "")
    (outcome,) = desk.connect().provision("Account", [wanted])
    assert outcome.state is Provision.WRONG_TYPE
    assert not [each for each in desk.org.requests if each.method != "GET" and "oauth2" not in each.url.path]


@pytest.mark.parametrize(
    ("vendor", "length", "type"),
    [
        ("textarea", 255, FieldType.TEXT),
        ("textarea", 32768, FieldType.LONG_TEXT),
        ("percent", 0, FieldType.PERCENT),
        ("boolean", 0, FieldType.FLAG),
        ("url", 255, FieldType.URL),
        ("reference", 18, None),
        ("multipicklist", 4099, None),
        ("address", 0, None),
    ],
)
def test_fields_are_described_in_cshubs_words(desk: Desk, vendor: str, length: int, type: FieldType | None) -> None:
    found = info(desk, f"CSHub_Why__c:{vendor}")
    desk.org.fields["Account"]["CSHub_Why__c"]["length"] = length
    found = desk.connect()._catalog.object("Account").fields["CSHub_Why__c"]
    assert target_field(found).type is type
    assert target_field(found).vendor_type == vendor


def test_the_official_describe_answer_is_read_whole(shared: Any) -> None:
    from cshub import Answer
    from cshub_salesforce.catalog import sobject

    content = (shared / "specs" / "salesforce" / "describe" / "Whizbang.json").read_bytes()
    found = sobject(Answer(200, {}, content, "/x", "describe"))
    assert len(found.fields) == 30
    assert found.fields["Checkbox_Field"].type == "boolean"
    assert found.fields["Picklist_Field"].options
    writable = {name for name, each in found.fields.items() if each.updateable}
    assert {"Name", "Text_Field", "Number_Field"} <= writable
    assert not writable & {"Id", "SystemModstamp", "CreateableButNotUpdateableField"}
