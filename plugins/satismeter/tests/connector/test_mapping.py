"""What a response means, by tables; nothing is asked of anybody."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from cshub import RESPONSE
from cshub_satismeter.mapping import Mapped, Mapper
from cshub_satismeter.settings import SatisMeterSettings

from .conftest import comment, hex24, nps, question

CREATED = datetime(2026, 9, 1, 8, 0, 0, 250_000, tzinfo=UTC)


def mapper(**settings: object) -> Mapper:
    return Mapper(SatisMeterSettings.model_validate({"token": "x", "project": "p", **settings}))


def response(*answers: dict[str, Any], **more: object) -> dict[str, Any]:
    user = {
        "id": hex24(70),
        "deleted": False,
        "userId": "u-7",
        "email": "Ada@Example.com ",
        "traits": {
            "companyId": 42,
            "plan": "Pro",
            "seats": "12",
            "trial": True,
            "custom": {"tier": "gold"},
            "a.b": "c",
        },
        "groups": {"company": "acme"},
    }
    said = {"id": hex24(1), "campaign": hex24(500), "created": "2026-09-01T08:00:00.250Z", "answers": [*answers]}
    return {**said, "user": user, "method": "Email", "language": "de", "ip": "192.0.2.1", **more}


def columns(mapped: Mapped) -> dict[str, object]:
    (row,) = mapped.rows
    assert not mapped.rejects
    return dict(zip(("id", "changed_at", *RESPONSE.names, "extra"), row, strict=True))


def test_an_answer_is_a_row() -> None:
    found = columns(mapper(account_external_id="traits.companyId").mapped(response(nps(9))))
    assert found == {
        "id": f"{hex24(1)}:{question(1)}",
        "changed_at": None,
        "metric": "nps",
        "value": 9,
        "answered_at": CREATED,
        "account_id": None,
        "contact_id": None,
        "account_external_id": "42",
        "account_domain": None,
        "contact_email": "ada@example.com",
        "extra": None,
    }


@pytest.mark.parametrize(
    ("metric", "value", "row"),
    [
        ("nps", 0, ("nps", 0)),
        ("nps", 10, ("nps", 10)),
        ("csat", 5, ("csat", 5)),
        ("csat", 4.5, ("csat", 4.5)),
        ("ces", 7, ("ces", 7)),
        ("csi", 3, ("csi", 3)),
        ("pmf", "Very disappointed", None),
        ("pmf", 3, None),
        ("something new", 3, None),
        (None, 3, None),
        (["nps"], 3, None),
        ("nps", None, None),
        ("nps", "", None),
        ("nps", [], None),
    ],
)
def test_answers_with_a_metric_and_a_value_count_on_their_own_scale(
    metric: object, value: object, row: tuple[str, float] | None
) -> None:
    found = mapper().mapped(response(nps(value, metric=metric)))
    assert [each[2:4] for each in found.rows] == ([row] if row else [])
    assert found.rejects == []


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (nps(11), "the nps answer is 11, not a whole number from 0 to 10"),
        (nps(-1), "the nps answer is -1"),
        (nps(8.5), "the nps answer is 8.5"),
        (nps("9"), "the nps answer is a str, not a number"),
        (nps(True), "the nps answer is a bool, not a number"),
        (nps(["9"]), "the nps answer is a list, not a number"),
        (nps(float("nan"), metric="csat"), "the csat answer nan is not a number"),
        (nps(float("inf"), metric="csat"), "the csat answer inf is not a number"),
    ],
)
def test_a_rating_that_is_none_is_rejected_and_the_others_stay(answer: dict[str, Any], reason: str) -> None:
    found = mapper().mapped(response(answer, nps(4, number=2, metric="ces")))
    assert [row[2] for row in found.rows] == ["ces"]
    assert [reject.id for reject in found.rejects] == [f"{hex24(1)}:{question(1)}"]
    assert reason in found.rejects[0].reason


@pytest.mark.parametrize("created", [None, "", "yesterday", 1_756_713_600, "2026-13-01T00:00:00Z"])
def test_without_a_time_there_is_no_row(created: object) -> None:
    found = mapper().mapped(response(nps(9), created=created))
    assert found.rows == []
    assert "created: " in found.rejects[0].reason
    assert found.measured == [question(1)], "the answer is still there, readable or not"


@pytest.mark.parametrize(
    "created", ["2026-09-01T08:00:00.250Z", "2026-09-01T10:00:00.250+02:00", "2026-09-01T08:00:00.250"]
)
def test_times_are_aware_whatever_their_zone(created: str) -> None:
    found = columns(mapper().mapped(response(nps(9), created=created)))["answered_at"]
    assert isinstance(found, datetime)
    assert (found, found.tzinfo) == (CREATED, UTC)


def test_a_missing_metric_is_no_metric() -> None:
    answer = nps(4)
    del answer["metric"]
    assert mapper().mapped(response(answer)).rows == []


def test_yaml_says_what_a_question_measures() -> None:
    found = mapper(questions={question(1): "csi"}).mapped(response(nps(4, metric=None), nps(9, number=2)))
    assert [row[2:4] for row in found.rows] == [("csi", 4), ("nps", 9)]


def test_other_surveys_can_be_left_out() -> None:
    assert mapper(campaigns=[hex24(501)]).mapped(response(nps(9))).rows == []
    assert len(mapper(campaigns=[hex24(500)]).mapped(response(nps(9))).rows) == 1
    assert mapper(campaigns=[hex24(500)]).mapped(response(nps(9), campaign={"id": hex24(500)})).rows == []


@pytest.mark.parametrize(
    ("path", "id"),
    [
        ("traits.companyId", "42"),
        ("traits.custom.tier", "gold"),
        ("traits.a.b", "c"),
        ("groups.company", "acme"),
        ("user_id", "u-7"),
        ("traits.missing", None),
        ("traits.plan.deeper", None),
        (None, None),
    ],
)
def test_the_account_is_where_yaml_says(path: str | None, id: str | None) -> None:
    assert columns(mapper(account_external_id=path).mapped(response(nps(9))))["account_external_id"] == id


@pytest.mark.parametrize("value", ["", "  ", None])
def test_an_empty_account_is_none(value: object) -> None:
    user = {"traits": {"companyId": value}}
    found = columns(mapper(account_external_id="traits.companyId").mapped(response(nps(9), user=user)))
    assert found["account_external_id"] is None


def test_an_account_that_is_an_object_is_told_rather_than_guessed() -> None:
    found = mapper(account_external_id="traits.custom").mapped(response(nps(9)))
    assert "traits.custom: holds a nested object" in found.rejects[0].reason


@pytest.mark.parametrize(
    ("user", "email"),
    [
        (None, None),
        ({}, None),
        ({"userId": None, "anonymousId": "a-1", "traits": None}, None),
        ({"email": None, "traits": {"email": "Ada@Example.com"}}, "ada@example.com"),
        ({"email": "ada@example.com", "traits": {"email": "other@example.com"}}, "ada@example.com"),
        ({"email": ["ada@example.com"]}, None),
    ],
)
def test_the_person_is_known_by_e_mail_if_at_all(user: object, email: str | None) -> None:
    assert columns(mapper().mapped(response(nps(9), user=user)))["contact_email"] == email


def test_a_deleted_person_leaves_the_response_and_its_company() -> None:
    fields = {"plan": "traits.plan", "who": "user_id", "how": "method"}
    said = response(nps(9))
    said["user"]["deleted"] = True
    found = columns(mapper(account_external_id="traits.companyId", fields=fields).mapped(said))
    assert (found["value"], found["account_external_id"], found["contact_email"]) == (9, "42", None)
    assert found["extra"] == {"plan": None, "who": None, "how": "Email"}
    assert columns(mapper(account_external_id="user_id").mapped(said))["account_external_id"] is None


def test_extra_fields_are_those_declared_in_their_types() -> None:
    fields = {
        "plan": "traits.plan",
        "seats": {"path": "traits.seats", "type": "integer"},
        "trial": {"path": "traits.trial", "type": "flag"},
        "tier": "traits.custom.tier",
        "survey": "campaign",
        "asked": "question",
        "how": "method",
        "tongue": "language",
        "said": "comment",
        "who": "user_id",
        "none": "traits.nothing",
    }
    found = columns(mapper(fields=fields).mapped(response(nps(9), comment("Good.\n"))))
    assert found["extra"] == {
        "plan": "Pro",
        "seats": 12,
        "trial": True,
        "tier": "gold",
        "survey": hex24(500),
        "asked": "How likely are you to recommend us?",
        "how": "Email",
        "tongue": "de",
        "said": "Good.\n",
        "who": "u-7",
        "none": None,
    }


@pytest.mark.parametrize(
    ("value", "type", "found"),
    [
        (7, "text", "7"),
        (7.0, "text", "7"),
        (True, "text", "true"),
        ("", "text", None),
        ([], "number", None),
        ("7.5", "number", 7.5),
        (7.0, "integer", 7),
        ("False", "flag", False),
        ("2026-09-01T10:00:00+02:00", "time", datetime(2026, 9, 1, 8, tzinfo=UTC)),
        ("2026-09-01", "date", date(2026, 9, 1)),
        ("2026-09-01T23:30:00-02:00", "date", date(2026, 9, 2)),
    ],
)
def test_traits_arrive_in_the_declared_type(value: object, type: str, found: object) -> None:
    said = response(nps(9), user={"traits": {"x": value}})
    assert columns(mapper(fields={"x": {"path": "traits.x", "type": type}}).mapped(said))["extra"] == {"x": found}


@pytest.mark.parametrize(
    ("value", "type", "reason"),
    [
        (["a"], "text", "traits.x: holds a list"),
        ("many", "number", "'many' is not a number"),
        (7.5, "integer", "7.5 is not a whole number"),
        (1, "flag", "1 is neither true nor false"),
        (1_756_713_600, "time", "1756713600 is not a time"),
        ("soon", "date", "'soon' is not a date"),
    ],
)
def test_a_trait_of_another_type_is_told(value: object, type: str, reason: str) -> None:
    said = response(nps(9), user={"traits": {"x": value}})
    found = mapper(fields={"x": {"path": "traits.x", "type": type}}).mapped(said)
    assert reason in found.rejects[0].reason


def test_several_comments_are_kept_as_they_were_written() -> None:
    said = response(nps(9), comment("One. "), {**comment("Two."), "id": question(98), "name": None}, comment("  "))
    found = columns(mapper(fields={"said": "comment"}).mapped(said))
    assert found["extra"] == {"said": "One. \n\nTwo."}


def test_what_is_kept_of_a_reject_names_nobody() -> None:
    found = mapper().mapped(response(nps(11), comment("I am Ada")))
    payload = found.rejects[0].payload
    assert json.loads(payload)["answers"][0]["value"] == 11
    for personal in ("Ada", "example.com", "192.0.2.1", "u-7"):
        assert personal.lower() not in payload.lower()
