"""What Salesforce's refusals mean: which error, for whom, or how long to wait. Nothing is sent from here.

REST answers errors as a list, OAuth as an object, collections name the code otherwise, and a proxy sends HTML.
See https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/errorcodes.htm.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cshub import (
    JSON,
    Answer,
    CredentialsError,
    PermissionMissing,
    RateLimited,
    RequestRefused,
    VendorError,
    VendorTrouble,
    Wait,
)

#: Salesforce names no time to wait; a request counts as long after twenty seconds, so places become free in seconds.
_BUSY_S = 5.0
_LONGEST = 500
_ERROR_ID = re.compile(r"[0-9]+-[0-9]+ \(-?[0-9]+\)")
_LIMIT = "REQUEST_LIMIT_EXCEEDED"
_LOCK = "UNABLE_TO_LOCK_ROW"
#: Another error may carry the lock's code in its message only, when a trigger of the org met the lock.
_CARRIER = "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY"


class LocatorGone(VendorTrouble):
    """The rest of a query's result is no longer kept: ask again from the place reached."""


class QueryTooHeavy(VendorTrouble):
    """The query ran for too long or is too complicated as it is: ask for less at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One error as Salesforce tells it. `fields` are those it is about."""

    code: str
    message: str
    fields: tuple[str, ...] = ()

    @property
    def is_lock(self) -> bool:
        """Whether somebody else holds a record this moment, directly or inside the org's own automation."""
        return self.code == _LOCK or (self.code == _CARRIER and _LOCK in self.message)

    def __str__(self) -> str:
        line = " ".join(self.message.split())
        line = line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"
        return f"{line} [{self.code}]" if self.code else line


_PERMISSIONS: Mapping[str, str] = {
    "API_DISABLED_FOR_ORG": "the edition has no API, or the user's profile lacks `API Enabled`",
    "API_CURRENTLY_DISABLED": "the API is switched off for this user or this app",
    "FUNCTIONALITY_NOT_ENABLED": "the org does not have this function",
    "INSUFFICIENT_ACCESS": "grant the integration user this right, by a permission set",
    "INSUFFICIENT_ACCESS_OR_READONLY": "grant the integration user this right, by a permission set",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "grant the integration user access to the related record",
    "INSUFFICIENT_FIELD_ACCESS": "grant the integration user the field, by a permission set",
}
_HINTS: Mapping[str, str] = {
    "INVALID_FIELD": "the field is not there or the integration user may not see it; `cshub doctor` compares the mapping",
    "INVALID_TYPE": "the object is not there or the integration user may not see it",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "grant the integration user the right to edit the field",
    "MALFORMED_QUERY": "report it to the connector's author",
    "MALFORMED_ID": "report it to the connector's author",
    "JSON_PARSER_ERROR": "report it to the connector's author",
}
_LOGIN_HINTS: tuple[tuple[str, str], ...] = (
    ("approved", "pre-authorise the user: set the app to admin-approved users and assign it by a permission set"),
    ("no client credentials user", "name a run-as user in the app's client credentials settings"),
    ("audience", "set `audience` to the login host of production or of sandboxes"),
    ("expired", "the JWT came too late: set this machine's time (NTP)"),
    ("client", "check `client_id`, and `client_secret` or the certificate"),
    ("assertion", "check `private_key` against the app's certificate, `client_id`, and this machine's time (NTP)"),
)
#: OAuth's words for what passes by itself; a refusal, in contrast, is remembered and not asked for again.
_LOGIN_PASSES = frozenset({"rate_limit_exceeded", "server_error", "temporarily_unavailable", "unknown_error"})
_STATUS_HINTS: Mapping[int, str] = {
    405: "report it to the connector's author",
    409: "the job was begun with another API version",
    410: "this API version is retired: set `api` to a newer one",
    414: "too many fields in one request: report it to the connector's author",
    431: "too many fields in one request: report it to the connector's author",
}


