"""What a refusal means: one line for each that the facts name."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from cshub import Answer, CredentialsError, PermissionMissing, RequestRefused, Wait
from cshub_intercom.explain import body, codes, explain, request_id, sentence, skew

NOW = datetime(2026, 9, 15, 9, 30, tzinfo=UTC)
NOW_S = int(NOW.timestamp())
DATE = "Tue, 15 Sep 2026 09:30:00 GMT"


def answer(status: int, said: object, **headers: str) -> Answer:
    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return Answer(status, named, content, "/contacts", "contacts list", "support", received_at=NOW)


def refused(code: str, message: str | None = "words") -> dict[str, object]:
    return {"type": "error.list", "request_id": "a1b2c3d4e5f6a7b8c9d0", "errors": [{"code": code, "message": message}]}


@pytest.mark.parametrize(
    ("status", "said", "kind", "words"),
    [
        (
            401,
            refused("unauthorized", "Access Token Invalid"),
            CredentialsError,
            "does not accept the token: Access Token Invalid",
        ),
        (401, b"", CredentialsError, "no body"),
        (402, refused("plan"), PermissionMissing, "plan does not include"),
        (
            403,
            refused("api_plan_restricted", "Active subscription needed."),
            PermissionMissing,
            "plan does not include",
        ),
        (403, refused("forbidden"), PermissionMissing, "Developer Hub"),
        (403, b"<html>", PermissionMissing, "<html>"),
        (404, refused("not_found", "User Not Found"), RequestRefused, "User Not Found"),
        (404, refused("company_not_found", None), RequestRefused, "company_not_found"),
        (404, refused("field_not_found"), RequestRefused, "words"),
        (405, refused("method_not_allowed"), RequestRefused, "words"),
        (406, b"", RequestRefused, "no body"),
        (409, refused("conflict", "Multiple existing users match"), RequestRefused, "Multiple existing users"),
        (410, refused("contact_merged"), RequestRefused, "lives on as another"),
        (415, b"", RequestRefused, "no body"),
        (400, refused("parameter_invalid"), RequestRefused, "words"),
        (400, refused("parameter_not_found"), RequestRefused, "words"),
        (
            400,
            refused("bad_request", "page limit reached, please use scroll API"),
            RequestRefused,
            "page limit reached",
        ),
        (400, refused("invalid_sort_order"), RequestRefused, "words"),
        (400, refused("contact_company_limit_exceeded"), RequestRefused, "words"),
        (400, refused("intercom_version_invalid"), RequestRefused, "set `version` to another one"),
        (422, refused("data_invalid"), RequestRefused, "words"),
        (301, b"", RequestRefused, "see that `region`"),
    ],
)
def test_a_refusal_is_the_error_of_who_must_act(status: int, said: object, kind: type[Exception], words: str) -> None:
    error = explain(answer(status, said))
    assert type(error) is kind
    assert words in str(error)


@pytest.mark.parametrize("status", [408, 423, 500, 502, 503, 504])
def test_the_rest_is_left_to_the_usual_mapping(status: int) -> None:
    assert explain(answer(status, b"")) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x_ratelimit_reset": str(NOW_S + 7), "date": DATE}, 8.0),
        ({"x_ratelimit_reset": str(NOW_S + 7)}, 8.0),
        ({"x_ratelimit_reset": str(NOW_S - 7), "date": DATE}, 1.0),
        ({"x_ratelimit_reset": "soon"}, 11.0),
        ({}, 11.0),
        ({"retry_after": "30"}, 30.0),
    ],
)
@pytest.mark.parametrize("status", [429, 403])
def test_a_limit_is_waited_out_until_the_window_refills_and_a_little(
    status: int, headers: dict[str, str], seconds: float
) -> None:
    said = refused("rate_limit_exceeded", "Exceeded rate limit of 167 in 10_seconds")
    assert explain(answer(status, said, **headers)) == Wait(seconds)


def test_a_limit_told_by_the_vendors_clock_is_not_measured_by_ours() -> None:
    theirs = NOW + timedelta(hours=2)
    told = str(int(theirs.timestamp()) + 4)
    date = "Tue, 15 Sep 2026 11:30:00 GMT"
    assert explain(answer(429, b"", x_ratelimit_reset=told, date=date)) == Wait(5.0)


def test_another_scroll_stops_only_scrolls() -> None:
    assert explain(answer(400, refused("scroll_exists"))) == Wait(61.0, group="scroll")


def test_a_web_page_with_404_says_nothing_about_the_resource() -> None:
    assert explain(answer(404, b"<html><h1>404 Not Found</h1><hr>nginx</html>")) == Wait()


@pytest.mark.parametrize("said", [b"", b"<html>", b"[]", b'"x"', {"errors": "no list"}, {"errors": [3, {"code": 4}]}])
def test_any_key_of_an_error_may_be_missing_or_odd(said: object) -> None:
    found = body(answer(400, said))
    assert sentence(found) == ""
    assert codes(found) == ()
    assert isinstance(explain(answer(400, said)), RequestRefused)


def test_a_long_complaint_is_cut() -> None:
    assert len(sentence({"errors": [{"message": "x" * 5000}]})) == 500


def test_the_request_id_stands_in_the_body_or_in_a_header() -> None:
    assert request_id(answer(404, refused("not_found"))) == "a1b2c3d4e5f6a7b8c9d0"
    assert request_id(answer(200, {}, x_request_id="h-1")) == "h-1"
    assert request_id(answer(404, {**refused("not_found"), "request_id": None})) is None
    assert request_id(answer(502, b"<html>")) is None


@pytest.mark.parametrize(
    ("date", "hours"),
    [("Tue, 15 Sep 2026 11:30:00 GMT", 2), (DATE, 0), ("Tue, 15 Sep 2026 09:30:50 GMT", 0), ("", 0), ("odd", 0)],
)
def test_clocks_are_compared_by_the_date_header(date: str, hours: int) -> None:
    assert skew(answer(200, {}, date=date)) == timedelta(hours=hours)
