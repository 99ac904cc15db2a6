"""What a pull is given: open connections with their streams, and how to go about it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ...connector import Source, Stream
from ...http import SYSTEM_CLOCK, Clock


def _no_calls(stream: str) -> int:
    return 0


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSource:
    """A connection ready to be read: its source and those of its streams that are wanted, at most `parallel` at once.

    `every` overrides, by stream, the pause between two readings. `redact` takes the connection's secrets out of a text. `calls` tells
    how many requests have been made so far for a stream.
    """

    connection: str
    source: Source
    streams: Sequence[Stream]
    parallel: int = 4
    every: Mapping[str, timedelta] = field(default_factory=dict)
    redact: Callable[[str], str] = str
    calls: Callable[[str], int] = _no_calls


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """How to pull. `stopping` turns true when somebody asked to stop; streams then end at a page's boundary, their cursor saved.

    `full` reads everything again; `sweep` also lists the living ids of streams that can; `regardless` reads streams that are not
    due yet. `accept_vanished` names the streams (`connection.stream`) of which any number of rows may be found gone.
    A stream that somebody else reads is waited for `lease_wait_s`, or with `takeover` taken away.
    """

    run: int
    until: datetime
    clock: Clock = SYSTEM_CLOCK
    stopping: Callable[[], bool] = _never
    full: bool = False
    sweep: bool = False
    regardless: bool = False
    accept_vanished: Collection[str] = ()
    lease_wait_s: float = 60.0
    takeover: bool = False
