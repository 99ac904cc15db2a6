"""Batch calls: outcomes per input, whole calls that fail, and inputs passed over in silence."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_hubspot.sandbox import HubSpot, create

from .conftest import Connect

BATCH = "/crm/v3/objects/companies/batch"


@pytest.fixture
def ids(sandbox: Sandbox[HubSpot]) -> list[str]:
    return [sandbox.vendor.add("companies", {"name": f"Company {n}"}) for n in range(3)]


def change(number: str, *, trace: str | None = None, **values: str) -> dict[str, Any]:
    return {"id": number, "properties": values} | ({"objectWriteTraceId": trace} if trace else {})


def update(client: httpx.Client, *inputs: dict[str, Any]) -> httpx.Response:
    return client.post(f"{BATCH}/update", json={"inputs": list(inputs)})


def test_a_hundred_inputs_are_taken_and_one_more_is_not(client: httpx.Client) -> None:
    inputs = [{"properties": {"name": f"N {n}"}} for n in range(101)]
    assert client.post(f"{BATCH}/create", json={"inputs": inputs}).status_code == 400
    assert len(client.post(f"{BATCH}/create", json={"inputs": inputs[:100]}).json()["results"]) == 100


def test_a_bad_input_with_a_trace_fails_alone(client: httpx.Client, ids: list[str]) -> None:
    answer = update(client, change(ids[0], trace="a", name="X"), change(ids[1], trace="b", annualrevenue="much"))
    assert answer.status_code == 207
    assert [row["objectWriteTraceId"] for row in answer.json()["results"]] == ["a"]
    assert answer.json()["errors"][0]["context"] == {"objectWriteTraceId": ["b"]}
    assert answer.json()["numErrors"] == 1


def test_a_bad_input_without_a_trace_fails_the_call_and_nothing_is_written(
    client: httpx.Client, ids: list[str], sandbox: Sandbox[HubSpot]
) -> None:
    answer = update(client, change(ids[0], name="X"), change(ids[1], annualrevenue="much"))
    assert answer.status_code == 400
    assert sandbox.writes.by("api") == []


def test_a_sandbox_can_be_told_to_fail_whole_calls_always(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", batch_errors="whole")
    one, two = (sandbox.vendor.add("companies", {"name": name}) for name in "ab")
    answer = update(connect(sandbox), change(one, trace="a", name="X"), change(two, trace="b", annualrevenue="much"))
    assert answer.status_code == 400
    assert sandbox.writes.by("api") == []


def test_ids_that_do_not_exist_are_listed(client: httpx.Client, ids: list[str]) -> None:
    answer = update(client, change(ids[0], name="X"), change("97999999999", name="Y"))
    assert answer.status_code == 207
    assert answer.json()["errors"][0] == {
        "status": "error",
        "category": "OBJECT_NOT_FOUND",
        "message": "Could not get some records, they may be deleted or not exist",
        "context": {"ids": ["97999999999"]},
        "errors": [],
        "links": {},
    }


def test_the_same_id_twice_is_refused(client: httpx.Client, ids: list[str]) -> None:
    answer = update(client, change(ids[0], name="X"), change(ids[0], name="Y"))
    assert answer.status_code == 400
    assert answer.json()["message"] == f"Duplicate IDs found in batch input: [{ids[0]}]. IDs must be unique"


def test_an_input_without_properties_is_passed_over_in_silence(client: httpx.Client, ids: list[str]) -> None:
    answer = update(client, {"id": ids[0], "values": {"name": "X"}})
    assert (answer.status_code, answer.json()["results"]) == (200, [])
    assert "errors" not in answer.json()


def test_the_record_id_is_no_id_property(client: httpx.Client, ids: list[str]) -> None:
    answer = update(client, change(ids[0], name="X") | {"idProperty": "hs_object_id"})
    assert answer.status_code == 400
    assert "non-unique" in answer.json()["message"]


def test_an_upsert_makes_once_and_changes_then(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, customers=1, limits="off"))
    item = {"id": "T-1", "idProperty": "customer_id", "properties": {"name": "Telco"}}
    told = [http.post(f"{BATCH}/upsert", json={"inputs": [item]}).json()["results"][0]["new"] for _ in range(2)]
    assert told == [True, False]


def test_the_domain_cannot_be_used_for_an_upsert(client: httpx.Client) -> None:
    item = {"id": "x.example", "idProperty": "domain", "properties": {"name": "X"}}
    assert client.post(f"{BATCH}/upsert", json={"inputs": [item]}).status_code == 400


def test_records_are_read_by_a_unique_property(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, customers=3, limits="off"))
    body = {"inputs": [{"id": "C-10000"}, {"id": "nobody"}], "idProperty": "customer_id", "properties": ["customer_id"]}
    answer = http.post(f"{BATCH}/read", json=body)
    assert [row["properties"]["customer_id"] for row in answer.json()["results"]] in (["C-10000"], [])
    assert answer.status_code == 207


def test_archived_records_are_read_when_asked(client: httpx.Client, ids: list[str]) -> None:
    client.post(f"{BATCH}/archive", json={"inputs": [{"id": ids[0]}]})
    body = {"inputs": [{"id": ids[0]}], "properties": ["name"]}
    assert client.post(f"{BATCH}/read", json=body).json()["numErrors"] == 1
    answer = client.post(f"{BATCH}/read", json=body, params={"archived": "true"})
    assert answer.json()["results"][0]["archived"] is True


@pytest.mark.parametrize(("generation", "keys"), [("v3", False), ("2026-09", True)])
def test_a_partial_answer_of_2026_09_carries_the_keys_of_its_default_answer(
    client: httpx.Client, generation: str, keys: bool
) -> None:
    path = BATCH if generation == "v3" else f"/crm/objects/{generation}/companies/batch"
    answer = client.post(f"{path}/read", json={"inputs": [{"id": "5"}], "properties": []})
    assert answer.status_code == 207
    assert ("correlationId" in answer.json()) is keys
