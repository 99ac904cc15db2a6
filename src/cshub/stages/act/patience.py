"""Waiting for a plugin's action, but not for ever: a thread cannot be ended from outside, so one that hangs is left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from typing import TypeVar

T = TypeVar("T")


class Hung(Exception):
    """The work has not ended in the time it had; it may still go on."""


def patiently(work: Callable[[], T], patience_s: float) -> T:
    """The result of `work`, or what it raises. Raises Hung after `patience_s` seconds."""
    outcome: Future[T] = Future()

    def carry_out() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised again in the thread that waits
            outcome.set_exception(error)

    threading.Thread(target=carry_out, name="action", daemon=True).start()
    try:
        return outcome.result(patience_s)
    except NotYet:
        if outcome.done():  # it was the work itself that raised it
            raise
        raise Hung(f"no end after {patience_s:g} s") from None
