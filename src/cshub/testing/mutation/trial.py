"""One history played against one vendor, through the real pull stage into a real store."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

from pydantic import BaseModel

from ...connector import Connector, Source, Stream
from ...http import WSGITransport
from ...stages.pull import OpenSource, Orders, pull
from ...store import Store
from ..clock import ManualClock
from ..connection import context
from ..sandbox import SandboxClock
from .declared import Changing, Mutable
from .difference import differences
from .hands import Hands
from .history import History, Move
from .unrest import Unrest


class MutationTrial:
    """A fresh account of the vendor, read into `store` as `connection`, which nobody else may use there.

    Streams are read one after another, so that equal histories meet equal requests.
    """

    def __init__(self, mutable: Mutable, store: Store, *, connection: str = "crm") -> None:
        self._mutable = mutable
        self._store = store
        self._connection = connection
        self.clock = ManualClock()
        time = SandboxClock(self.clock.now(), ticking=False)
        self.clock.follow(time.advance)
        self.sandbox = mutable.sandbox(time)
        self.hands = Hands(self.sandbox, mutable.objects, self.clock)
        self._unrest = Unrest(self.sandbox, self.hands.make)
        self._connector: Connector[Any] = mutable.connector
        self._settings: BaseModel = self._connector.settings.model_validate(
            dict(mutable.settings(self.sandbox.credentials))
        )
        self._streams = {stream.name: stream for stream in self._connector.streams(self._settings)}

    def play(self, history: History) -> None:
        """Every round: moves, time, and a pull among further moves."""
        for one in history:
            for move in one.between:
                self.hands.make(move)
            self.clock.advance(one.gap_s)
            self.pull(during=one.during, every=one.every)

    def settle(self, *, sweep: bool) -> None:
        """Let so much time pass that nothing is on its way any more, and pull; with `sweep` list all living ids as well."""
        self.clock.advance(self._mutable.settle_s)
        if sweep:
            self.sweep()
        else:
            self.pull()

    def sweep(self) -> None:
        """List all living ids, and read what that finds missing, which is the part of the pulls after it.

        What a vendor tells nobody is compared before this as well: `settle(sweep=False)`, `differences()` but for what has
        to wait, `sweep()`, and `differences()` of anything.
        """
        self.pull(sweep=True)
        self.pull()
        self.pull()

    def pull(self, *, during: Sequence[Move] = (), every: int = 1, sweep: bool = False) -> None:
        """Read every stream once, as a new process would. Raises AssertionError for a stream that does not end well."""
        self._unrest.plan(during, every=every)
        source = self._open()
        try:
            for changing in self._shown():
                self._read(source, self._streams[str(changing.stream)], sweep=sweep)
        finally:
            source.close()
        self._unrest.finish()

    def differences(self) -> list[str]:
        """Where the store and the vendor disagree, one sentence each; none is good."""
        with self._store.db.read() as reader:
            return [
                text
                for changing in self._shown()
                for text in differences(
                    reader, self._connection, self._streams[str(changing.stream)], changing, self.sandbox, self.hands
                )
            ]

    def _shown(self) -> Iterator[Changing]:
        return (changing for changing in self._mutable.objects if changing.stream is not None)

    def _open(self) -> Source:
        transport = WSGITransport(app=cast(Any, self._unrest))
        lent = context(connection=self._connection, transport=transport, clock=self.clock)
        source = self._connector.open(self._settings, lent)
        assert isinstance(source, Source), f"{self._connector.name} is no source"
        return source

    def _read(self, source: Source, stream: Stream, *, sweep: bool) -> None:
        now = self.clock.now()
        run = self._store.runs.open("pull", as_of=now, now=now, version="mutation")
        orders = Orders(
            run=run,
            until=now,
            clock=self.clock,
            sweep=sweep,
            regardless=True,
            accept_vanished=(f"{self._connection}.{stream.name}",),
            lease_wait_s=0.0,
        )
        opened = OpenSource(connection=self._connection, source=source, streams=[stream])
        (report,) = pull(self._store, [opened], orders)
        self._store.runs.let_go(run, forget=True)
        assert report.state == "ok", f"{stream.name} ended {report.state}: {report.error}"
        assert report.rejected == 0, f"{report.rejected} records of {stream.name} were rejected"
