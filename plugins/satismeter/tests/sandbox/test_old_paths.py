"""The calls without a version and of version 2, which live beside version 3."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from cshub.testing.sandbox import Sandbox
from cshub_satismeter.sandbox import SatisMeter

API = "https://app.satismeter.com/api"


@pytest.fixture
def plain(sandbox: Sandbox[SatisMeter]) -> Iterator[httpx.Client]:
    """A client without any key."""
    with httpx.Client(transport=httpx.WSGITransport(app=sandbox), base_url=API) as client:
        yield client


def ask(sandbox: Sandbox[SatisMeter]) -> dict[str, str]:
    return {"project": sandbox.credentials["SATISMETER_PROJECT"]}


def header(sandbox: Sandbox[SatisMeter]) -> dict[str, str]:
    return {"AuthKey": sandbox.credentials["SATISMETER_TOKEN"]}


def test_the_export_has_rating_and_score_and_places_as_text(sandbox: Sandbox[SatisMeter], plain: httpx.Client) -> None:
    sandbox.vendor.add("responses", {"nps": "8", "userId": "u", "dismissed": "true"})
    sandbox.vendor.add("responses", {"csat": "4", "userId": "v"})
    rows = plain.get("/responses", params=ask(sandbox), headers=header(sandbox)).json()["responses"]
    by_user = {row["user"]["userId"]: row for row in rows}
    judged = [by_user["u"][key] for key in ("rating", "score", "category", "dismissed", "pending")]
    assert judged == [8, 0, "passive", True, False]
    assert by_user["v"]["rating"] is None
    assert isinstance(by_user["u"]["location"]["country"], str)
    one = plain.get(f"/responses/{by_user['u']['id']}", headers=header(sandbox)).json()
    assert one == by_user["u"]


def test_the_export_shows_everything_unless_pages_are_asked_for(
    sandbox: Sandbox[SatisMeter], plain: httpx.Client
) -> None:
    ids = [sandbox.vendor.add("responses", {"nps": "1", "userId": str(place)}) for place in range(30)]
    rows = plain.get("/responses", params=ask(sandbox), headers=header(sandbox)).json()["responses"]
    assert sorted(row["id"] for row in rows) == sorted(ids)
    pages = ask(sandbox) | {"page[size]": "12", "page[number]": "3"}
    assert len(plain.get("/responses", params=pages, headers=header(sandbox)).json()["responses"]) == 6


@pytest.mark.parametrize(("how", "status"), [("csv", 200), ("xml", 406)])
def test_the_export_knows_two_formats(sandbox: Sandbox[SatisMeter], plain: httpx.Client, how: str, status: int) -> None:
    sandbox.vendor.add("responses", {"nps": "8", "userId": "u"})
    answer = plain.get("/responses", params=ask(sandbox) | {"format": how}, headers=header(sandbox))
    assert answer.status_code == status
    assert (len(answer.text.splitlines()) == 2) is (how == "csv")


def test_statistics_of_version_2_do_not_round(sandbox: Sandbox[SatisMeter], plain: httpx.Client) -> None:
    for mark in ("10", "10", "3"):
        sandbox.vendor.add("responses", {"nps": mark, "userId": mark + str(len(sandbox.writes))})
    body = plain.get("/v2/response-statistics", params=ask(sandbox), headers=header(sandbox)).json()
    counts = body["data"][0]["attributes"]
    assert counts["nps"] == pytest.approx(100 / 3)
    assert counts["frequency"] == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 2]


def test_people_are_made_changed_followed_and_found(sandbox: Sandbox[SatisMeter], plain: httpx.Client) -> None:
    body = ask(sandbox) | {"userId": "u", "traits": {"email": "a@x.example", "companyId": "C-1"}}
    made = plain.post("/users", json=body, headers=header(sandbox)).json()
    plain.post("/users", json=ask(sandbox) | {"userId": "u", "event": "exported"}, headers=header(sandbox))
    plain.post("/users", json=ask(sandbox) | {"userId": "v"}, headers=header(sandbox))
    found = plain.get("/users", params=ask(sandbox) | {"userId": "u"}, headers=header(sandbox)).json()["users"]
    assert [(one["id"], one["email"], one["traits"]["companyId"]) for one in found] == [
        (made["id"], "a@x.example", "C-1")
    ]
    assert [event["name"] for event in found[0]["events"]] == ["exported"]
    assert len(plain.get("/users", params=ask(sandbox), headers=header(sandbox)).json()["users"]) == 2


def test_a_response_is_inserted_with_the_public_key_and_once(sandbox: Sandbox[SatisMeter], plain: httpx.Client) -> None:
    project = sandbox.vendor.project
    survey = project.surveys["nps"]
    rating = survey.question("nps")
    assert rating
    body = {
        "writeKey": project.write_key,
        "campaign": survey.id,
        "userId": "u",
        "answers": [{"id": rating.id, "value": 9}],
    }
    assert plain.post("/responses", json=body).json()["category"] == "promoter"
    again = plain.post("/responses", json=body)
    assert (again.status_code, again.json()) == (400, {"errors": [{"title": "Duplicate response"}]})
    assert plain.post("/responses", json=body | {"forceSurvey": True, "rating": 2}).json()["rating"] == 2
    for wrong in ({"writeKey": project.key}, {"campaign": "nosuch"}, {"answers": []}, {"userId": ""}):
        assert plain.post("/responses", json=body | wrong).status_code == 400
