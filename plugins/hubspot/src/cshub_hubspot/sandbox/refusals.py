"""HubSpot's error answers, as exceptions that a handler raises and the front turns into a response."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cshub.testing.sandbox import JSON


@dataclass(slots=True)
class Refused(Exception):
    """One error answer. `extra` are further keys of the body, `without` those left out, of which any may be; `headers` go out with it.

    `page` is a body that is no JSON.
    """

    status: int
    message: str
    category: str = "VALIDATION_ERROR"
    extra: Mapping[str, JSON] = field(default_factory=dict)
    headers: tuple[tuple[str, str], ...] = ()
    without: tuple[str, ...] = ()
    page: str | None = None

    def body(self, correlation_id: str, *, recorded: bool) -> dict[str, JSON]:
        """The body as HubSpot writes it; recorded answers to a ten-secondly limit carry no category."""
        body: dict[str, JSON] = {"status": "error", "message": self.message, "correlationId": correlation_id}
        if not (recorded and "errorType" in self.extra):
            body["category"] = self.category
        return {key: value for key, value in (body | dict(self.extra)).items() if key not in self.without}


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueProblem:
    """One value HubSpot does not take: the property, HubSpot's code and the sentence."""

    name: str
    code: str
    message: str

    def as_json(self) -> dict[str, JSON]:
        """The problem as it stands inside the message text."""
        return {
            "isValid": False,
            "message": self.message,
            "error": self.code,
            "name": self.name,
            "localizedErrorMessage": self.message,
        }


def invalid_values(problems: Sequence[ValueProblem]) -> Refused:
    """400: the list of problems is JSON inside the message text."""
    listed = json.dumps([problem.as_json() for problem in problems], separators=(",", ":"))
    return Refused(400, f"Property values were not valid: {listed}")


def invalid_json() -> Refused:
    """400: the body cannot be read."""
    return Refused(400, "Invalid input JSON on line 1, column 1")


def bad_request(message: str) -> Refused:
    """400 with a sentence."""
    return Refused(400, message)


def not_found(record_id: str = "") -> Refused:
    """404: no such record."""
    context: dict[str, JSON] = {"context": {"id": [record_id]}} if record_id else {}
    return Refused(404, "resource not found", "OBJECT_NOT_FOUND", context)


def conflict(message: str, *, category: str = "CONFLICT") -> Refused:
    """409: something of that name or e-mail address exists."""
    return Refused(409, message, category)


def unauthorized(*, expired: bool = False) -> Refused:
    """401: no token, a wrong one, or an old one."""
    if expired:
        return Refused(401, "The OAuth token used to make this call expired.", "EXPIRED_AUTHENTICATION")
    text = (
        "Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details "
        "at https://developers.hubspot.com/docs/methods/auth/oauth-overview"
    )
    return Refused(401, text, "INVALID_AUTHENTICATION")


def missing_scopes(scopes: Sequence[str]) -> Refused:
    """403: the token lacks a right."""
    detail: dict[str, JSON] = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": list(scopes)},
    }
    text = "This app hasn't been granted all required scopes to make this call. Read more about required scopes here: "
    link = "https://developers.hubspot.com/scopes"
    return Refused(403, text + link, "MISSING_SCOPES", {"links": {"scopes": link}, "errors": [detail]})


def search_limit() -> Refused:
    """429 of the search: no policy, no Retry-After, no rate headers."""
    return Refused(429, "You have reached your secondly limit.", "RATE_LIMITS")


def rate_limit(policy: str = "TEN_SECONDLY_ROLLING", retry_after: str | None = None) -> Refused:
    """429 of everything else."""
    headers = (("Retry-After", retry_after),) if retry_after else ()
    extra: dict[str, JSON] = {"errorType": "RATE_LIMIT", "policyName": policy}
    return Refused(429, f"You have reached your {policy.lower()} limit.", "RATE_LIMITS", extra, headers)
