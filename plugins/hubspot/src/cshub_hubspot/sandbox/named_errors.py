"""Every error HubSpot is known to give, by name, for a fault to say on demand."""

from __future__ import annotations

from cshub.testing.sandbox import JSON

from .refusals import (
    Refused,
    ValueProblem,
    bad_request,
    conflict,
    invalid_json,
    invalid_values,
    missing_scopes,
    not_found,
    rate_limit,
    search_limit,
    unauthorized,
)

#: What stands before HubSpot's own machines answers without JSON.
_PAGE = "<!DOCTYPE html><html><head><title>{0}</title></head><body><h1>Error {0}</h1></body></html>"
_UNKNOWN_PROPERTY = ValueProblem(
    name="nosuch", code="PROPERTY_DOESNT_EXIST", message='Property "nosuch" does not exist'
)
_REFRESH: dict[str, JSON] = {
    "status": "BAD_REFRESH_TOKEN",
    "error": "invalid_grant",
    "error_description": "missing or invalid refresh token",
}


def _edge(status: int) -> Refused:
    return Refused(status, "", page=_PAGE.format(status))


ERRORS: dict[str, Refused] = {
    "validation_error": bad_request("Invalid input: limit must be at most 100"),
    "unknown_property": invalid_values([_UNKNOWN_PROPERTY]),
    "invalid_json": Refused(400, invalid_json().message, without=("category",)),
    "duplicate_ids": bad_request("Duplicate IDs found in batch input: [1]. IDs must be unique"),
    "beyond_10000": bad_request("The after parameter and limit must not exceed 10000 together"),
    "bad_refresh_token": Refused(400, "missing or invalid refresh token", "BAD_REFRESH_TOKEN", _REFRESH),
    "invalid_authentication": unauthorized(),
    "expired_authentication": unauthorized(expired=True),
    "missing_scopes": missing_scopes(["crm.objects.companies.read"]),
    "account_permission": Refused(403, "This account does not have access to this feature", without=("category",)),
    "object_not_found": not_found("1"),
    "wrong_path": Refused(404, "", page=""),
    "contact_exists": conflict("Contact already exists. Existing ID: 123"),
    "property_exists": conflict("A property named 'x' already exists.", category="OBJECT_ALREADY_EXISTS"),
    "uri_too_long": Refused(414, "Request-URI Too Long", "URI_TOO_LONG"),
    "locked": Refused(423, "This record is locked by another operation", "LOCKED"),
    "search_limit": search_limit(),
    "ten_secondly_limit": rate_limit(),
    "secondly_limit": rate_limit("SECONDLY"),
    "daily_limit": rate_limit("DAILY"),
    "limit_with_retry_after": rate_limit(retry_after="3"),
    "moving_region": Refused(477, "The account is moving to another data region", headers=(("Retry-After", "20"),)),
    "internal_error": Refused(500, "internal error", "INTERNAL_ERROR"),
    "nothing_said": Refused(500, "", without=("status", "message", "category", "correlationId")),
    **{f"edge_{status}": _edge(status) for status in (502, 503, 504, 521, 522, 523, 524, 525, 526)},
}
