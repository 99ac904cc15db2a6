"""Every error of the facts is the error of whoever can do something about it, or a wait."""

from __future__ import annotations

import json

import pytest

from cshub import Answer, CredentialsError, PermissionMissing, RateLimited, RequestRefused, VendorError, Wait
from cshub_salesforce.explain import (
    Complaint,
    LocatorGone,
    QueryTooHeavy,
    complaints,
    complaints_in,
    explain,
    request_id,
)


def answer(status: int, said: object = None, **headers: str) -> Answer:
    content = said if isinstance(said, bytes) else json.dumps(said).encode()
    return Answer(
        status, {key.replace("_", "-"): value for key, value in headers.items()}, content, "/x", "accounts query"
    )


def rest(code: str, message: str = "…") -> list[dict[str, str]]:
    return [{"message": message, "errorCode": code}]


def oauth(error: str, description: str = "") -> dict[str, str]:
    return {"error": error, "error_description": description}


HTML = b"<html><body>Down for maintenance</body></html>"
ERRORS = [
    # status, body, error
    (300, ["/services/data/v66.0/sobjects/Account/1", "/services/data/v66.0/sobjects/Account/2"], RequestRefused),
    (400, rest("MALFORMED_QUERY"), RequestRefused),
    (400, rest("INVALID_FIELD", "No such column 'X__c' on entity 'Account'."), RequestRefused),
    (400, rest("INVALID_TYPE", "sObject type 'Nope' is not supported."), RequestRefused),
    (400, rest("MALFORMED_ID"), RequestRefused),
    (400, rest("REQUIRED_FIELD_MISSING"), RequestRefused),
    (400, rest("FIELD_CUSTOM_VALIDATION_EXCEPTION"), RequestRefused),
    (400, rest("DUPLICATES_DETECTED"), RequestRefused),
    (400, rest("INVALID_FIELD_FOR_INSERT_UPDATE"), RequestRefused),
    (400, rest("INVALID_EMAIL_ADDRESS"), RequestRefused),
    (400, rest("JSON_PARSER_ERROR"), RequestRefused),
    (400, rest("STRING_TOO_LONG"), RequestRefused),
    (400, rest("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"), RequestRefused),
    (400, rest("INVALID_REPLICATION_DATE"), RequestRefused),
    (400, rest("EXCEEDED_ID_LIMIT"), RequestRefused),
    (400, rest("DUPLICATE_DEVELOPER_NAME"), RequestRefused),
    (400, rest("INVALID_QUERY_LOCATOR"), LocatorGone),
    (400, rest("QUERY_TIMEOUT", "Your query request was running for too long."), QueryTooHeavy),
    (400, rest("QUERY_TOO_COMPLICATED"), QueryTooHeavy),
    (400, oauth("invalid_grant", "user hasn't approved this consumer"), CredentialsError),
    (400, oauth("invalid_grant", "audience is invalid"), CredentialsError),
    (400, oauth("invalid_grant", "invalid assertion"), CredentialsError),
    (400, oauth("invalid_grant", "expired authorization code"), CredentialsError),
    (400, oauth("invalid_grant", "authentication failure"), CredentialsError),
    (400, oauth("invalid_grant", "no client credentials user enabled"), CredentialsError),
    (400, oauth("invalid_client_id", "client identifier invalid"), CredentialsError),
    (401, oauth("invalid_client"), CredentialsError),
    (401, rest("INVALID_SESSION_ID", "Session expired or invalid"), CredentialsError),
    (401, rest("INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"), CredentialsError),
    (401, HTML, CredentialsError),
    (403, rest("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), RateLimited),
    (403, rest("INSUFFICIENT_ACCESS_OR_READONLY"), PermissionMissing),
    (403, rest("API_DISABLED_FOR_ORG"), PermissionMissing),
    (403, rest("FUNCTIONALITY_NOT_ENABLED"), PermissionMissing),
    (400, rest("INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"), PermissionMissing),
    (403, HTML, PermissionMissing),
    (404, rest("NOT_FOUND", "The requested resource does not exist"), RequestRefused),
    (404, rest("NOT_FOUND", "Provided external ID field does not exist or is not accessible: X__c"), RequestRefused),
    (404, rest("ENTITY_IS_DELETED", "entity is deleted"), RequestRefused),
    (404, rest("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"), RequestRefused),
    (404, HTML, RequestRefused),
    (405, rest("METHOD_NOT_ALLOWED"), RequestRefused),
    (409, rest("INVALIDJOB"), RequestRefused),
    (410, rest("UNSUPPORTED_API_VERSION"), RequestRefused),
    (412, None, RequestRefused),
    (414, HTML, RequestRefused),
    (415, rest("UNSUPPORTED_MEDIA_TYPE"), RequestRefused),
    (428, None, RequestRefused),
    (431, b"", RequestRefused),
]


@pytest.mark.parametrize(("status", "said", "error"), ERRORS)
def test_a_refusal_is_the_error_of_whoever_can_act(status: int, said: object, error: type[VendorError]) -> None:
    found = explain(answer(status, said))
    assert type(found) is error
    assert found.message


WAITS = [
    (400, rest("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"), Wait()),
    (400, rest("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "MyTrigger: UNABLE_TO_LOCK_ROW, unable to …"), Wait()),
    (403, rest("REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."), Wait(5.0)),
    (403, rest("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."), Wait(5.0)),
    (420, None, Wait()),
    (400, oauth("rate_limit_exceeded", "number of login attempts exceeded"), Wait(5.0)),
    (400, oauth("invalid_grant", "login rate exceeded"), Wait(5.0)),
    (400, oauth("unknown_error", "retry your request"), Wait(5.0)),
]


@pytest.mark.parametrize(("status", "said", "wait"), WAITS)
def test_what_passes_is_waited_out(status: int, said: object, wait: Wait) -> None:
    assert explain(answer(status, said)) == wait


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (500, rest("UNKNOWN_EXCEPTION")),
        (502, HTML),
        (503, rest("SERVER_UNAVAILABLE")),
        (503, {"message": "x"}),
        (429, b""),
    ],
)
def test_the_vendors_own_trouble_is_left_to_the_usual_mapping(status: int, said: object) -> None:
    assert explain(answer(status, said)) is None


def test_a_time_to_come_back_is_kept_where_one_is_named() -> None:
    assert explain(answer(403, rest("REQUEST_LIMIT_EXCEEDED", "Concurrent"), retry_after="7")) == Wait(7.0)


def test_an_automation_that_fails_for_another_reason_is_no_lock() -> None:
    said = rest("CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "MyTrigger: execution of BeforeUpdate")
    assert isinstance(explain(answer(400, said)), RequestRefused)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (oauth("invalid_grant", "user hasn't approved this consumer"), "admin-approved"),
        (oauth("invalid_grant", "no client credentials user enabled"), "run-as user"),
        (oauth("invalid_grant", "audience is invalid"), "`audience`"),
        (oauth("invalid_grant", "invalid assertion"), "private_key"),
        (oauth("invalid_grant", "expired authorization code"), "NTP"),
    ],
)
def test_a_refused_login_says_what_to_do(said: object, words: str) -> None:
    assert words in str(explain(answer(400, said)))


def test_an_unexpected_error_carries_salesforces_own_id() -> None:
    message = "An unexpected error occurred. Please include this ErrorId: 1094381590-193 (-2040218450)"
    assert request_id(answer(500, rest("UNKNOWN_EXCEPTION", message))) == "1094381590-193 (-2040218450)"
    assert request_id(answer(400, rest("X", message))) is None
    assert request_id(answer(503, HTML)) is None


FORMS = [
    (rest("A", "b"), [Complaint(code="A", message="b")]),
    ({"message": "b", "errorCode": "A"}, [Complaint(code="A", message="b")]),
    ([{"statusCode": "A", "message": "b", "fields": ["X__c"]}], [Complaint(code="A", message="b", fields=("X__c",))]),
    ("text", []),
    (None, []),
    ([None, 7, {}], []),
]


@pytest.mark.parametrize(("said", "expected"), FORMS)
def test_each_form_of_an_error_is_read(said: object, expected: list[Complaint]) -> None:
    assert complaints(answer(400, said)) == expected
    assert list(complaints_in(said)) == expected  # type: ignore[arg-type]  # test input as JSON


def test_a_long_message_is_cut_to_one_line() -> None:
    assert len(str(Complaint(code="", message="x\n" * 4_000))) == 500
