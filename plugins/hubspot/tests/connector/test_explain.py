"""Every refusal of HubSpot is the error of whoever can do something about it, or a wait of the right length."""

from __future__ import annotations

import json

import pytest

from cshub import Answer, CredentialsError, PermissionMissing, RateLimited, RequestRefused, Wait
from cshub_hubspot.explain import body, explain, request_id, sentence


def answer(status: int, said: object = None, **headers: str) -> Answer:
    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    return Answer(
        status, {key.replace("_", "-"): value for key, value in headers.items()}, content, "/x", "companies list"
    )


SECONDLY = {
    "status": "error",
    "message": "You have reached your secondly limit.",
    "category": "RATE_LIMITS",
    "correlationId": "c",
}
ROLLING = {"status": "error", "message": "…", "errorType": "RATE_LIMIT", "policyName": "TEN_SECONDLY_ROLLING"}
DAILY = {
    "status": "error",
    "message": "You have reached your daily limit.",
    "policyName": "DAILY",
    "correlationId": "c-7",
}


@pytest.mark.parametrize(
    ("found", "seconds"),
    [
        (answer(429, SECONDLY), 1.0),
        (answer(429, ROLLING), 10.0),
        (answer(429, ROLLING, retry_after="3"), 3.0),
        (answer(429, b""), 1.0),
        (answer(423, {}), 2.0),
        (answer(423, {}, retry_after="9"), 9.0),
        (answer(423, {}, retry_after="0"), 2.0),
        (answer(477, {}, retry_after="86400"), 86400.0),
        (answer(477, b"<html>"), 60.0),
    ],
)
def test_limits_locks_and_moves_are_waited_out(found: Answer, seconds: float) -> None:
    assert explain(found) == Wait(seconds)


def test_the_limit_of_the_day_is_not_waited_out() -> None:
    error = explain(answer(429, DAILY, retry_after="3600"))
    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 3600.0
    assert "midnight" in (error.hint or "")


@pytest.mark.parametrize(
    ("status", "said", "kind", "words"),
    [
        (
            401,
            {"category": "INVALID_AUTHENTICATION", "message": "Authentication credentials not found."},
            CredentialsError,
            "does not know",
        ),
        (401, {"category": "EXPIRED_AUTHENTICATION", "message": "expired"}, CredentialsError, "has expired"),
        (403, {"category": "MISSING_SCOPES", "message": "scopes"}, PermissionMissing, "scopes"),
        (400, {"category": "VALIDATION_ERROR", "message": "limit too high"}, RequestRefused, "limit too high"),
        (400, {"message": "Invalid input JSON"}, RequestRefused, "Invalid input JSON"),
        (404, b"<html>not found</html>", RequestRefused, "not found"),
        (409, {"category": "CONFLICT", "message": "Property exists"}, RequestRefused, "Property exists"),
        (414, b"", RequestRefused, "URL is too long"),
    ],
)
def test_a_refusal_is_the_error_of_who_must_act(status: int, said: object, kind: type[Exception], words: str) -> None:
    error = explain(answer(status, said))
    assert type(error) is kind
    assert words in str(error)


def test_missing_scopes_are_named() -> None:
    context = {"requiredGranularScopes": ["crm.objects.deals.read", "crm.schemas.deals.read"]}
    said = {
        "category": "MISSING_SCOPES",
        "message": "no",
        "errors": [{"message": "one or more", "context": context}],
        "correlationId": "c-1",
    }
    error = explain(answer(403, said))
    assert isinstance(error, PermissionMissing)
    assert error.scopes == ("crm.objects.deals.read", "crm.schemas.deals.read")
    assert "grant crm.objects.deals.read, crm.schemas.deals.read" in (error.hint or "")


@pytest.mark.parametrize("status", [302, 408, 500, 502, 503, 504, 521, 523, 524])
def test_the_rest_is_left_to_the_usual_mapping(status: int) -> None:
    assert explain(answer(status, b"")) is None


@pytest.mark.parametrize("said", [b"", b"<html>", b"[]", b'"x"', {"errors": "no list"}, {"errors": [3], "message": 4}])
def test_any_key_of_an_error_may_be_missing_or_odd(said: object) -> None:
    assert sentence(body(answer(400, said))) == ""


def test_a_long_complaint_is_cut() -> None:
    assert len(sentence({"message": "x" * 5000})) == 500


def test_the_request_id_stands_in_the_header_or_in_the_body() -> None:
    assert request_id(answer(200, {}, x_hubspot_correlation_id="h-1")) == "h-1"
    assert request_id(answer(429, DAILY)) == "c-7"
    assert request_id(answer(502, b"<html>")) is None
