"""When a request is sent again and how long that waits. What an answer means is `verdict.py`'s part."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import tenacity

from ..errors import VendorError


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """At most `attempts` sendings, waiting `base_s` doubled each time up to `cap_s`, or what the vendor says.

    All waiting of one request together stays below `retry_after_cap_s`.
    """

    attempts: int = 5
    base_s: float = 0.5
    cap_s: float = 60
    retry_after_cap_s: float = 900


class Again(Exception):
    """One failed sending. `error` is raised if no further one follows, after `wait_s` (None: the back-off decides)."""

    def __init__(self, error: VendorError, *, wait_s: float | None = None, allowed: bool = True) -> None:
        super().__init__(str(error))
        self.error = error
        self.wait_s = wait_s
        self.allowed = allowed


def retrying(policy: Retry, sleep: Callable[[float], None]) -> tenacity.Retrying:
    """Call a function until it stops raising Again; then, or when patience ends, its result or Again's own error."""
    back_off = tenacity.wait_exponential(multiplier=policy.base_s, max=policy.cap_s) + tenacity.wait_random(
        0, policy.base_s
    )

    def wait(state: tenacity.RetryCallState) -> float:
        told = _again(state).wait_s
        return back_off(state) if told is None else max(told, policy.base_s)

    def stop(state: tenacity.RetryCallState) -> bool:
        waited = state.idle_for + state.upcoming_sleep
        spent = state.attempt_number >= policy.attempts or waited > policy.retry_after_cap_s
        return spent or not _again(state).allowed

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(Again),
        wait=wait,
        stop=stop,
        sleep=sleep,
        retry_error_callback=_give_up,
    )


def _again(state: tenacity.RetryCallState) -> Again:
    failure = state.outcome.exception() if state.outcome else None
    if not isinstance(failure, Again):  # pragma: no cover - tenacity asks only after an Again
        raise TypeError("asked about an attempt that did not fail")
    return failure


def _give_up(state: tenacity.RetryCallState) -> NoReturn:
    failure = _again(state)
    raise failure.error from failure.__cause__
