"""Every error answer of the facts, by name, to be given on demand whatever the state of the org."""

from __future__ import annotations

import json
from dataclasses import dataclass

from cshub.testing.sandbox import JSON, Response

HTML = "<!DOCTYPE html><html><head><title>Maintenance</title></head><body><h1>We are down for maintenance.</h1></body></html>"
TOO_COMPLICATED = "query is either selecting too many fields or the filter conditions are too complicated."
BAD_CHOICE = "CS Band: bad value for restricted picklist field: purple"
NO_EDIT_RIGHT = (
    "Unable to create/update fields: CS_Health__c. Please check the security settings of this field and verify that it is "
    "read/write for your profile or permission set."
)
UNEXPECTED = (
    "An unexpected error occurred. Please include this ErrorId if you contact support: 1234567890-12345 (-1234567890)"
)
LOCKED = "unable to obtain exclusive access to this record or 1 records: 001WX00000001LUAAY"
LOCKED_IN_TRIGGER = f"AccountTrigger: execution of AfterUpdate caused by: UNABLE_TO_LOCK_ROW, {LOCKED}: []"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorAnswer:
    """An answer: its status and its body, JSON unless it is a text."""

    status: int
    body: JSON

    def response(self) -> Response:
        """The answer as it goes out."""
        if isinstance(self.body, str):
            return _answer(self.status, "text/html; charset=UTF-8", self.body.encode())
        return _answer(self.status, "application/json;charset=UTF-8", json.dumps(self.body).encode())


def _answer(status: int, type: str, body: bytes) -> Response:
    return Response(status=status, headers=(("Content-Type", type),), body=body)


def _listed(status: int, code: str, message: str, *fields: str) -> ErrorAnswer:
    error: dict[str, JSON] = {"message": message, "errorCode": code}
    return ErrorAnswer(status=status, body=[{**error, "fields": [*fields]} if fields else error])


def _oauth(error: str, description: str) -> ErrorAnswer:
    return ErrorAnswer(status=400, body={"error": error, "error_description": description})


