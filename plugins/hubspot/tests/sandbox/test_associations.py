"""Associations: several types per pair, paging per record, records without any, labels."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_hubspot.sandbox import HubSpot, create

from .conftest import Connect

READ = "/crm/associations/2026-09/companies/contacts/batch/read"


def company_with(sandbox: Sandbox[HubSpot], contacts: int) -> str:
    number = sandbox.vendor.add("companies", {"name": "A"})
    for n in range(contacts):
        contact = sandbox.vendor.add("contacts", {"email": f"{number}-{n}@x.example"})
        sandbox.vendor.portal.links.add("contacts", int(contact), "companies", int(number))
    return number


def test_one_pair_has_several_types(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    number = company_with(sandbox, 1)
    block = client.post(READ, json={"inputs": [{"id": number}]}).json()["results"][0]
    assert [kind["typeId"] for kind in block["to"][0]["associationTypes"]] == [2, 280]
    assert block["from"] == {"id": number}


def test_a_record_with_many_has_its_own_paging(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", association_page=2)
    number, http, seen = company_with(sandbox, 5), connect(sandbox), []
    asked: dict[str, str] | None = {"id": number}
    while asked:
        block = http.post(READ, json={"inputs": [asked]}).json()["results"][0]
        seen += [to["toObjectId"] for to in block["to"]]
        asked = {"id": number, "after": block["paging"]["next"]["after"]} if "paging" in block else None
    assert len(set(seen)) == len(seen) == 5


@pytest.mark.parametrize(("mode", "status"), [("errors", 207), ("left_out", 200)])
def test_records_without_any_are_told_or_left_out(
    clock: SandboxClock, connect: Connect, mode: str, status: int
) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", no_associations=mode)  # type: ignore[arg-type]  # one of two
    answer = connect(sandbox).post(READ, json={"inputs": [{"id": company_with(sandbox, 0)}]})
    assert (answer.status_code, answer.json()["results"]) == (status, [])
    assert ("NO_ASSOCIATIONS_FOUND" in answer.text) is (status == 207)


def test_a_thousand_inputs_are_taken_and_one_more_is_not(client: httpx.Client) -> None:
    inputs = [{"id": str(n + 1)} for n in range(1_001)]
    assert client.post(READ, json={"inputs": inputs}).status_code == 400
    assert client.post(READ, json={"inputs": inputs[:1_000]}).status_code == 207


def test_only_the_first_company_of_a_contact_is_primary(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    first, second = (sandbox.vendor.add("companies", {"name": name}) for name in "ab")
    contact = sandbox.vendor.add("contacts", {"email": "a@x.example"})
    for company in (first, second):
        client.put(f"/crm/v4/objects/contacts/{contact}/associations/default/companies/{company}")
    found = client.get(f"/crm/v4/objects/contacts/{contact}/associations/companies").json()["results"]
    types = {to["toObjectId"]: [kind["typeId"] for kind in to["associationTypes"]] for to in found}
    assert types == {first: [1, 279], second: [279]}
    shown = client.get(f"/crm/v3/objects/contacts/{contact}", params={"properties": "associatedcompanyid"})
    assert shown.json()["properties"]["associatedcompanyid"] == first


def test_recorded_answers_hold_numbers_and_null_labels(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", answers="recorded")
    number = company_with(sandbox, 1)
    path = "/crm/v4/associations/companies/contacts/batch/read"
    to = connect(sandbox).post(path, json={"inputs": [{"id": number}]}).json()["results"][0]["to"][0]
    assert isinstance(to["toObjectId"], int)
    assert {kind["label"] for kind in to["associationTypes"]} == {"Primary", None}


def test_parents_and_children_are_two_directions(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    parent, child = (sandbox.vendor.add("companies", {"name": name}) for name in "ab")
    body = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 13}]
    client.put(f"/crm/v4/objects/companies/{parent}/associations/companies/{child}", json=body)
    back = client.get(f"/crm/v4/objects/companies/{child}/associations/companies").json()["results"][0]
    assert (back["toObjectId"], back["associationTypes"][0]["typeId"]) == (parent, 14)
    shown = client.get(f"/crm/v3/objects/companies/{child}", params={"properties": "hs_parent_company_id"}).json()
    assert shown["properties"]["hs_parent_company_id"] == parent
