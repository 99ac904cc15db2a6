"""Every answer of the sandbox, good and bad, fits HubSpot's official OpenAPI files in each generation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from cshub.testing.sandbox import Fault, FaultKind, Sandbox, SandboxClock
from cshub_hubspot.sandbox import HubSpot, create
from plugins.hubspot.tests.openapi_judge import JudgedTransport, OpenApiJudge

BOTH = ("v3", "2026-09")
ALL = ("v3", "2026-03", "2026-09")
TYPES = ("companies", "contacts", "deals", "tickets")


@dataclass(frozen=True)
class Account:
    """A small account, and a client whose every exchange is judged."""

    sandbox: Sandbox[HubSpot]
    http: httpx.Client
    generation: str

    def at(self, area: str, tail: str = "") -> str:
        classic = f"/crm/{'v4' if area == 'associations' else 'v3'}/{area}"
        base = classic if self.generation == "v3" else f"/crm/{area}/{self.generation}"
        return base + tail

    def ids(self, kind: str, count: int = 3) -> list[str]:
        return [str(record["id"]) for record in self.sandbox.vendor.dump(kind)[:count]]


@pytest.fixture(params=ALL)
def account(request: pytest.FixtureRequest, judge: OpenApiJudge, clock: SandboxClock) -> Iterator[Account]:
    sandbox = create(clock=clock, customers=12, limits="off", search_lag_s=0)
    token = sandbox.credentials["HUBSPOT_TOKEN"]
    with httpx.Client(
        transport=JudgedTransport(httpx.WSGITransport(app=sandbox), judge),
        base_url="https://api.hubapi.com",
        headers={"Authorization": f"Bearer {token}"},
    ) as http:
        yield Account(sandbox, http, request.param)


def trace(values: dict[str, str], name: str) -> dict[str, Any]:
    return {"properties": values, "objectWriteTraceId": name}


@pytest.mark.parametrize("kind", TYPES)
def test_lists_and_single_records_fit(account: Account, kind: str) -> None:
    path = account.at("objects", f"/{kind}")
    page = account.http.get(path, params={"limit": 2, "associations": "contacts,companies", "properties": "createdate"})
    assert len(page.json()["results"]) == 2
    after = page.json()["paging"]["next"]["after"]
    assert account.http.get(path, params={"after": after, "limit": 100}).status_code == 200
    assert account.http.get(path, params={"archived": "true"}).json()["results"] == []
    one = account.http.get(f"{path}/{account.ids(kind)[0]}", params={"propertiesWithHistory": "createdate"})
    assert one.status_code == 200


@pytest.mark.parametrize("kind", TYPES)
def test_searches_fit(account: Account, kind: str) -> None:
    stamp = "lastmodifieddate" if kind == "contacts" else "hs_lastmodifieddate"
    body = {
        "filterGroups": [{"filters": [{"propertyName": stamp, "operator": "GTE", "value": "1600000000000"}]}],
        "sorts": [{"propertyName": stamp, "direction": "ASCENDING"}],
        "properties": ["createdate"],
        "limit": 3,
        "after": "3",
    }
    found = account.http.post(account.at("objects", f"/{kind}/search"), json=body)
    assert len(found.json()["results"]) == 3


def test_a_partial_read_fits(account: Account) -> None:
    body = {"inputs": [{"id": account.ids("companies")[0]}, {"id": "5"}], "properties": ["name"]}
    answer = account.http.post(account.at("objects", "/companies/batch/read"), json=body)
    assert (answer.status_code, answer.json()["errors"][0]["context"]["ids"]) == (207, ["5"])


@pytest.mark.parametrize("task", ["create", "update", "upsert"])
def test_batch_writes_fit_in_full_and_in_part(account: Account, task: str) -> None:
    one, two, _ = account.ids("companies")
    good, bad = trace({"name": "New"}, "good"), trace({"mrr": "much"}, "bad")
    if task == "update":
        good, bad = {"id": one, **good}, {"id": two, **bad}
    if task == "upsert":
        good, bad = ({"id": f"X-{n}", "idProperty": "customer_id", **item} for n, item in enumerate((good, bad)))
    path = account.at("objects", f"/companies/batch/{task}")
    assert account.http.post(path, json={"inputs": [good]}).status_code == (201 if task == "create" else 200)
    answer = account.http.post(path, json={"inputs": [good, bad]})
    assert answer.status_code == 207
    assert answer.json()["errors"][0]["context"] == {"objectWriteTraceId": ["bad"]}


def test_single_writes_fit(account: Account) -> None:
    path = account.at("objects", "/companies")
    made = account.http.post(path, json={"properties": {"name": "Fresh"}})
    assert made.status_code == 201
    record = f"{path}/{made.json()['id']}"
    assert account.http.patch(record, json={"properties": {"mrr": "5"}}).json()["properties"]["mrr"] == "5"
    assert account.http.delete(record).status_code == 204
    one, two, _ = account.ids("companies")
    merged = account.http.post(f"{path}/merge", json={"primaryObjectId": one, "objectIdToMerge": two})
    assert merged.json()["properties"]["hs_merged_object_ids"] == f"{one};{two}"
    left = account.ids("companies")
    assert account.http.post(f"{path}/batch/archive", json={"inputs": [{"id": left[0]}]}).status_code == 204


def test_properties_fit(account: Account) -> None:
    path = account.at("properties", "/companies")
    assert len(account.http.get(path).json()["results"]) > 30
    group = {"name": "cs_hub", "label": "Customer health"}
    assert account.http.post(f"{path}/groups", json=group).status_code == 201
    assert account.http.post(f"{path}/groups", json=group).status_code == 409
    assert account.http.get(f"{path}/groups").status_code == 200
    score = {"groupName": "cs_hub", "name": "health", "label": "Health", "type": "number", "fieldType": "number"}
    assert account.http.post(path, json=score).status_code == 201
    assert account.http.post(path, json=score).status_code == 409
    assert account.http.get(f"{path}/health").json()["hubspotDefined"] is False
    assert account.http.patch(f"{path}/health", json={"label": "Health score"}).json()["label"] == "Health score"
    both = {"inputs": [score, score | {"name": "health_2"}]}
    assert account.http.post(f"{path}/batch/create", json=both).status_code == 207
    third = {"inputs": [score | {"name": "health_3"}]}
    made = account.http.post(f"{path}/batch/create", json=third)
    assert made.status_code == (200 if account.generation == "2026-09" else 201)
    assert account.http.delete(f"{path}/health").status_code == 204


def test_pipelines_owners_and_the_account_fit(account: Account) -> None:
    deals = account.http.get(account.at("pipelines", "/deals")).json()["results"]
    assert {line["id"] for line in deals} == {"default", "74211835"}
    assert account.http.get(account.at("pipelines", "/tickets/0")).json()["stages"][-1]["metadata"]["ticketState"]
    owners = account.http.get(account.at("owners"), params={"limit": 5})
    assert len(owners.json()["results"]) == 5
    gone = account.http.get(account.at("owners"), params={"archived": "true"}).json()["results"]
    assert account.http.get(account.at("owners", f"/{gone[0]['id']}"), params={"archived": "true"}).status_code == 200
    details = account.http.get(f"/account-info/{account.generation}/details")
    assert details.json()["portalId"] > 0


def test_associations_fit(account: Account) -> None:
    company, contact = account.ids("companies")[0], account.sandbox.vendor.add("contacts", {"email": "a@b.example"})
    pair = account.at("associations", "/contacts/companies")
    read = {"inputs": [{"id": contact}, {"id": account.ids("contacts")[0]}]}
    assert account.http.post(f"{pair}/batch/read", json=read).status_code == 207
    links = "/crm/v4/objects" if account.generation == "v3" else f"/crm/objects/{account.generation}"
    put = account.http.put(f"{links}/contacts/{contact}/associations/default/companies/{company}")
    assert {row["associationSpec"]["associationTypeId"] for row in put.json()["results"]} == {279, 280, 1, 2}
    assert account.http.post(f"{pair}/batch/read", json={"inputs": [{"id": contact}]}).status_code == 200
    typed = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
    assert (
        account.http.put(f"{links}/contacts/{contact}/associations/companies/{company}", json=typed).status_code == 201
    )
    many = {"inputs": [{"from": {"id": contact}, "to": {"id": company}, "types": typed}]}
    made = account.http.post(f"{pair}/batch/create", json=many)
    assert made.status_code == (200 if account.generation == "2026-09" else 201)
    ended = account.http.post(
        f"{pair}/batch/archive", json={"inputs": [{"from": {"id": contact}, "to": [{"id": company}]}]}
    )
    assert ended.status_code == (204 if account.generation == "v3" else 200)
    assert account.http.delete(f"{links}/contacts/{contact}/associations/companies/{company}").status_code == 204
    base = "/crm/associations/v4" if account.generation == "v3" else f"/crm/associations/{account.generation}"
    assert account.http.get(f"{base}/contacts/companies/labels").json()["results"]


def test_refusals_fit(account: Account) -> None:
    http, path = account.http, account.at("objects", "/companies")
    assert http.get(path, headers={"Authorization": "Bearer no"}).status_code == 401
    assert http.get(path, params={"limit": 101}).status_code == 400
    assert http.get(f"{path}/1").status_code == 404
    assert http.post(f"{path}/search", json={"limit": 201}).status_code == 400
    assert http.post(path, json={"properties": {"nosuch": "1"}}).status_code == 400
    assert http.post(path, content=b"{", headers={"Content-Type": "application/json"}).status_code == 400
    account.sandbox.vendor.access.grant(frozenset())
    assert http.get(path).status_code == 403


@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMITED, FaultKind.SERVER_ERROR, FaultKind.UNAUTHORIZED])
def test_faults_in_the_vendors_words_fit(account: Account, kind: FaultKind) -> None:
    account.sandbox.faults.add(Fault(kind=kind))
    assert account.http.get(account.at("objects", "/companies")).status_code in (401, 429, 503)
    assert account.http.post(account.at("objects", "/companies/search"), json={}).status_code in (401, 429, 503)


def test_token_answers_fit(account: Account) -> None:
    names = {
        "client_id": "HUBSPOT_CLIENT_ID",
        "client_secret": "HUBSPOT_CLIENT_SECRET",
        "refresh_token": "HUBSPOT_REFRESH_TOKEN",
    }
    form = {"grant_type": "refresh_token"} | {key: account.sandbox.credentials[name] for key, name in names.items()}
    assert account.http.post(f"/oauth/{account.generation}/token", data=form).json()["expires_in"] == 1800
    form["refresh_token"] = "old"
    assert account.http.post(f"/oauth/{account.generation}/token", data=form).status_code == 400


def test_tasks_fit(account: Account) -> None:
    company = account.ids("companies")[0]
    kind = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 192}]
    task = {
        "properties": {"hs_timestamp": "2026-09-20T10:00:00Z", "hs_task_subject": "Call", "hs_task_type": "CALL"},
        "associations": [{"to": {"id": company}, "types": kind}],
    }
    assert account.http.post(account.at("objects", "/tasks"), json=task).status_code == 201
    listed = account.http.get(account.at("objects", "/tasks"), params={"associations": "companies"}).json()
    assert listed["results"][0]["associations"]["companies"]["results"][0]["id"] == company


def test_the_judge_sees_what_is_wrong(judge: OpenApiJudge, sandbox: Sandbox[HubSpot]) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.WRONG_TYPE))
    transport = JudgedTransport(httpx.WSGITransport(app=sandbox), judge, strict=False)
    token = sandbox.credentials["HUBSPOT_TOKEN"]
    with httpx.Client(transport=transport, base_url="https://x", headers={"Authorization": f"Bearer {token}"}) as http:
        http.get("/crm/v3/objects/companies", params={"limit": 500, "sort": "x"})
    text = "\n".join(transport.complaints)
    assert "answer" in text
    assert "500 is greater than the maximum" in text
    assert "unknown query parameter 'sort'" in text
