"""Records become rows: pure, by tables; missing and unknown keys do no harm, and a bad record is told with its reason."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from cshub import Row
from cshub_salesforce.mapping import domain, domains, mapper
from cshub_salesforce.objects import OBJECTS
from cshub_salesforce.records import Unmappable, record
from cshub_salesforce.settings import SalesforceSettings

ID, OTHER = "001dM00003jU9GxQAK", "003dM00003jU9GxQAK"
STAMP = "2026-05-06T11:29:24.000+0000"
AT = datetime(2026, 5, 6, 11, 29, 24, tzinfo=UTC)
BASE = {"my_domain": "acme", "client_id": "key", "client_secret": "secret"}
RECORD_TYPES = {"012dM0000000001QAA": "012dM0000000001QAA", "Renewal": "012dM0000000001QAA"}


def row(stream: str, values: dict[str, Any], **given: object) -> dict[str, object]:
    """The row of a record by column; the extra fields under `extra`."""
    made = mapper(OBJECTS[stream], SalesforceSettings.model_validate({**BASE, **given}), RECORD_TYPES)
    found: Row = made.row(record({"Id": ID, "SystemModstamp": STAMP, **values}, "SystemModstamp"))
    assert found[:2] == (ID, AT)
    return dict(zip((*OBJECTS[stream].kind.names, "extra"), found[2:], strict=True))


def filled(found: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in found.items() if value is not None}


ACCOUNT = {
    "attributes": {"type": "Account", "url": "/services/data/v66.0/sobjects/Account/001"},
    "Name": "Acme",
    "Website": "https://www.Acme.example/about",
    "ParentId": "001dM00003jU9Gx",
    "OwnerId": "005dM00003jU9Gx",
    "Type": "Customer",
    "CurrencyIsoCode": "EUR",
    "CreatedDate": STAMP,
    "MRR__c": 1200.0,
    "Renewal__c": "2026-12-31",
    "Tenant__c": "T-1",
    "Tier__c": "gold",
    "Seats__c": 12.0,
    "Unknown__c": {"whatever": 1},
}
MAPPED = {
    "mrr": "MRR__c",
    "renewal_date": "Renewal__c",
    "external_id": "Tenant__c",
    "tier": "Tier__c",
    "seats": {"field": "Seats__c", "type": "integer"},
    "ends": {"field": "Renewal__c", "type": "date"},
}


def test_an_account() -> None:
    assert filled(row("accounts", ACCOUNT, accounts=MAPPED)) == {
        "name": "Acme",
        "domains": ("acme.example",),
        "parent": "001dM00003jU9GxQAK",
        "owner": "005dM00003jU9GxQAK",
        "type": "Customer",
        "currency": "EUR",
        "created_at": AT,
        "mrr": 1200,
        "renewal_date": date(2026, 12, 31),
        "external_id": "T-1",
        "extra": {"tier": "gold", "seats": 12, "ends": "2026-12-31"},
    }


def test_an_account_by_its_usual_fields() -> None:
    assert filled(row("accounts", {"Name": "Acme", "Tier__c": "gold"})) == {"name": "Acme"}


def test_a_contact() -> None:
    values = {"Email": "Ada@Acme.Example ", "FirstName": "Ada", "LastName": "Lovelace", "Title": "CTO", "AccountId": ID}
    assert filled(row("contacts", values)) == {
        "email": "ada@acme.example",
        "name": "Ada Lovelace",
        "role": "CTO",
        "account_id": ID,
    }


@pytest.mark.parametrize(
    ("values", "given", "purpose"),
    [
        ({"Type": "New Business"}, {}, "new"),
        ({"Type": "existing business"}, {}, "expansion"),
        ({"Type": "Renewal"}, {}, "renewal"),
        ({"Type": "Services"}, {}, None),
        ({}, {}, None),
        ({"Type": "Services"}, {"deal_types": {"Services": "expansion"}}, "expansion"),
        ({"Kind__c": "Renewal"}, {"deals": {"purpose": "Kind__c"}}, "renewal"),
        (
            {"Type": "New Business", "RecordTypeId": "012dM0000000001"},
            {"record_types": {"Renewal": "renewal"}},
            "renewal",
        ),
        ({"Type": "New Business", "RecordTypeId": "012dM0000000002"}, {"record_types": {"Renewal": "renewal"}}, "new"),
        ({"RecordTypeId": "012dM0000000001QAA"}, {"record_types": {"012dM0000000001QAA": "renewal"}}, "renewal"),
    ],
)
def test_what_a_deal_is_for(values: dict[str, Any], given: dict[str, object], purpose: str | None) -> None:
    assert row("deals", values, **given)["purpose"] == purpose


def test_a_deal() -> None:
    values = {
        "Amount": 24000.5,
        "CurrencyIsoCode": "USD",
        "StageName": "Closed Won",
        "IsClosed": True,
        "IsWon": True,
        "CloseDate": "2026-05-06",
        "AccountId": ID,
    }
    assert filled(row("deals", values)) == {
        "amount": 24000.5,
        "currency": "USD",
        "stage": "Closed Won",
        "is_closed": True,
        "is_won": True,
        "close_date": date(2026, 5, 6),
        "account_id": ID,
    }


def test_a_ticket() -> None:
    values = {
        "Origin": "Web",
        "IsClosed": False,
        "Priority": "High",
        "CreatedDate": STAMP,
        "ClosedDate": None,
        "AccountId": ID,
        "ContactId": OTHER,
    }
    assert filled(row("tickets", values)) == {
        "channel": "web",
        "is_open": True,
        "priority": "high",
        "opened_at": AT,
        "account_id": ID,
        "contact_id": OTHER,
    }


@pytest.mark.parametrize(
    ("values", "given", "is_open"),
    [
        ({"IsClosed": True}, {}, False),
        ({}, {}, None),
        ({"IsClosed": False, "Status": "Solved"}, {"closed_statuses": ["Solved"]}, False),
        ({"IsClosed": True, "Status": "New"}, {"closed_statuses": ["Solved"]}, True),
        ({"Running__c": True}, {"tickets": {"is_open": "Running__c"}}, True),
    ],
)
def test_whether_a_ticket_is_open(values: dict[str, Any], given: dict[str, object], is_open: bool | None) -> None:
    assert row("tickets", values, **given)["is_open"] is is_open


@pytest.mark.parametrize(
    ("word", "priority"), [("Low", "low"), ("medium", "normal"), ("Critical", "urgent"), ("P9", None)]
)
def test_priorities_are_translated(word: str, priority: str | None) -> None:
    assert row("tickets", {"Priority": word})["priority"] == priority
    assert row("tickets", {"Priority": "P9"}, priorities={"P9": "urgent"})["priority"] == "urgent"


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"Type": "Call", "TaskSubtype": "Task"}, "call"),
        ({"TaskSubtype": "Email"}, "email"),
        ({}, "task"),
        ({"Type": "  "}, "task"),
    ],
)
def test_what_an_event_is_called(values: dict[str, Any], name: str) -> None:
    assert row("events", values)["name"] == name


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ({"CompletedDateTime": STAMP, "ActivityDate": "2026-01-01"}, AT),
        ({"ActivityDate": "2026-01-01", "CreatedDate": STAMP}, datetime(2026, 1, 1, tzinfo=UTC)),
        ({"CreatedDate": STAMP}, AT),
        ({}, None),
    ],
)
def test_when_an_event_was(values: dict[str, Any], at: datetime | None) -> None:
    assert row("events", values)["at"] == at


@pytest.mark.parametrize(
    ("values", "account", "contact"),
    [
        ({"WhatId": ID, "WhoId": OTHER}, ID, OTHER),
        ({"WhatId": "006dM00003jU9GxQAK", "AccountId": ID, "WhoId": "00QdM00003jU9GxQAK"}, ID, None),
        ({"WhatId": "006dM00003jU9GxQAK"}, None, None),
        ({}, None, None),
    ],
)
def test_whom_an_event_is_about(values: dict[str, Any], account: str | None, contact: str | None) -> None:
    found = row("events", values)
    assert (found["account_id"], found["contact_id"]) == (account, contact)


def test_an_owner() -> None:
    assert row("owners", {"Email": "Eve@Hub.example", "Name": "Eve"})["email"] == "eve@hub.example"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://www.acme.example/x?y#z", "acme.example"),
        ("ACME.example", "acme.example"),
        ("//acme.example:443", "acme.example"),
        ("http://user@acme.example", "acme.example"),
        ("www.", None),
        ("  ", None),
    ],
)
def test_web_addresses_become_domains(text: str, expected: str | None) -> None:
    assert domain(text) == expected


def test_several_domains_come_once_each() -> None:
    assert domains("acme.example; www.acme.example;acme.test") == ("acme.example", "acme.test")


@pytest.mark.parametrize(
    ("stream", "values", "reason"),
    [
        ("accounts", {"ParentId": "x"}, "ParentId: 'x' is not a Salesforce id"),
        ("accounts", {"Name": {"first": "x"}}, "Name: holds a dict"),
        ("deals", {"Amount": "many"}, "Amount: 'many' is not a finite number"),
        ("deals", {"CloseDate": "soon"}, "CloseDate: 'soon' is not a date"),
        ("tickets", {"IsClosed": "maybe"}, "neither true nor false"),
        ("events", {"WhatId": "?"}, "is not a Salesforce id"),
    ],
)
def test_a_bad_record_says_why(stream: str, values: dict[str, Any], reason: str) -> None:
    with pytest.raises(Unmappable, match=reason.replace("?", r"\?")):
        row(stream, values)


@pytest.mark.parametrize(
    ("item", "reason"),
    [
        (None, "not an object"),
        ("x", "not an object"),
        ({}, "no Id"),
        ({"Id": None, "properties": "x"}, "no Id"),
        ({"Id": 7}, "Id is '7'"),
        ({"Id": ID}, "SystemModstamp: 'None' is not a time"),
        ({"Id": ID, "SystemModstamp": STAMP, "IsDeleted": "maybe"}, "neither true nor false"),
    ],
)
def test_what_is_no_record_says_why(item: Any, reason: str) -> None:
    with pytest.raises(Unmappable, match=reason):
        record(item, "SystemModstamp")
