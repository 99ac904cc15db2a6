"""One plugin's call in a room of its own: whatever it raises becomes a `Failure`, whatever it prints goes to the log."""

from __future__ import annotations

import io
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TextIO, TypeVar

from .owner import Owner

T = TypeVar("T")
#: Characters of a plugin's message or print that are kept.
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One call of one plugin that went wrong, and for which customer, where that is known."""

    owner: Owner
    call: str
    message: str
    customer: str | None = None

    def __str__(self) -> str:
        about = f" for {self.customer}" if self.customer else ""
        return f"{self.owner}: {self.call}{about} {self.message}"


class WrongAnswer(Exception):
    """What a plugin returned is not what the contract allows; the message completes "adjust_scores …"."""


def guarded(owner: Owner, call: str, work: Callable[[], T], *, customer: str | None = None) -> T | Failure:
    """The result of `work`, or the Failure it ended in. Only the person at the keyboard (KeyboardInterrupt) gets through."""
    try:
        with quiet(owner, call):
            return work()
    except WrongAnswer as error:
        message = str(error)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plugin may raise anything, and must not stop the others
        message = f"raised {type(error).__name__}: {error}"
    _warn("plugin_failed", plugin=owner.name, call=call, customer=customer, error=message[:_LONGEST])
    return Failure(owner=owner, call=call, message=message[:_LONGEST], customer=customer)


@contextmanager
def quiet(owner: Owner, call: str) -> Iterator[None]:
    """Keep this thread's prints out of stdout, which belongs to data, and put them into the log."""
    with _HUSH.listening() as heard:
        try:
            yield
        finally:
            if text := heard.getvalue().strip():
                _warn("plugin_printed", plugin=owner.name, call=call, text=text[:_LONGEST])


def _warn(event: str, **fields: str | None) -> None:
    import structlog  # noqa: PLC0415 - structlog loads rich, which would slow every start for the sake of rare messages

    structlog.get_logger(__name__).warning(event, **fields)


class _Hush:
    """Stands in for `sys.stdout` while any plugin runs. Threads inside a call write to their own buffer, others pass through."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._stdout: TextIO = sys.stdout
        self._heard = threading.local()

    @contextmanager
    def listening(self) -> Iterator[io.StringIO]:
        before: io.StringIO | None = getattr(self._heard, "buffer", None)
        self._heard.buffer = buffer = io.StringIO()
        self._enter()
        try:
            yield buffer
        finally:
            self._leave()
            self._heard.buffer = before

    def _enter(self) -> None:
        with self._lock:
            if not self._inside:
                self._stdout = sys.stdout
                sys.stdout = _Mouth(self)
            self._inside += 1

    def _leave(self) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                sys.stdout = self._stdout

    def target(self) -> TextIO:
        return getattr(self._heard, "buffer", None) or self._stdout


class _Mouth(io.TextIOBase):
    """The file object that the hush puts in place of stdout."""

    def __init__(self, hush: _Hush) -> None:
        self._hush = hush

    def write(self, text: str) -> int:
        return self._hush.target().write(text)

    def flush(self) -> None:
        self._hush.target().flush()

    def isatty(self) -> bool:
        return self._hush.target().isatty()

    def fileno(self) -> int:
        return self._hush.target().fileno()

    def writable(self) -> bool:
        return True


_HUSH = _Hush()