_SENTENCES: dict[str, tuple[int, str, str]] = {
    "MALFORMED_QUERY": (400, "MALFORMED_QUERY", "unexpected token: 'FORM'"),
    "INVALID_FIELD": (400, "INVALID_FIELD", "No such column 'CS_Health__c' on entity 'Account'."),
    "INVALID_TYPE": (400, "INVALID_TYPE", "sObject type 'Acount' is not supported."),
    "INVALID_QUERY_LOCATOR": (400, "INVALID_QUERY_LOCATOR", "invalid query locator"),
    "QUERY_TOO_COMPLICATED": (400, "QUERY_TOO_COMPLICATED", TOO_COMPLICATED),
    "QUERY_TIMEOUT": (400, "QUERY_TIMEOUT", "Your query request was running for too long."),
    "INVALID_REPLICATION_DATE": (400, "INVALID_REPLICATION_DATE", "startDate before org replication enabled date"),
    "EXCEEDED_ID_LIMIT": (400, "EXCEEDED_ID_LIMIT", "too many ids: 600000 at most"),
    "MALFORMED_ID": (400, "MALFORMED_ID", "Account ID: id value of incorrect type: 001"),
    "REQUIRED_FIELD_MISSING": (400, "REQUIRED_FIELD_MISSING", "Required fields are missing: [Name]"),
    "STRING_TOO_LONG": (400, "STRING_TOO_LONG", "CS Reasons: data value too large: … (max length=255)"),
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": (400, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", BAD_CHOICE),
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": (400, "FIELD_CUSTOM_VALIDATION_EXCEPTION", "The account is frozen."),
    "DUPLICATES_DETECTED": (400, "DUPLICATES_DETECTED", "Use one of these records?"),
    "DUPLICATE_VALUE": (400, "DUPLICATE_VALUE", "duplicate value found: Tenant__c duplicates value on record with id: 001WX00000001LUAAY"),
    "DUPLICATE_DEVELOPER_NAME": (400, "DUPLICATE_DEVELOPER_NAME", "There is already a field named CS_Health on Account."),
    "INVALID_FIELD_FOR_INSERT_UPDATE": (400, "INVALID_FIELD_FOR_INSERT_UPDATE", NO_EDIT_RIGHT),
    "INVALID_EMAIL_ADDRESS": (400, "INVALID_EMAIL_ADDRESS", "Email: invalid email address: nobody"),
    "JSON_PARSER_ERROR": (400, "JSON_PARSER_ERROR", "Unexpected character ('}' (code 125)) at [line:1, column:2]"),
    "UNABLE_TO_LOCK_ROW": (400, "UNABLE_TO_LOCK_ROW", LOCKED),
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", LOCKED_IN_TRIGGER),
    "ENTITY_IS_DELETED": (404, "ENTITY_IS_DELETED", "entity is deleted"),
    "INVALID_CROSS_REFERENCE_KEY": (404, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id"),
    "INVALID_SESSION_ID": (401, "INVALID_SESSION_ID", "Session expired or invalid"),
    "INVALID_AUTH_HEADER": (401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE"),
    "REQUEST_LIMIT_EXCEEDED": (403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
    "CONCURRENT_REQUESTS": (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests (Concurrent API Requests) Limit exceeded."),
    "CONCURRENT_LONG_TRANSACTIONS": (403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."),
    "INSUFFICIENT_ACCESS": (403, "INSUFFICIENT_ACCESS", "insufficient access rights on object id"),
    "INSUFFICIENT_ACCESS_OR_READONLY": (403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id"),
    "API_DISABLED_FOR_ORG": (403, "API_DISABLED_FOR_ORG", "API is not enabled for this Organization or Partner"),
    "FUNCTIONALITY_NOT_ENABLED": (403, "FUNCTIONALITY_NOT_ENABLED", "This feature is not currently enabled for this user."),
    "NOT_FOUND": (404, "NOT_FOUND", "The requested resource does not exist"),
    "NOT_FOUND_EXTERNAL_ID": (404, "NOT_FOUND", "Provided external ID field does not exist or is not accessible: Tenant__c"),
    "METHOD_NOT_ALLOWED": (405, "METHOD_NOT_ALLOWED", "HTTP Method 'PUT' not allowed. Allowed are GET,POST"),
    "CONFLICT": (409, "API_VERSION_MISMATCH", "the job was made with another API version"),
    "PRECONDITION_FAILED": (412, "PRECONDITION_FAILED", "the record has changed since"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "UNSUPPORTED_MEDIA_TYPE", "Content type is not supported"),
    "PRECONDITION_REQUIRED": (428, "PRECONDITION_REQUIRED", "a conditional header is required"),
    "URI_TOO_LONG": (414, "URI_TOO_LONG", "URI Too Long"),
    "HEADERS_TOO_LARGE": (431, "REQUEST_HEADER_FIELDS_TOO_LARGE", "Request Header Fields Too Large"),
    "RETIRED": (410, "UNSUPPORTED_API_VERSION", "This API version has been retired."),
    "EDGE_420": (420, "SERVER_ERROR", "the edge could not route the request"),
    "UNKNOWN_EXCEPTION": (500, "UNKNOWN_EXCEPTION", UNEXPECTED),
    "BAD_GATEWAY": (502, "SERVER_UNAVAILABLE", "Bad Gateway"),
    "SERVER_UNAVAILABLE": (503, "SERVER_UNAVAILABLE", "Server unavailable"),
    "BULK_JOBS_EXCEEDED": (400, "EXCEEDED_QUOTA", "Max bulk v2 query jobs (10000) per 24 hrs has been reached"),
    "BULK_STORAGE_EXCEEDED": (400, "EXCEEDED_QUOTA", "Max bulk v2 query result size stored (1000000000) kb per 24 hrs has been exceeded"),
    "BULK_COMPOUND": (400, "API_ERROR", "Selecting compound data not supported in Bulk Query"),
    "BULK_UNSUPPORTED": (400, "API_ERROR", "Entity 'CaseStatus' is not supported by the Bulk API."),
}  # fmt: skip

_OTHERS: dict[str, ErrorAnswer] = {
    "SEVERAL_MATCHES": ErrorAnswer(
        status=300,
        body=[f"/services/data/v66.0/sobjects/Contact/{key}" for key in ("003WX00000001LUAAY", "003WX00000001LVAAY")],
    ),
    "not_approved": _oauth("invalid_grant", "user hasn't approved this consumer"),
    "wrong_audience": _oauth("invalid_grant", "audience is invalid"),
    "invalid_assertion": _oauth("invalid_grant", "invalid assertion"),
    "expired_assertion": _oauth("invalid_grant", "expired authorization code"),
    "authentication_failure": _oauth("invalid_grant", "authentication failure"),
    "no_run_as_user": _oauth("invalid_grant", "no client credentials user enabled"),
    "invalid_client": _oauth("invalid_client", "invalid client credentials"),
    "object_503": ErrorAnswer(status=503, body={"message": "Server unavailable", "errorCode": "SERVER_UNAVAILABLE"}),
    "html_503": ErrorAnswer(status=503, body=HTML),
    "html_502": ErrorAnswer(status=502, body=HTML),
    "html_200": ErrorAnswer(status=200, body=HTML),
}

#: By name as `Fault.name` gives it: Salesforce's own code, or what tells it from another with that code.
ERRORS: dict[str, ErrorAnswer] = {name: _listed(*said) for name, said in _SENTENCES.items()} | _OTHERS
