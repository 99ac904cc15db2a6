"""Fields: the missing ones are made and granted, those that exist are described and never touched."""

from __future__ import annotations

import json
from typing import Any

import pytest

from cshub import FieldSpec, FieldType, PermissionMissing, Provision, RecordWrite, WriteBatch, WriteState
from cshub_salesforce.describe import creation
from cshub_salesforce.names import field_name
from cshub_salesforce.sandbox.fields import Field, number, picklist, plain, text

from .conftest import Desk, Open, refuse
from .org import error

BANDS = (("healthy", "Healthy"), ("at_risk", "At risk"))


def spec(type: FieldType, name: str = "CSHub_Why__c", **given: Any) -> FieldSpec:
    return FieldSpec(name=name, label="Why", type=type, help="What moved the score", **given)


FIELDS = [
    spec(FieldType.PICKLIST, "CSHub_Health__c", options=BANDS),
    spec(FieldType.NUMBER, "CSHub_Health_Score__c"),
    spec(FieldType.TEXT, "CSHub_Why__c", length=255),
]


SETS = {"CSHub_Viewer", "CSHub_Integration"}


def made(desk: Desk, path: str) -> list[dict[str, Any]]:
    """The body of each POST whose path ends so."""
    return [
        json.loads(each.content) for each in desk.org.requests if each.method == "POST" and each.url.path.endswith(path)
    ]


def test_missing_fields_are_made_and_granted_and_then_left_alone(desk: Desk) -> None:
    found = desk.connect().provision("Account", FIELDS)
    assert [(each.field, each.state, each.message) for each in found] == [
        (each.name, Provision.CREATED, None) for each in FIELDS
    ]
    assert [body["FullName"] for body in made(desk, "CustomField")] == [f"Account.{each.name}" for each in FIELDS]
    assert {body["Name"] for body in made(desk, "/PermissionSet")} == SETS
    desk.org.forget()
    again = desk.connect().provision("Account", FIELDS)
    assert [each.state for each in again] == [Provision.EXISTS] * 3
    assert [path.rpartition("/")[2] for path in desk.org.asked] == ["describe"]


def test_what_was_made_is_described_written_and_read_back(desk: Desk) -> None:
    id = desk.org.add("Account")
    names = [each.name for each in FIELDS]
    assert not {each.name for each in desk.connect().describe("Account")} & set(names)
    desk.connect().provision("Account", FIELDS)
    told = {each.name: each for each in desk.connect().describe("Account") if each.name in names}
    assert {name: each.type for name, each in told.items()} == {each.name: each.type for each in FIELDS}
    assert all(each.writable for each in told.values())
    values = dict(zip(names, ("at_risk", "71.5", "Logins −42 %"), strict=True))
    batch = WriteBatch(target="Account", records=(RecordWrite(id=id, values=values),))
    assert [each.state for each in desk.connect().write(batch)] == [WriteState.WRITTEN]
    assert desk.connect().read("Account", [id], names) == {id: values}


def test_the_integration_set_edits_only_these_fields_and_the_viewers_only_read(desk: Desk) -> None:
    desk.connect().provision("Account", FIELDS)
    ids = {row["Name"]: row["id"] for row in desk.org.vendor.dump("PermissionSet") if row["Name"] in SETS}
    granted = {(body["Field"], body["ParentId"]): body for body in made(desk, "FieldPermissions")}
    assert set(granted) == {(f"Account.{each.name}", id) for each in FIELDS for id in ids.values()}
    edits = {str(body["ParentId"]): set[bool]() for body in granted.values()}
    for body in granted.values():
        assert (body["SobjectType"], body["PermissionsRead"]) == ("Account", True)
        edits[body["ParentId"]].add(body["PermissionsEdit"])
    assert edits == {ids["CSHub_Viewer"]: {False}, ids["CSHub_Integration"]: {True}}
    assert made(desk, "PermissionSetAssignment") == [
        {"AssigneeId": desk.org.vendor.org.integration_user, "PermissionSetId": ids["CSHub_Integration"]}
    ]


def test_a_field_that_exists_unseen_is_granted_and_not_made_again(desk: Desk) -> None:
    desk.org.make("Account", text("CSHub_Why__c", "Why", by_profile=False))
    (outcome,) = desk.connect().provision("Account", [FIELDS[2]])
    assert outcome.state is Provision.EXISTS
    assert len(made(desk, "FieldPermissions")) == 2


def test_without_any_right_of_an_administrator_it_is_said_what_to_do(open_desk: Open) -> None:
    with pytest.raises(PermissionMissing):
        open_desk(setup_rights=False).connect().provision("Account", FIELDS)


def test_without_the_right_to_grant_the_message_says_what_to_do(desk: Desk) -> None:
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
    (number("CSHub_Why__c", "Why", 5), spec(FieldType.TEXT), "exists as double, but string is needed"),
    (text("CSHub_Why__c", "Why", calculated=True, updateable=False), spec(FieldType.TEXT), "cannot be edited"),
    (text("CSHub_Why__c", "Why"), spec(FieldType.TEXT, length=256), "holds only 255 characters"),
    (picklist("CSHub_Why__c", "Why", ()), spec(FieldType.PICKLIST, options=BANDS), "lacks the values healthy, at_risk"),
    (text("CSHub_Why__c", "Why"), spec(FieldType.NUMBER), "double is needed"),
]


@pytest.mark.parametrize(("field", "wanted", "message"), MISFITS)
def test_a_field_that_does_not_fit_is_named_and_left_alone(
    desk: Desk, field: Field, wanted: FieldSpec, message: str
) -> None:
    desk.org.make("Account", field)
    (outcome,) = desk.connect().provision("Account", [wanted])
    assert outcome.state is Provision.WRONG_TYPE
    assert message in (outcome.message or "")
    assert not [path for path in desk.org.asked if not path.startswith("GET ")]


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
    desk.org.make("Account", plain("CSHub_Why__c", "Why", vendor, length=length))
    (found,) = (each for each in desk.connect().describe("Account") if each.name == "CSHub_Why__c")
    assert found.type is type
    assert found.vendor_type == vendor


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
