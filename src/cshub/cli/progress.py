"""A line about work under way: rows, rate, requests. On a terminal only; nothing here changes the work."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from .output import count, plural

if TYPE_CHECKING:
    from ..engine import Hub

#: Pause between two looks, in seconds.
LOOK_S = 0.25


class Requests:
    """Counts requests as they are sent; the observer of the connections."""

    def __init__(self) -> None:
        self.sent = 0

    def __call__(self, label: str) -> None:
        """One more request."""
        self.sent += 1


@contextmanager
def progress(hub: Hub, requests: Requests, *, quiet: bool) -> Iterator[None]:
    """Tell on stderr how far the newest run has come while the block runs; silent off a terminal and with `--quiet`."""
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console  # noqa: PLC0415 - start-up: only a terminal needs it

    stop = threading.Event()
    with Console(stderr=True).status("…") as status:
        teller = threading.Thread(target=_tell, args=(hub, requests, status.update, stop), daemon=True)
        teller.start()
        try:
            yield
        finally:
            stop.set()
            teller.join()


def line(rows: int, seconds: float, requests: int) -> str:
    """`12 300 rows   4 100/s   45 requests   3 s`."""
    rate = f"   {count(round(rows / seconds))}/s" if rows and seconds >= 1 else ""
    return f"{plural(rows, 'row')}{rate}   {plural(requests, 'request')}   {seconds:.0f} s"


def _tell(hub: Hub, requests: Requests, update: Callable[[str], object], stop: threading.Event) -> None:
    began = monotonic()
    while not stop.wait(LOOK_S):
        newest = hub.store.runs.list(limit=1)
        streams = hub.store.streams.report(newest[0].id) if newest and newest[0].state == "running" else ()
        update(line(sum(stream.extracted for stream in streams), monotonic() - began, requests.sent))
