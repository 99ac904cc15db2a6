"""What HubSpot's refusals mean: which error, for whom, or how long to wait. Nothing is sent from here.

See https://developers.hubspot.com/docs/api-reference/error-handling and
https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from cshub import (
    JSON,
    Answer,
    CredentialsError,
    PermissionMissing,
    RateLimited,
    RequestRefused,
    VendorError,
    Wait,
)

#: A locked record (423) is free again after some seconds; a move to another data region (477) takes up to a day.
_LOCKED_S = 2.0
_MOVING_S = 60.0
_SCOPES = ("requiredGranularScopes", "requiredScopes")
_LONGEST = 500


def explain(answer: Answer) -> VendorError | Wait | None:
    """The error this answer is, or how long to wait; None leaves it to the usual mapping (5xx: back off and try again)."""
    status = answer.status
    if status == 423:
        return Wait(max(_LOCKED_S, answer.retry_after_s or 0.0))
    if status == 429:
        return _limited(answer)
    if status == 477:
        return Wait(answer.retry_after_s or _MOVING_S)
    if 400 <= status < 500 and status not in (408, 425):
        return _refused(answer)
    return None


def request_id(answer: Answer) -> str | None:
    """HubSpot's own id of a request, which its support asks for: in a header, and in the body of an error."""
    found = answer.headers.get("x-hubspot-correlation-id")
    return found or (word(body(answer), "correlationId") if answer.status >= 400 else None) or None


def body(answer: Answer) -> dict[str, JSON]:
    """The body of an error, empty when it is not even JSON. Any key may be missing."""
    try:
        said: JSON = json.loads(answer.content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def word(body: dict[str, JSON], key: str) -> str:
    """A text of an error's body, empty where it is missing or something else."""
    value = body.get(key)
    return value if isinstance(value, str) else ""


def sentence(body: dict[str, JSON]) -> str:
    """What HubSpot says went wrong, in one line: its message and those of the single errors."""
    said = [word(body, "message"), *(word(error, "message") for error in errors(body))]
    line = "; ".join(dict.fromkeys(" ".join(part.split()) for part in said if part))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def errors(body: dict[str, JSON]) -> Iterator[dict[str, JSON]]:
    """The single errors of an error's or a batch answer's body."""
    found = body.get("errors")
    yield from (error for error in found if isinstance(error, dict)) if isinstance(found, list) else ()


def context(error: dict[str, JSON], key: str) -> list[str]:
    """The texts under `context.<key>` of one error."""
    found = error.get("context")
    values = found.get(key) if isinstance(found, dict) else None
    return [str(value) for value in values] if isinstance(values, list) else []


def _refused(answer: Answer) -> VendorError:
    said = body(answer)
    line = sentence(said)
    if answer.status == 401:
        expired = word(said, "category") == "EXPIRED_AUTHENTICATION"
        why = "the token has expired" if expired else "HubSpot does not know this token"
        return CredentialsError(f"{why}: {line}" if line else why, hint="make a new token and put it in its place")
    if answer.status == 403:
        scopes = _scopes(said)
        hint = f"grant {', '.join(scopes)} to the app or key" if scopes else "grant the app or key this right"
        return PermissionMissing(line or "HubSpot refuses access", hint=hint, scopes=scopes)
    if oauth := word(said, "error"):  # of the token endpoint alone: invalid_client, invalid_grant
        return RequestRefused(f"{line or _unsaid(answer)} [{oauth}]")
    if answer.status == 414:
        line = line or "the URL is too long: too many properties in one request"
    return RequestRefused(line or _unsaid(answer))


def _unsaid(answer: Answer) -> str:
    """What can be said of a refusal without a message: the number, and what there is of a body."""
    said = answer.excerpt()
    return f"HubSpot refuses this request with {answer.status}" + (f": {said}" if said else " and says no more")


def _limited(answer: Answer) -> VendorError | Wait:
    """Wait as long as HubSpot says; where it does not, a second for the search's limit and ten for the rolling one."""
    said = body(answer)
    told = answer.retry_after_s
    policy = f"{word(said, 'policyName')} {word(said, 'message')}".upper()
    if "DAILY" in policy:
        return RateLimited(
            "the account's calls of the day are used up",
            hint="they are renewed at midnight in the account's time zone; the next run goes on where this one stopped",
            retry_after_s=told,
        )
    if told is not None:
        return Wait(told)
    return Wait(10.0 if "TEN_SECONDLY" in policy else 1.0)


def _scopes(said: dict[str, JSON]) -> tuple[str, ...]:
    found = [scope for error in (said, *errors(said)) for key in _SCOPES for scope in context(error, key)]
    return tuple(dict.fromkeys(found))
