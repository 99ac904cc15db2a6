"""Merges: who survives, what old ids still answer, and where associations go."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_hubspot.sandbox import HubSpot, create

from .conftest import Connect

COMPANIES = "/crm/objects/2026-09/companies"


def merge(client: httpx.Client, primary: str, other: str) -> str:
    answer = client.post(f"{COMPANIES}/merge", json={"primaryObjectId": primary, "objectIdToMerge": other})
    assert answer.status_code == 200
    return str(answer.json()["id"])


@pytest.fixture
def ids(sandbox: Sandbox[HubSpot]) -> list[str]:
    return [sandbox.vendor.add("companies", {"name": f"Company {n}", "city": f"City {n}"}) for n in range(3)]


def test_the_survivor_has_a_new_id_and_lists_the_old_ones(client: httpx.Client, ids: list[str]) -> None:
    survivor = merge(client, ids[0], ids[1])
    assert survivor not in ids
    shown = client.get(f"{COMPANIES}/{survivor}", params={"properties": "name,hs_merged_object_ids"}).json()
    assert shown["properties"]["name"] == "Company 0"
    assert shown["properties"]["hs_merged_object_ids"] == f"{ids[0]};{ids[1]}"


def test_the_survivor_may_keep_its_id(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", merge_ids="same")
    one, two = (sandbox.vendor.add("companies", {"name": name}) for name in "ab")
    assert merge(connect(sandbox), one, two) == one


def test_old_ids_answer_with_the_last_survivor_of_a_chain(client: httpx.Client, ids: list[str]) -> None:
    last = merge(client, merge(client, ids[0], ids[1]), ids[2])
    assert {client.get(f"{COMPANIES}/{old}").json()["id"] for old in ids} == {last}
    answer = client.patch(f"{COMPANIES}/{ids[1]}", json={"properties": {"city": "Bonn"}})
    assert answer.json()["id"] == last


def test_a_batch_update_does_not_know_old_ids(client: httpx.Client, ids: list[str]) -> None:
    merge(client, ids[0], ids[1])
    body = {"inputs": [{"id": ids[1], "properties": {"city": "Bonn"}}]}
    answer = client.post(f"{COMPANIES}/batch/update", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["context"]) == (207, {"ids": [ids[1]]})


def test_merged_records_are_in_no_list(client: httpx.Client, ids: list[str]) -> None:
    survivor = merge(client, ids[0], ids[1])
    live = [row["id"] for row in client.get(COMPANIES).json()["results"]]
    assert live == [ids[2], survivor]
    assert client.get(COMPANIES, params={"archived": "true"}).json()["results"] == []
    assert client.post(f"{COMPANIES}/search", json={}).json()["total"] == 2


def test_associations_move_to_the_survivor(sandbox: Sandbox[HubSpot], client: httpx.Client, ids: list[str]) -> None:
    contact = int(sandbox.vendor.add("contacts", {"email": "a@x.example"}))
    sandbox.vendor.portal.links.add("contacts", contact, "companies", int(ids[1]))
    survivor = merge(client, ids[0], ids[1])
    read = {"inputs": [{"id": str(contact)}]}
    answer = client.post("/crm/associations/2026-09/contacts/companies/batch/read", json=read).json()
    assert [to["toObjectId"] for to in answer["results"][0]["to"]] == [survivor]


def test_a_record_cannot_be_merged_with_itself_or_with_nobody(client: httpx.Client, ids: list[str]) -> None:
    body = {"primaryObjectId": ids[0], "objectIdToMerge": ids[0]}
    assert client.post(f"{COMPANIES}/merge", json=body).status_code == 400
    assert client.post(f"{COMPANIES}/merge", json=body | {"objectIdToMerge": "5"}).status_code == 404
