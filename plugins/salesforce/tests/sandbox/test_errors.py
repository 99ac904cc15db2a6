"""Every error of the facts can be asked for, whatever the state of the org."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Fault, FaultKind, Sandbox
from cshub_salesforce.sandbox import ERRORS, Salesforce

from .conftest import HOST, refusal

#: The codes and statuses that the facts name.
NAMED = {
    "MALFORMED_QUERY", "INVALID_FIELD", "INVALID_TYPE", "MALFORMED_ID", "REQUIRED_FIELD_MISSING",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION", "DUPLICATES_DETECTED", "INVALID_FIELD_FOR_INSERT_UPDATE", "INVALID_EMAIL_ADDRESS",
    "JSON_PARSER_ERROR", "UNABLE_TO_LOCK_ROW", "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", "QUERY_TIMEOUT",
    "INVALID_SESSION_ID", "INVALID_AUTH_HEADER", "NOT_FOUND", "ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY",
    "REQUEST_LIMIT_EXCEEDED", "API_DISABLED_FOR_ORG", "FUNCTIONALITY_NOT_ENABLED", "UNKNOWN_EXCEPTION",
    "SERVER_UNAVAILABLE", "INVALID_QUERY_LOCATOR", "QUERY_TOO_COMPLICATED", "INVALID_REPLICATION_DATE",
    "EXCEEDED_ID_LIMIT", "STRING_TOO_LONG", "DUPLICATE_DEVELOPER_NAME", "object_503", "html_503",
}  # fmt: skip
STATUSES = {300, 400, 401, 403, 404, 405, 409, 410, 412, 414, 415, 420, 428, 431, 500, 502, 503}


@pytest.mark.parametrize("name", sorted(ERRORS))
def test_it_is_given_by_its_name(sandbox: Sandbox[Salesforce], client: httpx.Client, name: str) -> None:
    sandbox.faults.add(Fault(kind=FaultKind.NAMED, name=name, times=1))
    answer = client.get("/limits")
    wanted = ERRORS[name]
    assert answer.status_code == wanted.status
    assert (answer.text if isinstance(wanted.body, str) else answer.json()) == wanted.body
    assert "Sforce-Limit-Info" in answer.headers
    assert client.get("/limits").status_code == 200


def test_every_error_of_the_facts_is_there() -> None:
    assert ERRORS.keys() >= NAMED
    assert {answer.status for answer in ERRORS.values()} >= STATUSES


def test_generic_kinds_are_said_in_salesforces_words(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    def struck(kind: FaultKind, path: str = "/limits", **more: object) -> httpx.Response:
        sandbox.faults.clear()
        sandbox.faults.add(Fault(kind=kind, times=1, **more))
        return client.get(path) if path == "/limits" else client.post(HOST + path, data={})

    assert refusal(struck(FaultKind.RATE_LIMITED))[:2] == (403, "REQUEST_LIMIT_EXCEEDED")
    assert struck(FaultKind.RATE_LIMITED, retry_after="7").headers["Retry-After"] == "7"
    assert "Retry-After" not in struck(FaultKind.RATE_LIMITED).headers
    assert refusal(struck(FaultKind.SERVER_ERROR))[:2] == (503, "SERVER_UNAVAILABLE")
    assert struck(FaultKind.SERVER_ERROR, status=500).status_code == 500
    assert refusal(struck(FaultKind.UNAUTHORIZED))[:2] == (401, "INVALID_SESSION_ID")
    assert refusal(struck(FaultKind.MISSING_SCOPE))[:2] == (403, "INSUFFICIENT_ACCESS")
    login = struck(FaultKind.UNAUTHORIZED, "/services/oauth2/token")
    assert (login.status_code, login.json()["error"]) == (400, "invalid_grant")
    # The login itself knows no missing right: this one fails for its form alone.
    login = struck(FaultKind.MISSING_SCOPE, "/services/oauth2/token")
    assert login.json()["error"] == "unsupported_grant_type"
