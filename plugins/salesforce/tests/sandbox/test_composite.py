"""Several calls in one, and what follows when one of them fails."""

from __future__ import annotations

from typing import Any

import httpx

from cshub.testing.sandbox import Sandbox
from cshub_salesforce.sandbox import Salesforce

from .conftest import DATA, refusal, soql


def part(name: str, method: str, url: str, body: Any = None) -> dict[str, Any]:
    return {"method": method, "url": DATA + url, "referenceId": name, **({"body": body} if body is not None else {})}


def sent(client: httpx.Client, *parts: dict[str, Any], all_or_none: bool = False) -> list[dict[str, Any]]:
    answer = client.post("/composite", json={"allOrNone": all_or_none, "compositeRequest": list(parts)})
    assert answer.status_code == 200, answer.text
    listed: list[dict[str, Any]] = answer.json()["compositeResponse"]
    return listed


def test_a_later_call_uses_what_an_earlier_one_answered(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    before = sandbox.vendor.meter.used
    answers = sent(
        client,
        part("account", "POST", "/sobjects/Account", {"Name": "One"}),
        part("contact", "POST", "/sobjects/Contact", {"LastName": "A", "AccountId": "@{account.id}"}),
        part("found", "GET", "/query?q=SELECT+Account.Name+FROM+Contact+WHERE+AccountId='@{account.id}'"),
        part("again", "PATCH", "/sobjects/Account/@{account.id}", {"Phone": "@{found.records[0].Account.Name}"}),
    )
    assert [each["httpStatusCode"] for each in answers] == [201, 201, 200, 204]
    assert answers[2]["body"]["records"][0]["Account"]["Name"] == "One"
    assert answers[3] == {"body": None, "httpHeaders": {}, "httpStatusCode": 204, "referenceId": "again"}
    assert soql(client, "SELECT Phone FROM Account")[0]["Phone"] == "One"
    assert sandbox.vendor.meter.used == before + 2


def test_what_depends_on_a_failure_is_halted(client: httpx.Client) -> None:
    answers = sent(
        client,
        part("account", "POST", "/sobjects/Account", {}),
        part("contact", "POST", "/sobjects/Contact", {"LastName": "A", "AccountId": "@{account.id}"}),
        part("other", "POST", "/sobjects/Account", {"Name": "Two"}),
    )
    told = [(each["httpStatusCode"], each["body"][0]["errorCode"]) for each in answers[:2]]
    assert told == [(400, "REQUIRED_FIELD_MISSING"), (400, "PROCESSING_HALTED")]
    assert answers[2]["httpStatusCode"] == 201


def test_all_or_none_takes_back_what_went_well(client: httpx.Client) -> None:
    answers = sent(
        client,
        part("good", "POST", "/sobjects/Account", {"Name": "One"}),
        part("bad", "POST", "/sobjects/Account", {}),
        all_or_none=True,
    )
    assert [each["body"][0]["errorCode"] for each in answers] == ["PROCESSING_HALTED", "REQUIRED_FIELD_MISSING"]
    assert soql(client, "SELECT Id FROM Account") == []


def test_it_has_at_most_25_parts_of_which_five_are_queries(client: httpx.Client) -> None:
    read, find = part("a", "GET", "/limits"), part("q", "GET", "/query?q=SELECT+Id+FROM+Account")
    for parts in ([read] * 26, [find] * 6, []):
        assert refusal(client.post("/composite", json={"compositeRequest": parts}))[0] == 400


def test_a_long_query_goes_in_the_body(client: httpx.Client) -> None:
    listed = ",".join(f"'name {n:05d}'" for n in range(2_000))
    (answer,) = sent(client, part("q", "GET", f"/query?q=SELECT Id FROM Account WHERE Name IN ({listed})"))
    assert answer["body"] == {"totalSize": 0, "done": True, "records": []}


def test_a_batch_carries_out_independent_calls(client: httpx.Client) -> None:
    parts = [
        {"method": "POST", "url": "v66.0/sobjects/Account", "richInput": {"Name": "One"}},
        {"method": "GET", "url": "v66.0/sobjects/Nothing"},
    ]
    body = client.post("/composite/batch", json={"batchRequests": parts}).json()
    assert body["hasErrors"] is True
    assert [each["statusCode"] for each in body["results"]] == [201, 404]


def test_a_list_inside_takes_back_its_own_alone(client: httpx.Client) -> None:
    typed = {"attributes": {"type": "Account"}}
    answers = sent(
        client,
        part("one", "POST", "/sobjects/Account", {"Name": "One"}),
        part("list", "POST", "/composite/sobjects", {"allOrNone": True, "records": [{**typed, "Name": "Two"}, typed]}),
    )
    assert [each["httpStatusCode"] for each in answers] == [201, 200]
    assert [outcome["success"] for outcome in answers[1]["body"]] == [False, False]
    assert [row["Name"] for row in soql(client, "SELECT Name FROM Account")] == ["One"]
