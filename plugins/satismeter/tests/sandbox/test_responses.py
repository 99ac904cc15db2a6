"""What a response looks like, and what becomes of it."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Sandbox
from cshub_satismeter.sandbox import SatisMeter

from .conftest import EVER, Connect, Make

AT_THE_TOP = {"rating", "score", "category", "feedback"}


def only(client: httpx.Client) -> dict[str, object]:
    (row,) = client.get("/responses", params={"startDate": EVER}).json()["data"]
    return dict(row)


def values(row: dict[str, object]) -> dict[object, object]:
    answers = row["answers"]
    assert isinstance(answers, list)
    return {one.get("metric") or one.get("name"): one["value"] for one in answers}


def test_version_3_has_no_rating_at_the_top(sandbox: Sandbox[SatisMeter], client: httpx.Client) -> None:
    sandbox.vendor.add("responses", {"nps": "3", "comment": "Slow.\n", "userId": "u", "email": "a@x.example"})
    row = only(client)
    assert not AT_THE_TOP & set(row)
    assert values(row) == {"nps": 3, "SM_comment": "Slow.\n"}
    assert isinstance(row["location"], dict)
    assert isinstance(row["location"]["country"], dict)


def test_answers_come_one_by_one_and_the_stamp_stays(sandbox: Sandbox[SatisMeter], client: httpx.Client) -> None:
    number = sandbox.vendor.add("responses", {"nps": "9", "userId": "u"})
    before = only(client)
    sandbox.clock.advance(3 * 86_400)
    sandbox.vendor.edit("responses", number, {"nps": "6", "comment": "On second thoughts"})
    after = only(client)
    assert values(after) == {"nps": 6, "SM_comment": "On second thoughts"}
    assert after["created"] == before["created"]


def test_one_survey_may_ask_for_several_metrics(sandbox: Sandbox[SatisMeter], client: httpx.Client) -> None:
    marks = {"nps": "9", "csat": "5", "ces": "2"}
    sandbox.vendor.add("responses", {"campaign": "relationship", "userId": "u"} | marks)
    assert values(only(client)) == {"nps": 9, "csat": 5, "ces": 2}


@pytest.mark.parametrize(("how", "expected"), [("null", [None]), ("missing", ["left out"])])
def test_an_answer_without_metric_says_so_in_two_ways(
    make: Make, connect: Connect, how: str, expected: list[object]
) -> None:
    sandbox = make(no_metric=how)
    sandbox.vendor.add("responses", {"comment": "Hm", "userId": "u"})
    answers = only(connect(sandbox))["answers"]
    assert isinstance(answers, list)
    assert [one.get("metric", "left out") for one in answers] == expected


def test_a_dismissed_response_may_hold_nothing(sandbox: Sandbox[SatisMeter], client: httpx.Client) -> None:
    number = sandbox.vendor.add("responses", {"campaign": "nps", "dismissed": "true"})
    row = only(client)
    assert row["answers"] == []
    assert isinstance(row["user"], dict)
    assert row["user"]["userId"] is None
    assert row["user"]["anonymousId"]
    assert sandbox.vendor.delivery(number)["event"] == "dismissed"


def test_a_deleted_person_leaves_the_response(sandbox: Sandbox[SatisMeter], client: httpx.Client) -> None:
    told = {"userId": "u", "email": "a@x.example", "companyId": "C-1"}
    sandbox.vendor.add("responses", {"nps": "9"} | told)
    user = only(client)["user"]
    assert isinstance(user, dict)
    assert user["traits"] == {"email": "a@x.example", "companyId": "C-1"}
    assert client.delete(f"https://app.satismeter.com/api/users/{user['id']}").status_code == 204
    left = only(client)
    nobody = {"id": user["id"], "deleted": True, "userId": None, "anonymousId": None, "traits": {}}
    assert (values(left), left["user"]) == ({"nps": 9}, nobody)
    assert sandbox.vendor.objects()["users"] == 0


def test_the_fields_of_a_webhook_may_stand_in_version_3_too(make: Make, connect: Connect) -> None:
    sandbox = make(v3_user="full")
    sandbox.vendor.add("responses", {"nps": "9", "userId": "u", "email": "a@x.example", "companyId": "C-1"})
    user = only(connect(sandbox))["user"]
    assert isinstance(user, dict)
    assert (user["email"], user["groups"]) == ("a@x.example", {"company": "C-1"})


def test_a_webhook_carries_what_version_3_does_not(sandbox: Sandbox[SatisMeter]) -> None:
    number = sandbox.vendor.add("responses", {"nps": "3", "userId": "u"})
    with pytest.raises(ValueError, match="neither completed nor dismissed"):
        sandbox.vendor.delivery(number)
    sandbox.vendor.edit("responses", number, {"comment": "Slow."})
    body = sandbox.vendor.delivery(number)
    response = body["response"]
    assert isinstance(response, dict)
    judged = {key: response[key] for key in sorted(AT_THE_TOP)}
    assert body["event"] == "completed"
    assert judged == {"category": "detractor", "feedback": "Slow.", "rating": 3, "score": -100}


def test_an_answer_to_no_question_is_a_mistake_of_the_test(sandbox: Sandbox[SatisMeter]) -> None:
    with pytest.raises(ValueError, match="no question 'csat'"):
        sandbox.vendor.add("responses", {"campaign": "nps", "csat": "3"})


def test_statistics_count_a_window(sandbox: Sandbox[SatisMeter], client: httpx.Client) -> None:
    for mark in ("10", "9", "0", "8"):
        sandbox.vendor.add("responses", {"nps": mark, "userId": mark})
    survey = sandbox.vendor.project.surveys["nps"]
    data = client.get(f"/campaigns/{survey.id}/statistics").json()["data"]
    assert data["statistics"]["responses"] == 4
    nps = data["questions"][0]["statistics"]
    assert nps["metric"] == {"type": "nps", "value": 25.0}
    assert nps["values"][0] == {"value": 0, "answers": 1}
    sandbox.clock.advance(31 * 86_400)
    assert client.get(f"/campaigns/{survey.id}/statistics").json()["data"]["statistics"]["responses"] == 0
