"""Data attributes: what there is, what can be made, what fits into them."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_intercom.sandbox import Intercom, create

from .conftest import Connect

SCORE = {"name": "health_score", "model": "contact", "data_type": "integer"}


def listed(http: httpx.Client, **params: str) -> dict[str, dict[str, Any]]:
    return {row["full_name"]: row for row in http.get("/data_attributes", params=params).json()["data"]}


def refusal(answer: httpx.Response) -> str:
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "parameter_invalid")
    return str(answer.json()["errors"][0]["message"])


def test_standard_ones_have_no_id(client: httpx.Client) -> None:
    made = client.post("/data_attributes", json=SCORE | {"description": "How well they do"}).json()
    known = listed(client, model="contact")
    assert "id" not in known["email"]
    assert known["custom_attributes.health_score"] == made
    assert (made["custom"], made["api_writable"], made["description"]) == (True, True, "How well they do")
    assert {row["model"] for row in listed(client).values()} == {"contact", "company"}


def test_a_name_is_taken_once_for_both_models(client: httpx.Client) -> None:
    assert client.post("/data_attributes", json=SCORE).status_code == 200
    again = refusal(client.post("/data_attributes", json=SCORE))
    other = refusal(client.post("/data_attributes", json=SCORE | {"model": "company"}))
    assert again.startswith("You already have 'health_score' in your people data.")
    assert other.endswith("To save this as new company data, use a different name.")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "a.b"}, "alphanumeric"),
        ({"name": ""}, "alphanumeric"),
        ({"model": "conversation"}, "contact or company"),
        ({"data_type": "mithril"}, "Data Type isn't an option"),
        ({"data_type": "options"}, "at least 2 options"),
        ({"data_type": "options", "options": [{"value": "one"}]}, "at least 2 options"),
    ],
)
def test_what_cannot_be_made(client: httpx.Client, change: dict[str, Any], says: str) -> None:
    assert says in refusal(client.post("/data_attributes", json=SCORE | change))


def test_lists_are_made_in_two_ways_by_version(sandbox: Sandbox[Intercom], connect: Connect) -> None:
    new = SCORE | {"data_type": "options", "options": [{"value": "a"}, {"value": "b"}]}
    old = SCORE | {"name": "band", "data_type": "string", "options": ["a", "b"]}
    refusal(connect(sandbox, "2.13").post("/data_attributes", json=new))
    for version, body in (("2.14", new), ("2.13", old)):
        made = connect(sandbox, version).post("/data_attributes", json=body).json()
        assert (made["data_type"], made["options"]) == ("string", ["a", "b"])


@pytest.mark.parametrize(("strict", "status"), [(True, 400), (False, 200)])
def test_a_list_may_insist_on_its_options(clock: SandboxClock, connect: Connect, strict: bool, status: int) -> None:
    http = connect(create(clock=clock, empty=True, strict_options=strict))
    http.post("/data_attributes", json=SCORE | {"data_type": "options", "options": [{"value": "a"}, {"value": "b"}]})
    path = f"/contacts/{http.post('/contacts', json={'role': 'user'}).json()['id']}"
    assert http.put(path, json={"custom_attributes": {"health_score": "a"}}).status_code == 200
    assert http.put(path, json={"custom_attributes": {"health_score": "c"}}).status_code == status


@pytest.mark.parametrize(
    ("data_type", "good", "bad"),
    [
        ("string", "x", 5),
        ("integer", 5, "5"),
        ("integer", 5, 5.5),
        ("integer", 5, True),
        ("float", 5.5, "5.5"),
        ("float", 5, "x"),
        ("boolean", True, "true"),
        ("date", 1_800_000_000, "2026-01-01"),
        ("datetime", 1_800_000_000, 1.5),
    ],
)
def test_values_fit_their_type(client: httpx.Client, data_type: str, good: Any, bad: Any) -> None:
    client.post("/data_attributes", json=SCORE | {"data_type": data_type})
    path = f"/contacts/{client.post('/contacts', json={'role': 'user'}).json()['id']}"
    put = client.put(path, json={"custom_attributes": {"health_score": good}})
    assert put.json()["custom_attributes"] == {"health_score": good}
    refusal(client.put(path, json={"custom_attributes": {"health_score": bad}}))


def test_moments_are_dates_up_to_2_16(sandbox: Sandbox[Intercom], connect: Connect) -> None:
    types = [listed(connect(sandbox, version))["updated_at"]["data_type"] for version in ("2.16", "2.17")]
    assert types == ["date", "datetime"]


def test_archived_ones_are_listed_when_asked_and_take_nothing(sandbox: Sandbox[Intercom], client: httpx.Client) -> None:
    client.post("/data_attributes", json=SCORE)
    sandbox.vendor.workspace.catalog.archive("contact", "health_score")
    assert "custom_attributes.health_score" not in listed(client)
    assert listed(client, include_archived="true")["custom_attributes.health_score"]["archived"] is True
    path = f"/contacts/{client.post('/contacts', json={'role': 'user'}).json()['id']}"
    refusal(client.put(path, json={"custom_attributes": {"health_score": 5}}))
    refusal(client.post("/data_attributes", json=SCORE))


def test_conversation_attributes_left_with_2_16(sandbox: Sandbox[Intercom], connect: Connect) -> None:
    params = {"model": "conversation"}
    assert connect(sandbox, "2.15").get("/data_attributes", params=params).json()["data"] == []
    answer = connect(sandbox, "2.16").get("/data_attributes", params=params)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "parameter_invalid")
