"""What an answer other than success means: which error, or another try. The vendor's plugin is asked first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from ..errors import (
    AnswerError,
    CredentialsError,
    PermissionMissing,
    RateLimited,
    RequestRefused,
    VendorError,
    VendorTrouble,
)
from .answer import Answer
from .redact import Redactor
from .retry import Again


@dataclass(frozen=True, slots=True)
class Wait:
    """Try again after `seconds` (None: as its Retry-After says, else backing off), leaving the budget's `group` alone.

    `group` None means the group the request belonged to.
    """

    seconds: float | None = None
    group: str | None = None


#: Given by a vendor's plugin: which error an answer other than 2xx is, or how long to wait, or None for the usual mapping.
Explain: TypeAlias = Callable[[Answer], VendorError | Wait | None]

#: What to do about a 401 of which nothing more is known.
CONNECT_AGAIN = "connect again or replace the token"
#: Locked (423), too early (425) and moving between regions (477, HubSpot) pass by themselves, like 408, 429 and all 5xx.
_PASSING = frozenset({408, 423, 425, 429, 477})


def judge(answer: Answer, explain: Explain | None) -> VendorError | Wait:
    """The plugin's word on this answer, else the usual mapping of its status."""
    said = explain(answer) if explain else None
    if said is not None:
        return _placed(said, answer) if isinstance(said, VendorError) else said
    if answer.status in _PASSING or answer.status >= 500:
        return Wait()
    return _refusal(answer)


def again(answer: Answer, wait: Wait, *, repeatable: bool) -> Again:
    """One more try after this answer, or RateLimited or VendorTrouble if that is not allowed or does not help."""
    told = answer.retry_after_s if wait.seconds is None else max(0.0, wait.seconds)
    return Again(_trouble(answer, told), wait_s=told, allowed=repeatable or _not_carried_out(answer))


def clean(error: VendorError, redactor: Redactor) -> VendorError:
    """The same error without secrets: a plugin quotes what the vendor said, and vendors quote what they were sent."""
    error.message = redactor.clean(error.message)
    error.args = (error.message,)
    error.where = redactor.clean(error.where) if error.where else None
    error.hint = redactor.clean(error.hint) if error.hint else None
    error.request_id = redactor.clean(error.request_id) if error.request_id else None
    return error


def _placed(error: VendorError, answer: Answer) -> VendorError:
    """A plugin's error with what it need not repeat: the place, the status and the request's id."""
    error.where = error.where or answer.where
    error.status = answer.status if error.status is None else error.status
    error.request_id = error.request_id or answer.request_id
    return clean(error, answer.redactor)


def _trouble(answer: Answer, told: float | None) -> VendorTrouble:
    where, status, request_id = answer.where, answer.status, answer.request_id
    message = f"the vendor keeps answering {status}: {answer.excerpt() or 'no body'}"
    if status == 429 or (told is not None and status < 500):
        return RateLimited(message, where=where, status=status, request_id=request_id, retry_after_s=told)
    return VendorTrouble(message, where=where, status=status, request_id=request_id, hint="a later run tries again")


def _not_carried_out(answer: Answer) -> bool:
    """Whether the vendor certainly did nothing: it refused (4xx but a time-out), or was closed and says until when."""
    if answer.status < 500:
        return answer.status != 408
    return answer.status == 503 and "retry-after" in answer.headers


def _refusal(answer: Answer) -> VendorError:
    kind, message, hint = _usual(answer.status)
    return kind(
        f"{message} (status {answer.status}): {answer.excerpt() or 'no body'}",
        where=answer.where,
        hint=hint,
        status=answer.status,
        request_id=answer.request_id,
    )


def _usual(status: int) -> tuple[type[VendorError], str, str | None]:
    if status == 401:
        return CredentialsError, "the vendor does not accept the credentials", CONNECT_AGAIN
    if status == 403:
        return PermissionMissing, "the vendor refuses this for want of a right", "grant the scope or the right"
    if status < 400:
        return AnswerError, "redirect refused: credentials stay with the configured host", None
    return RequestRefused, "the vendor refuses this request", None
