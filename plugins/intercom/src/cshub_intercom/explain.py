"""What Intercom's refusals mean: which error, for whom, or how long to wait. Nothing is sent from here.

See https://developers.intercom.com/docs/references/rest-api/errors/http-responses. A 401 of one resource alone is looked into by `api.py`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import TypeAlias

from cshub import (
    JSON,
    Answer,
    CredentialsError,
    PermissionMissing,
    RequestRefused,
    VendorError,
    Wait,
)

from .objects import SCROLL_S
from .values import epoch_s

#: Rate windows are ten seconds long; clocks and windows are not exact, hence a little more than asked for.
WINDOW_S = 10.0
LITTLE_S = 1.0
_LONGEST = 500
_Refusal: TypeAlias = Callable[[str], VendorError]


def explain(answer: Answer) -> VendorError | Wait | None:
    """The error this answer is, or how long to wait; None leaves it to the usual mapping (408, 423, 5xx: back off and try again)."""
    said = body(answer)
    code = codes(said)
    if answer.status == 429 or "rate_limit_exceeded" in code:
        return Wait(max(until_reset_s(answer), answer.retry_after_s or 0.0))
    if "scroll_exists" in code:
        return Wait(SCROLL_S + LITTLE_S, group="scroll")
    if answer.status == 404 and not said:
        return Wait()  # a web page of the gateway in front, which says nothing about the resource
    if 300 <= answer.status < 400:
        return RequestRefused("Intercom sends elsewhere", hint="see that `region` is the workspace's")
    if 400 <= answer.status < 500 and answer.status not in (408, 423, 425):
        return _refused(answer, said, code)
    return None


def request_id(answer: Answer) -> str | None:
    """Intercom's own id of a request: in a header, and in the body of an error, where it may be null."""
    found = answer.headers.get("x-request-id")
    return found or (_word(body(answer), "request_id") if answer.status >= 400 else None) or None


def until_reset_s(answer: Answer) -> float:
    """Seconds until the rate window refills, and a little more; a whole window where Intercom does not say.

    Compared with the answer's own Date, so that clocks that disagree do no harm.
    """
    reset = answer.headers.get("x-ratelimit-reset", "")
    now = vendor_time_s(answer)
    if not reset.isdigit() or now is None:
        return WINDOW_S + LITTLE_S
    return max(0, int(reset) - now) + LITTLE_S


def vendor_time_s(answer: Answer) -> int | None:
    """The time of day at Intercom in Unix seconds, by the answer's Date header, else by our own clock."""
    try:
        return epoch_s(parsedate_to_datetime(answer.headers.get("date", "")))
    except (ValueError, TypeError):
        return epoch_s(answer.received_at) if answer.received_at else None


def skew(answer: Answer) -> timedelta:
    """How far Intercom's clock is ahead of ours; zero when it does not say, or when it hardly matters."""
    theirs = vendor_time_s(answer)
    if theirs is None or answer.received_at is None:
        return timedelta(0)
    found = timedelta(seconds=theirs - epoch_s(answer.received_at))
    return found if abs(found) > timedelta(minutes=1) else timedelta(0)


def body(answer: Answer) -> dict[str, JSON]:
    """The body of an error, empty when it is not even JSON. Any key may be missing."""
    try:
        said: JSON = json.loads(answer.content)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def codes(said: Mapping[str, JSON]) -> tuple[str, ...]:
    """The codes of an error, as documented: small words like `not_found`."""
    return tuple(filter(None, (_word(error, "code") for error in _errors(said))))


def sentence(said: Mapping[str, JSON]) -> str:
    """What Intercom says went wrong, in one line; where a message is missing or null, its code."""
    parts = [_word(error, "message") or _word(error, "code") for error in _errors(said)]
    line = "; ".join(dict.fromkeys(" ".join(part.split()) for part in parts if part))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def _refused(answer: Answer, said: Mapping[str, JSON], code: tuple[str, ...]) -> VendorError:
    line = sentence(said) or f"Intercom refuses this request: {answer.excerpt() or 'no body'}"
    for known in code:
        if known in _BY_CODE:
            return _BY_CODE[known](line)
    if answer.status in _BY_STATUS:
        return _BY_STATUS[answer.status](line)
    return RequestRefused(line)


def _credentials(line: str) -> VendorError:
    return CredentialsError(
        f"Intercom does not accept the token: {line}",
        hint="see that `region` is the workspace's; else make a new token",
    )


def _permission(line: str) -> VendorError:
    return PermissionMissing(line, hint="give the app this permission in Intercom's Developer Hub")


def _plan(line: str) -> VendorError:
    return PermissionMissing(line, hint="the workspace's plan does not include this; leave the stream out or upgrade")


def _version(line: str) -> VendorError:
    return RequestRefused(line, hint="this version does not have it; set `version` to another one, such as '2.16'")


def _merged(line: str) -> VendorError:
    return RequestRefused(line, hint="the contact lives on as another one")


_BY_CODE: Mapping[str, _Refusal] = {
    "api_plan_restricted": _plan,
    "intercom_version_invalid": _version,
    "contact_merged": _merged,
}
_BY_STATUS: Mapping[int, _Refusal] = {401: _credentials, 402: _plan, 403: _permission, 410: _merged}


def _errors(said: Mapping[str, JSON]) -> Iterator[dict[str, JSON]]:
    found = said.get("errors")
    yield from (error for error in found if isinstance(error, dict)) if isinstance(found, list) else ()


def _word(said: Mapping[str, JSON], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""


def is_page_limit(error: RequestRefused) -> bool:
    """Whether a list of companies ended at its limit; Intercom has no code for that."""
    return error.status == 400 and "page limit" in error.message.lower()
