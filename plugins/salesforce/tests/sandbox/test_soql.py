"""The query language: what is understood, how values compare, and what Salesforce says to the rest."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Sandbox
from cshub_salesforce.sandbox import Salesforce

from .conftest import refusal, soql

ROWS = (
    {
        "Name": "Acorn Foods",
        "Website": "https://a.example",
        "NumberOfEmployees": "5",
        "Type": "Customer",
        "MRR__c": "10",
    },
    {"Name": "birch labs", "NumberOfEmployees": "20", "Type": "Prospect", "Renewal_Date__c": "2026-10-01"},
    {"Name": "Cedar O'Neil 100%", "Type": "Customer", "MRR__c": "30.5", "Renewal_Date__c": "2027-01-31"},
)


@pytest.fixture
def rows(sandbox: Sandbox[Salesforce]) -> list[str]:
    return [sandbox.vendor.add("Account", row) for row in ROWS]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("Name = 'ACORN FOODS'", [0]),
        ("Name != 'acorn foods'", [1, 2]),
        ("Name LIKE '%l%'", [1, 2]),
        (r"Name LIKE '%100\%'", [2]),
        (r"Name LIKE 'Cedar O\'Neil 100_'", [2]),
        (r"Name = 'Cedar O\'Neil 100%'", [2]),
        (r"Name = '\u0041corn Foods'", [0]),
        ("NumberOfEmployees > 5", [1]),
        ("NumberOfEmployees <= 20", [0, 1]),
        ("NumberOfEmployees = null", [2]),
        ("NumberOfEmployees != 5", [1, 2]),
        ("MRR__c = 30.5", [2]),
        ("Renewal_Date__c < 2026-12-31", [1]),
        ("Website != ''", [0]),
        ("IsDeleted = FALSE", [0, 1, 2]),
        ("Type IN ('customer', 'Partner')", [0, 2]),
        ("Type NOT IN ('Customer')", [1]),
        ("NOT Type = 'Customer'", [1]),
        ("Type = 'Customer' AND (NumberOfEmployees = 5 OR MRR__c > 20)", [0, 2]),
        ("(NOT Type = 'Customer') OR Name LIKE 'a%'", [0, 1]),
        ("CreatedDate = 2026-09-15T09:30:00Z", [0, 1, 2]),
        ("CreatedDate >= 2026-09-15T11:30:01+02:00", []),
        ("Account.Name = 'birch labs'", [1]),
        ("Owner.Email = 'ADMIN@acme.example'", []),
        ("CreatedBy.Email = 'ADMIN@acme.example'", [0, 1, 2]),
        ("Parent.Name = null", [0, 1, 2]),
    ],
)
def test_conditions(client: httpx.Client, rows: list[str], condition: str, found: list[int]) -> None:
    if "Owner.Email" in condition:
        for row in rows:
            assert client.patch(f"/sobjects/Account/{row}", json={"OwnerId": _me(client)}).status_code == 204
    ids = {row["Id"] for row in soql(client, f"SELECT Id FROM Account WHERE {condition}")}
    assert ids == {rows[place] for place in found}


def _me(client: httpx.Client) -> str:
    return str(soql(client, "SELECT Id FROM User WHERE Alias = 'integ'")[0]["Id"])


def test_ids_compare_in_both_lengths_and_in_order(client: httpx.Client, rows: list[str]) -> None:
    found = soql(client, f"SELECT Id FROM Account WHERE Id IN ('{rows[0][:15]}', '{rows[1]}')")
    assert {row["Id"] for row in found} == set(rows[:2])
    assert [row["Id"] for row in soql(client, f"SELECT Id FROM Account WHERE Id > '{rows[0]}' ORDER BY Id")] == rows[1:]


@pytest.mark.parametrize(
    ("orders", "found"),
    [
        ("Name", [0, 1, 2]),
        ("Name DESC", [2, 1, 0]),
        ("NumberOfEmployees", [2, 0, 1]),
        ("NumberOfEmployees DESC NULLS LAST", [1, 0, 2]),
        ("Type, Name DESC", [2, 0, 1]),
        ("Type DESC NULLS FIRST, Name ASC LIMIT 2", [1, 0]),
        ("Name LIMIT 1 OFFSET 1", [1]),
    ],
)
def test_orders(client: httpx.Client, rows: list[str], orders: str, found: list[int]) -> None:
    assert [row["Id"] for row in soql(client, f"SELECT Id FROM Account ORDER BY {orders}")] == [rows[i] for i in found]


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("SELECT Id, Nothing__c FROM Account", "INVALID_FIELD", "No such column 'Nothing__c' on entity 'Account'"),
        ("SELECT Nobody.Name FROM Account", "INVALID_FIELD", "Didn't understand relationship 'Nobody'"),
        ("SELECT Owner.Nothing FROM Account", "INVALID_FIELD", "No such column 'Nothing' on entity 'User'"),
        ("SELECT Id FROM Acount", "INVALID_TYPE", "sObject type 'Acount' is not supported"),
        ("SELECT Id FORM Account", "MALFORMED_QUERY", "unexpected token: 'FORM'"),
        ("SELECT Id FROM Account WHERE", "MALFORMED_QUERY", "unexpected token: <EOF>"),
        ("SELECT Id FROM Account WHERE Name = foo", "MALFORMED_QUERY", "unexpected token: 'foo'"),
        (r"SELECT Id FROM Account WHERE Name = 'a\d'", "MALFORMED_QUERY", r"Illegal character sequence '\d'"),
        ("SELECT Id FROM Account WHERE Name = 5", "INVALID_FIELD", "must be of type string and should be enclosed"),
        ("SELECT Id FROM Account WHERE CreatedDate > '2026-01-01T00:00:00Z'", "INVALID_FIELD", "of type dateTime and should not"),
        ("SELECT Id FROM Account WHERE CreatedDate > 2026-01-01T00:00:00 02:00", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT Id FROM Account WHERE CreatedDate > 2026-01-01", "INVALID_FIELD", "must be of type dateTime"),
        ("SELECT Id FROM Account WHERE Description = 'x'", "INVALID_FIELD", "can not be filtered in a query call"),
        ("SELECT Id FROM Account ORDER BY Description", "INVALID_FIELD", "can not be sorted in a query call"),
        ("SELECT Id FROM Account WHERE Id = 'short'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: short"),
        ("SELECT Id FROM Account WHERE Id = Name AND Type = 'a' OR Type = 'b'", "MALFORMED_QUERY", "unexpected token"),
        ("SELECT Id FROM Account WHERE Name = 'a' AND Type = 'a' OR Type = 'b'", "MALFORMED_QUERY", "unexpected token: 'OR'"),
        ("SELECT Id FROM Account LIMIT 5 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "2000"),
        ("SELECT Id FROM Account ALL ROWS", "MALFORMED_QUERY", "ALL ROWS not allowed"),
        ("SELECT Id, id FROM Account", "INVALID_FIELD", "duplicate field selected: id"),
        ("SELECT Id FROM Account WHERE Name LIKE 5", "INVALID_FIELD", "should be enclosed in quotes"),
        ("SELECT Id FROM Account WHERE IsDeleted > TRUE", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
        ("SELECT Id FROM Account WHERE Renewal_Date__c = 2026-13-01", "MALFORMED_QUERY", "invalid date"),
        ("SELECT Id FROM Account WHERE Name = ';", "MALFORMED_QUERY", "unexpected token"),
    ],
)  # fmt: skip
def test_what_it_refuses(client: httpx.Client, query: str, code: str, words: str) -> None:
    status, found, message = refusal(client.get("/query", params={"q": query}))
    assert (status, found) == (400, code)
    assert words in message


def test_a_refusal_points_at_the_place(client: httpx.Client) -> None:
    _, _, message = refusal(client.get("/query", params={"q": "SELECT Id, Foo FROM Account"}))
    assert "SELECT Id, Foo FROM Account" in message
    assert "ERROR at Row:1:Column:12" in message


def test_a_plus_sign_sent_as_it_is_arrives_as_a_blank(client: httpx.Client) -> None:
    where = "CreatedDate%20%3E%202026-01-01T00:00:00+02:00"
    answer = client.get(f"/query?q=SELECT%20Id%20FROM%20Account%20WHERE%20{where}")
    assert refusal(answer)[1] == "MALFORMED_QUERY"


def test_texts_have_their_limits(client: httpx.Client) -> None:
    def answer(text: str) -> tuple[int, str, str]:
        part = {"method": "GET", "url": f"/services/data/v66.0/query?q={text}", "referenceId": "q"}
        item = client.post("/composite", json={"compositeRequest": [part]}).json()["compositeResponse"][0]
        return item["httpStatusCode"], item["body"][0]["errorCode"], item["body"][0]["message"]

    assert answer(f"SELECT Id FROM Account WHERE Name = '{'x' * 4001}'")[:2] == (400, "MALFORMED_QUERY")
    assert "100000" in answer(f"SELECT Id FROM Account WHERE Name = '{'x' * 100_000}'")[2]
