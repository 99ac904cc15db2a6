"""Every error Salesforce is known to give, said by its double, is the error of whoever can act on it, or is waited out."""

from __future__ import annotations

import httpx
import pytest

from cshub import (
    AnswerError,
    ConfigError,
    CredentialsError,
    PermissionMissing,
    RateLimited,
    RequestRefused,
    VendorError,
    VendorTrouble,
)
from cshub_salesforce.explain import LocatorGone, QueryTooHeavy
from cshub_salesforce.sandbox import ERRORS

from .conftest import Desk, Reader, strike

LOGIN = "*/oauth2/token"
#: An error of a call that Salesforce gives for good, and a word of what is said.
FINAL: dict[str, tuple[type[VendorError], str]] = {
    **{
        name: (RequestRefused, f"[{name}]")
        for name in (
            *("MALFORMED_QUERY", "INVALID_FIELD", "INVALID_TYPE", "INVALID_REPLICATION_DATE", "EXCEEDED_ID_LIMIT"),
            *("MALFORMED_ID", "REQUIRED_FIELD_MISSING", "STRING_TOO_LONG", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
            *("FIELD_CUSTOM_VALIDATION_EXCEPTION", "DUPLICATES_DETECTED", "DUPLICATE_VALUE"),
            *("DUPLICATE_DEVELOPER_NAME", "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_EMAIL_ADDRESS"),
            *("JSON_PARSER_ERROR", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND"),
            *("METHOD_NOT_ALLOWED", "PRECONDITION_FAILED", "UNSUPPORTED_MEDIA_TYPE", "PRECONDITION_REQUIRED"),
            "URI_TOO_LONG",
        )
    },
    "NOT_FOUND_EXTERNAL_ID": (RequestRefused, "Tenant__c"),
    "CONFLICT": (RequestRefused, "another API version"),
    "HEADERS_TOO_LARGE": (RequestRefused, "Too Large"),
    "RETIRED": (RequestRefused, "set `api` to a newer one"),
    "SEVERAL_MATCHES": (RequestRefused, "003WX00000001LUAAY"),
    "BULK_JOBS_EXCEEDED": (RequestRefused, "10000"),
    "BULK_STORAGE_EXCEEDED": (RequestRefused, "1000000000"),
    "BULK_COMPOUND": (RequestRefused, "compound"),
    "BULK_UNSUPPORTED": (RequestRefused, "not supported by the Bulk API"),
    "INVALID_QUERY_LOCATOR": (LocatorGone, "invalid query locator"),
    "QUERY_TIMEOUT": (QueryTooHeavy, "too long"),
    "QUERY_TOO_COMPLICATED": (QueryTooHeavy, "too complicated"),
    "INVALID_SESSION_ID": (CredentialsError, "Session expired or invalid"),
    "INVALID_AUTH_HEADER": (CredentialsError, "INVALID_HEADER_TYPE"),
    "INSUFFICIENT_ACCESS": (PermissionMissing, "insufficient access rights"),
    "INSUFFICIENT_ACCESS_OR_READONLY": (PermissionMissing, "insufficient access rights"),
    "API_DISABLED_FOR_ORG": (PermissionMissing, "API Enabled"),
    "FUNCTIONALITY_NOT_ENABLED": (PermissionMissing, "does not have this function"),
    "REQUEST_LIMIT_EXCEEDED": (RateLimited, "calls of 24 hours are used up"),
    "html_200": (AnswerError, "<!DOCTYPE html>"),
}
#: What a login is told, with what to do about it.
OF_LOGIN: dict[str, str] = {
    "not_approved": "pre-authorise the user",
    "wrong_audience": "set `audience`",
    "invalid_assertion": "check `private_key`",
    "expired_assertion": "time (NTP)",
    "authentication_failure": "check the app and its credentials",
    "no_run_as_user": "name a run-as user",
    "invalid_client": "check `client_id`, and `client_secret`",
}
#: What passes by itself: how long is waited at least before the same request is sent again, and at most.
PASSING: dict[str, tuple[float, float]] = {
    "CONCURRENT_REQUESTS": (5, 5),
    "CONCURRENT_LONG_TRANSACTIONS": (5, 5),
    "UNABLE_TO_LOCK_ROW": (0.1, 60),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": (0.1, 60),
    "EDGE_420": (0.1, 60),
    **{name: (0.1, 60) for name, error in ERRORS.items() if error.status >= 500},
}
ERROR_ID = "1234567890-12345 (-1234567890)"


def ask(desk: Desk) -> object:
    """One call of a kind that nothing makes allowance for."""
    return desk.connect()._api.query("SELECT Id FROM Account", deleted=True).object()


def test_the_tables_know_every_error() -> None:
    assert FINAL.keys() | OF_LOGIN.keys() | PASSING.keys() == ERRORS.keys()
    assert len(FINAL) + len(OF_LOGIN) + len(PASSING) == len(ERRORS)


@pytest.mark.parametrize("name", sorted(FINAL))
def test_an_error_for_good_is_of_whoever_can_act(desk: Desk, name: str) -> None:
    kind, words = FINAL[name]
    strike(desk, name)
    with pytest.raises(VendorError) as caught:
        ask(desk)
    assert type(caught.value) is kind
    assert words in f"{caught.value} {caught.value.hint}"
    assert "crm: query" in str(caught.value)
    assert caught.value.status == ERRORS[name].status
    assert caught.value.request_id is None, "Salesforce names none with these"


@pytest.mark.parametrize("name", sorted(OF_LOGIN))
def test_a_refused_login_says_what_to_do(desk: Desk, name: str) -> None:
    strike(desk, name, on=LOGIN)
    with pytest.raises(CredentialsError) as caught:
        ask(desk)
    body = ERRORS[name].body
    assert isinstance(body, dict)
    assert str(body["error_description"]) in str(caught.value)
    assert OF_LOGIN[name] in str(caught.value)
    assert len(desk.org.requests) == 1, "a refusal is not asked for again"


@pytest.mark.parametrize("on", ["*/queryAll", LOGIN])
@pytest.mark.parametrize("name", sorted(PASSING))
def test_what_passes_is_waited_out(desk: Desk, name: str, on: str) -> None:
    least, most = PASSING[name]
    strike(desk, name, on=on, times=1)
    assert ask(desk)
    assert least <= desk.clock.waited_s <= most


@pytest.mark.parametrize("on", ["*/queryAll", LOGIN])
@pytest.mark.parametrize("name", sorted(PASSING))
def test_what_does_not_pass_is_nobodys_fault_for_now(desk: Desk, name: str, on: str) -> None:
    strike(desk, name, on=on)
    with pytest.raises(VendorTrouble) as caught:
        ask(desk)
    assert caught.value.status == ERRORS[name].status
    assert caught.value.request_id == (ERROR_ID if name == "UNKNOWN_EXCEPTION" else None)


def test_the_error_id_is_shown_to_people(desk: Desk) -> None:
    strike(desk, "UNKNOWN_EXCEPTION")
    with pytest.raises(VendorTrouble, match=r"vendor request 1234567890-12345 \(-1234567890\)"):
        ask(desk)


@pytest.mark.parametrize("stream", ["accounts", "contacts", "deals", "tickets", "events", "owners"])
def test_a_stream_that_may_not_be_read_stops_alone(desk: Desk, stream: str) -> None:
    sobject = {"accounts": "Account", "contacts": "Contact", "deals": "Opportunity", "tickets": "Case"}
    sobject |= {"events": "Task", "owners": "User"}
    desk.org.switch(hidden_objects=frozenset({sobject[stream]}))
    for each in sobject:
        reader = Reader(desk, each)
        if each != stream:
            reader.pull()
            continue
        with pytest.raises(PermissionMissing) as caught:
            reader.pull()
        assert caught.value.scopes == (f"{sobject[stream]}: read",)


def test_a_name_that_is_no_error_is_a_mistake_of_the_test(desk: Desk) -> None:
    strike(desk, "teapot")
    with httpx.Client(transport=httpx.WSGITransport(app=desk.org.sandbox)) as client, pytest.raises(ConfigError):
        client.get("https://acme.my.salesforce.com/services/data/v66.0/queryAll")