def explain(answer: Answer) -> VendorError | Wait | None:
    """The error this answer is, or how long to wait; None leaves it to the usual mapping (5xx: back off and try again)."""
    status = answer.status
    if status >= 500 or status in (408, 429):
        return None
    if status == 420:
        return Wait()
    if 301 <= status < 400:
        return None
    said = body(answer)
    if isinstance(said, dict) and isinstance(said.get("error"), str):
        return _login(word(said, "error"), word(said, "error_description"), status)
    found = complaints(answer)
    return _refused(found[0] if found else Complaint(code="", message=answer.excerpt()), answer)


def request_id(answer: Answer) -> str | None:
    """The error id that Salesforce puts into the message of an unexpected error, which its support asks for; it gives no other."""
    if answer.status < 500:
        return None
    ids = (found[0] for each in complaints(answer) if (found := _ERROR_ID.search(each.message)))
    return next(ids, None)


def complaints(answer: Answer) -> list[Complaint]:
    """The errors in this answer, in whichever form; none for HTML and the like."""
    return list(complaints_in(body(answer)))


def complaints_in(said: JSON) -> Iterator[Complaint]:
    """The errors in a part of an answer: a list, one object, or a collection's `errors`."""
    for each in said if isinstance(said, list) else [said]:
        if isinstance(each, dict) and (word(each, "errorCode") or word(each, "statusCode") or word(each, "message")):
            fields = each.get("fields")
            yield Complaint(
                code=word(each, "errorCode") or word(each, "statusCode"),
                message=word(each, "message"),
                fields=tuple(map(str, fields)) if isinstance(fields, list) else (),
            )


def body(answer: Answer) -> JSON:
    """The body of an error, None when it is not even JSON."""
    try:
        found: JSON = json.loads(answer.content)
    except (ValueError, RecursionError):
        return None
    return found


def word(said: Mapping[str, JSON], key: str) -> str:
    """A text of an answer's part, empty where it is missing or something else."""
    value = said.get(key)
    return value if isinstance(value, str) else ""


def _login(code: str, description: str, status: int) -> VendorError | Wait:
    """OAuth's refusals: whoever owns the app must act, whatever the status."""
    if code in _LOGIN_PASSES or "rate exceeded" in description:
        return Wait(_BUSY_S)
    hint = next((hint for part, hint in _LOGIN_HINTS if part in description), "check the app and its credentials")
    return CredentialsError(f"{description or code} [{code}]", hint=hint, status=status)


def _refused(said: Complaint, answer: Answer) -> VendorError | Wait:
    code, status = said.code, answer.status
    if code == _LIMIT:
        return _limited(said, answer)
    if said.is_lock:
        return Wait()
    if code == "INVALID_QUERY_LOCATOR":
        return LocatorGone(str(said), hint="a later run tries again")
    if code in ("QUERY_TIMEOUT", "QUERY_TOO_COMPLICATED"):
        return QueryTooHeavy(str(said), hint="map fewer calculated fields, or try again at a quieter time")
    if code == "SERVER_UNAVAILABLE":
        return Wait()
    if status == 401:
        return CredentialsError(str(said) or "Salesforce does not know this session", hint="check the app and its user")
    if status == 403 or code in _PERMISSIONS:
        hint = _PERMISSIONS.get(code, "grant the integration user this right, by a permission set")
        return PermissionMissing(str(said) or "Salesforce refuses access", hint=hint)
    message = str(said) or f"Salesforce refuses this request: {answer.excerpt() or 'no body'}"
    return RequestRefused(message, hint=_HINTS.get(code) or _STATUS_HINTS.get(status))


def _limited(said: Complaint, answer: Answer) -> VendorError | Wait:
    """One code for two things: too many long requests at once, which passes in seconds, and the calls of 24 hours used up."""
    told = answer.retry_after_s
    if told is not None or "Concurrent" in said.message:
        return Wait(_BUSY_S if told is None else told)
    return RateLimited(
        f"the org's API calls of 24 hours are used up: {said}",
        hint="they come back hour by hour; the next run goes on where this one stopped",
    )
