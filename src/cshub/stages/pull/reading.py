"""The reading of one stream: its lease, its pass, fetching and landing side by side, the sweep, and how it ended."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from ...connector import Stream, Sweeping
from ...errors import AnswerError, CshubError, Interrupted, LeaseLost, PermissionMissing, StoreError
from ...store import Counts, Ending, Intake, Lease, Store, StreamState, intake
from .feed import Feed, vendors_or_plugins
from .orders import OpenSource, Orders

#: So many records, all of them unreadable, are a changed vendor or a broken connector rather than bad records.
POISON = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One stream of one connection, to be read once. `calls_before` is what `OpenSource.calls` said before."""

    store: Store
    opened: OpenSource
    stream: Stream
    orders: Orders
    stopping: Callable[[], bool]
    calls_before: int

    @property
    def name(self) -> str:
        """`connection.stream`."""
        return f"{self.opened.connection}.{self.stream.name}"

    def run(self) -> None:
        """Read the stream; how that ended stands in the run and in the stream's state. Raises StoreError alone: then nothing can be noted."""
        if self.stopping():
            return self._close(Interrupted("stopped before it began", where=self.name), None)
        orders = self.orders
        take = self.store.leases.take
        try:
            with take(
                f"pull {self.name}",
                wait_s=orders.lease_wait_s,
                clock=orders.clock,
                takeover=orders.takeover,
                stopping=self.stopping,
            ) as lease:
                self._run(lease)
        except StoreError:
            raise
        except CshubError as error:
            self._close(error, None)

    def _run(self, lease: Lease) -> None:
        orders, connection = self.orders, self.opened.connection
        state = self.store.streams.begin(
            orders.run, connection, self.stream, lease, now=orders.clock.now(), anew=orders.full
        )
        into = intake(orders.run, connection, self.stream, lease, redact=self.opened.redact)
        try:
            self._pull(state, into)
            self._sweep(into)
        except (StoreError, LeaseLost):
            raise
        except BaseException as error:  # noqa: BLE001 - one stream's failure, a plugin's bug included, never stops the others
            self._close(vendors_or_plugins(error, self.name), lease)

    def _pull(self, state: StreamState, into: Intake) -> None:
        if state.phase == "snapshot":
            into = replace(into, marking=state.number)
        feed = Feed()
        source = self.opened.source
        fetcher = threading.Thread(
            target=feed.fill,
            args=(lambda: source.pull(self.stream, state.cursor, self.orders.until), self.name),
            name=f"fetch {self.name}",
            daemon=True,
        )
        fetcher.start()
        try:
            self._land(feed, into)
            feed.check_end(self.name)
        finally:
            feed.close()
        self.store.streams.finish(
            into, now=self.orders.clock.now(), calls=self._calls(), accept_vanished=self._accepts()
        )

    def _land(self, feed: Feed, into: Intake) -> None:
        total = Counts()
        while pages := feed.take(self.stopping):
            total += self.store.landing.land(into, pages, now=self.orders.clock.now())
            if total.rejected >= POISON and total.rejected == total.extracted:
                raise AnswerError(
                    f"not one of the first {total.rejected} records can be read",
                    where=self.name,
                    hint="`cshub failed` shows why; the vendor or the mapping changed",
                )
            if self.stopping():
                feed.close()

    def _sweep(self, into: Intake) -> None:
        source, orders, streams = self.opened.source, self.orders, self.store.streams
        if not isinstance(source, Sweeping) or not getattr(self.stream, "sweeps", False):
            return
        place = (orders.run, self.opened.connection, self.stream, into.lease)
        state = streams.begin_sweep(*place, now=orders.clock.now(), wanted=orders.sweep)
        if state is None:
            return
        marking = replace(into, marking=state.number)
        for ids, cursor in source.ids(self.stream, state.sweep_cursor):
            streams.land_ids(marking, ids, cursor, now=orders.clock.now())
            if self.stopping():
                raise Interrupted("stopped within a sweep; the next pull goes on from there", where=self.name)
        streams.finish_sweep(marking, now=orders.clock.now(), calls=self._calls(), accept_vanished=self._accepts())

    def _close(self, error: CshubError, lease: Lease | None) -> None:
        state, code, text = self._told(error)
        self.store.streams.close(
            self.orders.run,
            self.opened.connection,
            self.stream.name,
            lease,
            state=state,
            now=self.orders.clock.now(),
            calls=self._calls(),
            code=code,
            error=text,
        )

    def _told(self, error: CshubError) -> tuple[Ending, str | None, str | None]:
        """How the stream ended: its state, and what is wrong in one line without secrets."""
        if isinstance(error, Interrupted):
            return "interrupted", None, None
        state: Ending = "skipped" if isinstance(error, PermissionMissing) else "failed"
        text = str(error) if error.where else f"{self.name}: {error}"
        return state, error.code, self.opened.redact(text)

    def _calls(self) -> int:
        return self.opened.calls(self.stream.name) - self.calls_before

    def _accepts(self) -> bool:
        return self.name in self.orders.accept_vanished
