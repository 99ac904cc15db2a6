"""Fields in the sandbox: the missing ones are made, those that exist are described and never touched."""

from __future__ import annotations

import pytest

from cshub import FieldSpec, FieldType, PermissionMissing, Provision
from cshub.testing.sandbox import Fault, FaultKind
from cshub_hubspot import CONNECTOR

from .conftest import GENERATIONS, Account, Open

BANDS = (("healthy", "Healthy"), ("at_risk", "At risk"), ("critical", "Critical"), ("unknown", "Not enough data"))


def spec(name: str, type: FieldType, **given: object) -> FieldSpec:
    return FieldSpec(name=f"cshub_{name}", label=name.title(), type=type, help=f"What {name} means", **given)  # type: ignore[arg-type]  # test input


FIELDS = [
    spec("health", FieldType.PICKLIST, options=BANDS),
    spec("health_score", FieldType.NUMBER),
    spec("why", FieldType.TEXT, length=255),
    spec("why_detail", FieldType.LONG_TEXT),
    spec("health_since", FieldType.DATE),
    spec("data_as_of", FieldType.DATETIME),
    spec("coverage", FieldType.PERCENT),
    spec("frozen", FieldType.FLAG),
    spec("link", FieldType.URL),
]


@pytest.mark.parametrize("generation", [*GENERATIONS, "2026-03"])
def test_missing_fields_are_made_in_their_group_once(open_account: Open, generation: str) -> None:
    account = open_account(generation=generation)
    made = account.connect().provision("companies", FIELDS)
    assert [(each.field, each.state) for each in made] == [(field.name, Provision.CREATED) for field in FIELDS]
    account.forget()
    again = account.connect().provision("companies", FIELDS)
    assert {each.state for each in again} == {Provision.EXISTS}
    assert [path.partition(" ")[0] for path in account.paths] == ["GET"]


def test_what_was_made_is_described_as_it_was_meant(account: Account) -> None:
    account.connect().provision("companies", FIELDS)
    found = {field.name: field for field in account.connect().describe("companies")}
    same = {FieldType.PERCENT: FieldType.NUMBER, FieldType.URL: FieldType.TEXT}
    for field in FIELDS:
        assert found[field.name].type == same.get(field.type, field.type)
        assert found[field.name].writable
    assert found["cshub_health"].options == ("healthy", "at_risk", "critical", "unknown")
    assert not found["hs_lastmodifieddate"].writable


def test_the_group_has_a_name_people_understand(account: Account) -> None:
    account.connect().provision("companies", FIELDS[:1])
    groups = account.api("GET", "/crm/properties/2026-09/companies/groups").json()["results"]
    assert [each["label"] for each in groups if each["name"] == "cshub"] == ["Customer health"]


def test_only_what_is_missing_is_made(account: Account) -> None:
    account.connect().provision("companies", FIELDS[:3])
    made = account.connect().provision("companies", FIELDS[:4])
    assert [each.state for each in made] == [Provision.EXISTS] * 3 + [Provision.CREATED]


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (spec("health_score", FieldType.DATE), "exists as number/number, but date is needed"),
        (spec("health", FieldType.PICKLIST, options=(*BANDS, ("new", "New"))), "lacks the options new"),
        (FieldSpec(name="hs_lastmodifieddate", label="x", type=FieldType.DATETIME, help="x"), "cannot be written"),
    ],
)
def test_a_field_that_does_not_fit_is_named_and_left_alone(account: Account, wanted: FieldSpec, words: str) -> None:
    account.connect().provision("companies", FIELDS)
    account.forget()
    (found,) = account.connect().provision("companies", [wanted])
    assert found.state is Provision.WRONG_TYPE
    assert words in (found.message or "")
    assert [path.partition(" ")[0] for path in account.paths] == ["GET"]


def test_a_field_hubspot_refuses_is_told_with_its_reason(account: Account) -> None:
    (found,) = account.connect().provision(
        "companies", [FieldSpec(name="9bad", label="x", type=FieldType.TEXT, help="x")]
    )
    assert found.state is Provision.REFUSED
    assert found.message


def test_a_field_made_meanwhile_by_somebody_else_exists(account: Account) -> None:
    source = account.connect()
    account.wire.before["POST", "properties/2026-09/companies"] = lambda: account.connect().provision(
        "companies", FIELDS[:1]
    )
    (found,) = source.provision("companies", FIELDS[:1])
    assert found.state is Provision.EXISTS


def test_a_missing_right_is_named(account: Account) -> None:
    account.sandbox.faults.add(Fault(kind=FaultKind.MISSING_SCOPE, on="POST *"))
    with pytest.raises(PermissionMissing):
        account.connect().provision("companies", FIELDS)


def test_standard_fields_have_a_prefix() -> None:
    assert CONNECTOR.field_name("health_score") == "cshub_health_score"
