"""What a HubSpot record means as a row, by tables."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from cshub_hubspot.mapping import Facts, domain, mapper, owner
from cshub_hubspot.objects import OBJECTS
from cshub_hubspot.records import Record, Unmappable, merges, record, reject
from cshub_hubspot.settings import HubSpotSettings

STAMPS = {"hs_lastmodifieddate": "2026-03-01T00:00:00Z", "lastmodifieddate": "2026-03-01T00:00:00Z"}


def mapped(
    object_type: str, properties: dict[str, object], facts: Facts | None = None, **given: object
) -> dict[str, object]:
    """The columns of the row of one record, by name."""
    settings = HubSpotSettings.model_validate({"token": "x", **given})
    kind = OBJECTS[object_type].kind
    row = mapper(OBJECTS[object_type], settings).row(Record("7", {**STAMPS, **properties}), facts or Facts())
    return dict(zip(("id", "changed_at", *kind.names, "extra"), row, strict=True))


def test_a_company_is_an_account() -> None:
    row = mapped(
        "companies",
        {
            "name": "Ümlaut & Söhne 🚀",
            "domain": "https://www.Acme.example/about",
            "hs_additional_domains": "acme.test;WWW.acme.example; ",
            "hs_parent_company_id": "12",
            "hubspot_owner_id": "41",
            "lifecyclestage": "customer",
            "createdate": "1772323200000",
        },
    )
    assert row == {
        "id": "7",
        "changed_at": datetime(2026, 3, 1, tzinfo=UTC),
        "name": "Ümlaut & Söhne 🚀",
        "domains": ("acme.example", "acme.test"),
        "parent": "12",
        "owner": "41",
        "type": None,
        "stage": "customer",
        "mrr": None,
        "currency": None,
        "renewal_date": None,
        "external_id": None,
        "created_at": datetime(2026, 3, 1, tzinfo=UTC),
        "extra": None,
    }


def test_properties_named_in_yaml_fill_columns_and_become_extras() -> None:
    accounts = {"external_id": "customer_id", "mrr": "mrr", "renewal_date": "renews", "tier": "tier",
                "seats": {"property": "seats", "type": "integer"}, "since": {"property": "since", "type": "date"}}  # fmt: skip
    properties = {
        "customer_id": "A-1",
        "mrr": "99.0",
        "renews": "2026-12-31",
        "tier": "gold",
        "seats": "5",
        "since": "2020-01-02",
    }
    row = mapped("companies", properties, accounts=accounts)
    assert (row["external_id"], row["mrr"], row["renewal_date"]) == ("A-1", 99, date(2026, 12, 31))
    assert row["extra"] == {"tier": "gold", "seats": 5, "since": "2020-01-02"}


def test_a_column_of_several_properties_can_be_filled_by_one_of_yaml() -> None:
    properties = {"domain": "a.example", "sites": "b.example;c.example"}
    assert mapped("companies", properties, accounts={"domains": "sites"})["domains"] == ("b.example", "c.example")


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [("Ada", "Lovelace", "Ada Lovelace"), (" Ada ", None, "Ada"), (None, "Lovelace", "Lovelace"), ("", " ", None)],
)
def test_a_contacts_name_is_joined(first: str | None, last: str | None, expected: str | None) -> None:
    assert mapped("contacts", {"firstname": first, "lastname": last})["name"] == expected


def test_a_contact_belongs_to_its_primary_company_and_its_address_is_lower_case() -> None:
    row = mapped("contacts", {"email": " Ada@Example.COM", "associatedcompanyid": "12", "jobtitle": "CTO"})
    assert (row["email"], row["account_id"], row["role"]) == ("ada@example.com", "12", "CTO")


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"dealtype": "newbusiness"}, "new"),
        ({"dealtype": "existingbusiness"}, "expansion"),
        ({"dealtype": "existingbusiness", "pipeline": "77"}, "renewal"),
        ({"dealtype": "other"}, None),
        ({}, None),
    ],
)
def test_the_pipeline_says_what_a_deal_is_for_else_its_type(
    properties: dict[str, object], expected: str | None
) -> None:
    assert mapped("deals", properties, pipelines={"77": "renewal"})["purpose"] == expected


def test_a_deal_has_its_references_from_the_associations() -> None:
    properties = {
        "amount": "1200.50",
        "hs_is_closed": "true",
        "hs_is_closed_won": "false",
        "closedate": "2026-02-28T23:00:00Z",
    }
    row = mapped("deals", properties, Facts(references={"7": ("12", None)}))
    assert (row["amount"], row["is_closed"], row["is_won"]) == (1200.5, True, False)
    assert (row["close_date"], row["account_id"], row["contact_id"]) == (date(2026, 2, 28), "12", None)


@pytest.mark.parametrize(
    ("properties", "given", "expected"),
    [
        ({"hs_pipeline": "0", "hs_pipeline_stage": "4"}, {}, False),
        ({"hs_pipeline": "0", "hs_pipeline_stage": "1"}, {}, True),
        ({"hs_pipeline": "9", "hs_pipeline_stage": "4"}, {}, True),
        ({"hs_pipeline": "9", "hs_pipeline_stage": "4", "closed_date": "1772323200000"}, {}, False),
        ({"hs_pipeline_stage": "1"}, {"closed_stages": ["1"]}, False),
        ({"done": "false"}, {"tickets": {"is_open": "done"}}, False),
        ({}, {}, None),
    ],
)
def test_a_ticket_is_open_as_its_stage_says(
    properties: dict[str, object], given: dict[str, object], expected: bool | None
) -> None:
    facts = Facts(closed={("0", "1"): False, ("0", "4"): True})
    assert mapped("tickets", properties, facts, **given)["is_open"] is expected


@pytest.mark.parametrize(
    ("text", "expected"), [("LOW", "low"), ("MEDIUM", "normal"), ("URGENT", "urgent"), ("odd", None), (None, None)]
)
def test_priorities_are_translated(text: str | None, expected: str | None) -> None:
    assert mapped("tickets", {"hs_ticket_priority": text})["priority"] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("www.acme.example", "acme.example"),
        ("HTTPS://user@www.Acme.example:443/x?y", "acme.example"),
        ("//acme.example.", "acme.example"),
        ("  ", None),
        ("https://", None),
    ],
)
def test_a_domain_is_bare(text: str, expected: str | None) -> None:
    assert domain(text) == expected


@pytest.mark.parametrize(
    ("properties", "reason"),
    [
        ({"mrr": "lots"}, "mrr: 'lots' is not a number"),
        ({"name": ["a"]}, "name holds a list"),
        ({"hs_lastmodifieddate": None}, "hs_lastmodifieddate is empty"),
        ({"hs_lastmodifieddate": "today"}, "is not a time"),
    ],
)
def test_a_bad_value_is_named(properties: dict[str, object], reason: str) -> None:
    with pytest.raises(Unmappable, match=reason):
        mapped("companies", properties, accounts={"mrr": "mrr"})


@pytest.mark.parametrize(
    "item", [None, "x", [], {}, {"id": ""}, {"id": "7"}, {"id": 7, "properties": {}}, {"id": "7;8", "properties": {}}]
)
def test_what_is_no_record_is_not_taken_for_one(item: object) -> None:
    with pytest.raises(Unmappable):
        record(item)  # type: ignore[arg-type]  # whatever JSON may hold


def test_a_reject_keeps_the_record_for_people_to_see() -> None:
    kept = reject({"id": 7, "properties": {"näme": "x"}}, "why")
    assert (kept.id, kept.reason) == ("7", "why")
    assert "näme" in kept.payload


def test_a_merge_names_every_record_that_went_into_this_one() -> None:
    assert merges(Record("7", {"hs_merged_object_ids": "3;5;7"})) == [("3", "7"), ("5", "7")]
    assert merges(Record("7", {})) == []


def test_an_owner_is_known_by_the_id_that_records_hold() -> None:
    row = owner(
        {
            "id": "41",
            "userId": None,
            "email": "Jana@Ours.example",
            "firstName": "Jana",
            "lastName": None,
            "archived": True,
        }
    )
    assert row == ("41", None, "jana@ours.example", "Jana", None)


def test_only_declared_properties_are_asked_for() -> None:
    settings = HubSpotSettings.model_validate({"token": "x", "accounts": {"tier": "tier"}})
    asked = mapper(OBJECTS["companies"], settings).properties
    assert "tier" in asked
    assert set(asked) - {"tier"} == {
        "hs_lastmodifieddate", "name", "domain", "hs_additional_domains", "hs_parent_company_id", "hubspot_owner_id",
        "lifecyclestage", "createdate", "hs_merged_object_ids",
    }  # fmt: skip
