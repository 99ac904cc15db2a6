"""Starts a thread per stream, at most `parallel` of a connection at once, and waits for all of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from ...model import StreamReport
from ...store import Store
from .due import is_due
from .feed import NOTICE_S
from .orders import OpenSource, Orders
from .reading import Reading


def pull(store: Store, sources: Sequence[OpenSource], orders: Orders) -> list[StreamReport]:
    """Read every stream that is due and give one report each; a stream that fails stops no other.

    Raises StoreError, and KeyboardInterrupt after every stream has come to a page's boundary. A lease that another instance holds
    is the failure of its stream.
    """
    crew = _Crew(orders)
    readings = list(_due(store, sources, orders, crew))
    crew.work(readings)
    reports = {(report.connection, report.stream): report for report in store.streams.report(orders.run)}
    return [reports[reading.opened.connection, reading.stream.name] for reading in readings]


class _Crew:
    """The threads of one pull, and the word that stops them."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._halt = threading.Event()
        self._failures: list[BaseException] = []
        self._slots: dict[str, threading.Semaphore] = {}
        self._changed = threading.Condition()
        self._left = 0

    def stopping(self) -> bool:
        """True when somebody asked to stop, or when the store failed."""
        return self._halt.is_set() or self._orders.stopping()

    def work(self, readings: Sequence[Reading]) -> None:
        """Read all of them. Raises what the store raised, after every thread has come to its end."""
        for reading in readings:
            self._slots.setdefault(reading.opened.connection, threading.Semaphore(reading.opened.parallel))
        try:
            for reading in readings:
                with self._changed:
                    self._left += 1
                threading.Thread(target=self._read, args=(reading,), name=f"pull {reading.name}", daemon=True).start()
            self._wait()
        except BaseException:
            self._halt.set()
            self._wait()
            raise
        if self._failures:
            raise self._failures[0]

    def _wait(self) -> None:
        # Not Thread.join, which takes a thread for ended when Ctrl-C interrupts it (bpo-45274); and in short waits,
        # since a signal that hits another thread does not wake this one.
        with self._changed:
            while self._left:
                self._changed.wait(NOTICE_S)

    def _read(self, reading: Reading) -> None:
        try:
            with self._slots[reading.opened.connection]:
                reading.run()
        except BaseException as error:  # noqa: BLE001 - raised again in the calling thread
            self._failures.append(error)
            self._halt.set()
        with self._changed:
            self._left -= 1
            self._changed.notify_all()


def _due(store: Store, sources: Sequence[OpenSource], orders: Orders, crew: _Crew) -> Iterator[Reading]:
    states = {(state.connection, state.stream): state for state in store.streams.states()}
    now = orders.clock.now()
    for opened in sources:
        for stream in opened.streams:
            state = states.get((opened.connection, stream.name))
            if (
                orders.full
                or orders.regardless
                or orders.sweep
                or is_due(stream, state, opened.every.get(stream.name), now)
            ):
                yield Reading(
                    store=store,
                    opened=opened,
                    stream=stream,
                    orders=orders,
                    stopping=crew.stopping,
                    calls_before=opened.calls(stream.name),
                )
