"""Starts a thread per stream, at most `parallel` of a connection at once, and waits for all of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence

from ...model import StreamReport
from ...store import Store
from .due import is_due
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

    def stopping(self) -> bool:
        """True when somebody asked to stop, or when the store failed."""
        return self._halt.is_set() or self._orders.stopping()

    def work(self, readings: Sequence[Reading]) -> None:
        for reading in readings:
            self._slots.setdefault(reading.opened.connection, threading.Semaphore(reading.opened.parallel))
        threads = [
            threading.Thread(target=self._read, args=(reading,), name=f"pull {reading.name}", daemon=True)
            for reading in readings
        ]
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        except BaseException:
            self._halt.set()
            for thread in threads:
                if thread.ident is not None:
                    thread.join()
            raise
        if self._failures:
            raise self._failures[0]

    def _read(self, reading: Reading) -> None:
        with self._slots[reading.opened.connection]:
            try:
                reading.run()
            except BaseException as error:  # noqa: BLE001 - raised again in the calling thread
                self._failures.append(error)
                self._halt.set()


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
