"""Every answer of the sandbox, good and bad, fits Intercom's official OpenAPI file of 2.16."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from cshub.testing.openapi import Foul
from cshub.testing.sandbox import Fault, FaultKind, Sandbox, SandboxClock
from cshub_intercom.sandbox import ERRORS, Intercom, create

from .spec_judge import JudgedTransport, SpecJudge


@dataclass(frozen=True)
class Workplace:
    """A small workspace, and a client whose every exchange is judged."""

    sandbox: Sandbox[Intercom]
    http: httpx.Client

    def ids(self, kind: str, count: int = 3) -> list[str]:
        return [str(record["id"]) for record in self.sandbox.vendor.dump(kind)[:count]]


@pytest.fixture
def place(judge: SpecJudge, clock: SandboxClock) -> Iterator[Workplace]:
    sandbox = create(clock=clock, customers=30, limits="off", search_lag_s=0)
    with judged(sandbox, judge) as http:
        yield Workplace(sandbox, http)


def judged(sandbox: Sandbox[Intercom], judge: SpecJudge, *, strict: bool = True) -> httpx.Client:
    return httpx.Client(
        transport=JudgedTransport(httpx.WSGITransport(app=sandbox), judge, strict),
        base_url="https://api.intercom.io",
        headers={"Authorization": f"Bearer {sandbox.credentials['INTERCOM_TOKEN']}", "Intercom-Version": "2.16"},
    )


def query(field: str, operator: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"query": {"field": field, "operator": operator, "value": value}, **more}


def test_lists_fit_from_the_first_page_to_the_last(place: Workplace) -> None:
    for path, key, size in (("/contacts", "data", 60), ("/conversations", "conversations", 10)):
        after, seen = "", 0
        while True:
            params = {"per_page": size} | ({"starting_after": after} if after else {})
            answer = place.http.get(path, params=params).json()
            seen += len(answer[key])
            if not (answer["pages"].get("next")):
                break
            after = answer["pages"]["next"]["starting_after"]
        assert seen == answer["total_count"] > size


def test_searches_fit(place: Workplace) -> None:
    body = query("updated_at", ">", 1_600_000_000, sort={"field": "updated_at", "order": "ascending"})
    body["pagination"] = {"per_page": 2}
    for path, key in (("contacts", "data"), ("conversations", "conversations"), ("tickets", "tickets")):
        found = place.http.post(f"/{path}/search", json=body).json()
        assert len(found[key]) == 2
        body_2 = body | {"pagination": {"per_page": 150, "starting_after": found["pages"]["next"]["starting_after"]}}
        rest = place.http.post(f"/{path}/search", json=body_2).json()
        assert len(rest[key]) == min(150, found["total_count"] - 2)


def test_every_conversation_and_ticket_fits_as_a_whole(place: Workplace) -> None:
    for id in place.ids("conversations", 60):
        whole = place.http.get(f"/conversations/{id}", params={"display_as": "plaintext"}).json()
        assert whole["conversation_parts"]["type"] == "conversation_part.list"
    for id in place.ids("tickets", 5):
        assert place.http.get(f"/tickets/{id}").json()["ticket_state"]["category"]
    place.sandbox.vendor.remove("conversations", place.ids("conversations")[0])
    assert place.http.get("/conversations/deleted").json()["total_count"] == 1


def test_companies_fit_in_all_three_readings(place: Workplace) -> None:
    listed = place.http.post("/companies/list", params={"per_page": 10}).json()
    assert place.http.post("/companies/list", params={"per_page": 10, "page": 2}).json()["data"]
    assert place.http.get("/companies", params={"company_id": listed["data"][0]["company_id"]}).status_code == 200
    assert place.http.get("/companies", params={"name": "Nobody"}).status_code == 404
    page = place.http.get("/companies/scroll").json()
    assert place.http.get("/companies/scroll", params={"scroll_param": page["scroll_param"]}).json()["data"] == []


def test_one_company_fits_in_all_its_calls(place: Workplace) -> None:
    one = place.ids("companies")[0]
    assert place.http.get(f"/companies/{one}").status_code == 200
    assert place.http.get(f"/companies/{one}/contacts", params={"per_page": 2}).status_code == 200
    assert place.http.get(f"/companies/{one}/segments").status_code == 200
    changed = place.http.put(f"/companies/{one}", json={"custom_attributes": {"health": 87}})
    assert changed.json()["custom_attributes"]["health"] == 87
    made = place.http.post("/companies", json={"company_id": "X-1", "name": "New", "monthly_spend": 7})
    assert made.json()["plan"] == {}
    assert place.http.delete(f"/companies/{made.json()['id']}").json()["deleted"] is True
    assert place.http.delete(f"/companies/{made.json()['id']}").status_code == 404


def test_one_contact_fits_in_all_its_calls(place: Workplace) -> None:
    http = place.http
    made = http.post("/contacts", json={"email": "new@x.example", "external_id": "N-1"}).json()
    path = f"/contacts/{made['id']}"
    assert http.get(path).json()["role"] == "user"
    assert http.get("/contacts/find_by_external_id/N-1").json()["id"] == made["id"]
    assert http.put(path, json={"name": "New", "custom_attributes": {"job_title": "Boss"}}).json()["name"] == "New"
    company = place.ids("companies")[0]
    assert http.post(f"{path}/companies", json={"id": company}).json()["id"] == company
    assert http.get(f"{path}/companies").json()["total_count"] == 1
    assert http.get(f"{path}/tags").json()["data"] == []
    assert http.delete(f"{path}/companies/{company}").status_code == 200
    assert http.post(f"{path}/archive").json()["archived"] is True
    assert http.post(f"{path}/unarchive").json()["archived"] is False
    assert http.delete(path).json()["deleted"] is True


def test_merges_fit(place: Workplace) -> None:
    lead = place.sandbox.vendor.add("contacts", {"role": "lead", "email": "a@x.example"})
    user = place.sandbox.vendor.add("contacts", {"email": "a@x.example"})
    assert place.http.post("/contacts/merge", json={"from": lead, "into": user}).status_code == 200
    assert place.http.get(f"/contacts/{lead}").status_code == 410
    assert place.http.get(f"/contacts/{user}/merge_history").json()["data"][0]["source_contact_id"] == lead
    assert place.http.get("/contacts/none/merge_history").status_code == 404
    asking = {"include_merge_history": "true"}
    listed = place.http.get("/contacts", params=asking | {"per_page": 150}).json()["data"]
    assert [row["id"] for row in listed if row.get("merge_history")] == [user]
    query = {"query": {"field": "id", "operator": "=", "value": user}}
    assert place.http.post("/contacts/search", params=asking, json=query).status_code == 200


def test_people_and_attributes_fit(place: Workplace) -> None:
    http = place.http
    for path in ("/me", "/admins", "/teams", "/tags", "/segments?include_count=true", "/data_attributes?model=contact"):
        assert http.get(path).status_code == 200, path
    admin = http.get("/admins").json()["admins"][0]["id"]
    assert http.get(f"/admins/{admin}").json()["id"] == admin
    made = {"name": "health_score", "model": "contact", "data_type": "integer"}
    assert http.post("/data_attributes", json=made).json()["full_name"] == "custom_attributes.health_score"
    assert http.post("/data_attributes", json=made).status_code == 400
    listed = made | {"name": "band", "data_type": "options", "options": [{"value": "green"}, {"value": "red"}]}
    assert http.post("/data_attributes", json=listed).json()["options"] == ["green", "red"]
    moment = made | {"name": "scored_at", "data_type": "datetime"}
    assert http.post("/data_attributes", json=moment).json()["data_type"] == "date"
    assert http.get("/data_attributes", params={"include_archived": "true"}).status_code == 200
    assert http.get("/data_attributes", params={"model": "conversation"}).status_code == 422


def test_refusals_fit(place: Workplace) -> None:
    http = place.http
    assert http.get("/contacts", headers={"Authorization": "Bearer no"}).status_code == 401
    assert http.get("/conversations/1").status_code == 404
    assert http.get("/companies/none").status_code == 404
    assert http.post("/contacts/search", json=query("updated_at", ">=", 1)).status_code == 400
    assert http.post("/companies", json={"test": "invalid"}).json()["request_id"] is None
    assert http.get("/contacts", headers={"Intercom-Version": "3.0"}).status_code == 400
    assert http.get("/companies/scroll").status_code == 200
    assert http.get("/companies/scroll").status_code == 400


JSON_ERRORS = [name for name, error in ERRORS.items() if error.page is None]


@pytest.mark.parametrize("name", JSON_ERRORS)
def test_every_error_in_json_fits(place: Workplace, name: str) -> None:
    place.sandbox.faults.add(Fault(kind=FaultKind.NAMED, name=name))
    assert place.http.get("/contacts").status_code == ERRORS[name].status


@pytest.mark.parametrize("kind", [FaultKind.RATE_LIMITED, FaultKind.SERVER_ERROR, FaultKind.UNAUTHORIZED])
def test_faults_in_the_vendors_words_fit(place: Workplace, kind: FaultKind) -> None:
    place.sandbox.faults.add(Fault(kind=kind))
    assert place.http.get("/contacts").status_code in (401, 429, 503)
    assert place.http.post("/conversations/search", json={}).status_code in (401, 429, 503)


def test_a_company_on_a_conversation_fits(clock: SandboxClock, judge: SpecJudge) -> None:
    sandbox = create(clock=clock, customers=10, company_on_conversations=True, null_statistics=True, last_page="null")
    with judged(sandbox, judge) as http:
        rows = http.get("/conversations", params={"per_page": 150}).json()["conversations"]
    assert any(row["company"] for row in rows)
    assert {row["statistics"] for row in rows} == {None}


SPOILT = [
    ("/contacts", "data", {"updated_at": "2026-09-15T09:30:00Z"}),
    ("/contacts", "data", {"email": 5}),
    ("/conversations", "conversations", {"priority": "priority"}),
    ("/conversations", "conversations", {"statistics": {"time_to_admin_reply": "soon"}}),
    ("/conversations", "conversations", {"sla_applied": {"sla_status": "broken"}}),
    ("/conversations", "conversations", {"source": {"author": {"id": 7}}}),
    ("/companies", "data", {"website": None}),
]


@pytest.mark.parametrize(("path", "key", "change"), SPOILT)
def test_the_judge_sees_a_spoilt_member(
    judge: SpecJudge, place: Workplace, path: str, key: str, change: dict[str, Any]
) -> None:
    request = place.http.build_request("GET", path)
    answer = place.http.send(request)
    assert judge.complaints(request, answer) == []
    body = answer.json()
    body[key][0] |= change
    assert judge.complaints(request, httpx.Response(200, json=body))


def test_the_judge_sees_a_wrong_request_and_a_wrong_error(judge: SpecJudge, place: Workplace) -> None:
    bad = place.http.build_request("POST", "/contacts/search", json={"query": {"field": "role", "operator": "is"}})
    assert any("request" in text for text in judge.complaints(bad, httpx.Response(200, json={"type": "list"})))
    good = place.http.build_request("GET", "/contacts")
    for status in (401, 429):
        assert judge.complaints(good, httpx.Response(status, json={"errors": [{"message": "no"}]}))
    unknown = place.http.build_request("GET", "/nowhere")
    assert judge.complaints(unknown, httpx.Response(200)) == ["the file does not know GET /nowhere"]


def test_a_foul_stops_a_judged_client(judge: SpecJudge, clock: SandboxClock) -> None:
    sandbox = create(clock=clock, customers=5)
    sandbox.faults.add(Fault(kind=FaultKind.WRONG_TYPE))
    with judged(sandbox, judge) as http, pytest.raises(Foul, match="/contacts"):
        http.get("/contacts")
    with judged(sandbox, judge, strict=False) as http:
        assert http.get("/contacts").status_code == 200
