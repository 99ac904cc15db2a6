"""One rule's try of a connector: a fresh world, a clock nobody waits on, real clients, and the pages that come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias, cast

from pydantic import BaseModel, SecretBytes, SecretStr

from ...connector import Connector, Context, Destination, Page, Reject, Source, Stream
from ...errors import CshubError
from ...http import Transport, WSGITransport
from ...http.detour import Detour
from ...store.encode import Encoder
from ..clock import ManualClock
from ..connection import context
from ..sandbox import Fault, Sandbox, Vendor, serve
from ..sandbox.front import StartResponse
from .harness import Harness

#: The name of the connection in every trial; errors have to mention it.
CONNECTION = "contract"
#: Longer than any vendor's search lags, shorter than the day after which connectors look for what they missed.
SETTLE_S = 3 * 3600.0

#: Requests of one rule beyond which a connector will never stop asking.
MOST_REQUESTS = 50_000

#: Rows by id as the store would keep them (without their time of change), to be compared.
Rows: TypeAlias = dict[str, bytes]


class Lacking(AssertionError):
    """The harness cannot show whether the rule holds; a waiver says why that is well."""


class Trial:
    """A connector in a fresh world. Adapters opened through it are closed with it."""

    def __init__(self, harness: Harness, folder: Path, *, owned: Mapping[str, tuple[str, ...]] | None = None) -> None:
        self.clock = ManualClock()
        self.world = harness.world(self.clock, folder)
        self.connector: Connector[Any] = harness.connector
        self.settings: BaseModel = self.connector.settings.model_validate(dict(self.world.settings))
        self.secrets = tuple(secrets_in(self.settings))
        self.streams: Sequence[Stream] = tuple(self.connector.streams(self.settings))
        self._owned = owned
        self._left = MOST_REQUESTS
        self._opened: list[Source | Destination] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for adapter in self._opened:
            adapter.close() if isinstance(adapter, Source) else None

    @property
    def sandbox(self) -> Sandbox[Vendor]:
        """The vendor's double. Raises Lacking where there is none."""
        if self.world.sandbox is None:
            raise Lacking("the world has no sandbox, so nothing can go wrong on the wire")
        return self.world.sandbox

    def need_a_wire(self) -> None:
        """Raises Lacking where nothing is asked over HTTP."""
        self.sandbox.faults.clear()

    def editable(self) -> Iterator[tuple[Stream, str]]:
        """The streams that a person can edit, with the column that shows a text. Raises Lacking where there is none."""
        shows = self.world.editable()
        if not shows:
            raise Lacking("the harness says of no stream how its records are edited")
        yield from ((stream, shows[stream.name]) for stream in self.streams if stream.name in shows)

    def open(self, *, transport: Transport | None = None, settings: BaseModel | None = None) -> Source | Destination:
        """The connection, opened anew, as if by another process."""
        adapter = self.connector.open(settings or self.settings, self.context(transport))
        self._opened.append(adapter)
        return adapter

    def context(self, transport: Transport | None = None) -> Context:
        """What the core would lend the connection."""
        if transport is None and self.world.sandbox is not None:
            transport = WSGITransport(app=cast(Any, self._count))
        return context(
            connection=CONNECTION,
            transport=transport,
            clock=self.clock,
            owned=self._owned,
            folder=self.world.folder,
            secrets=self.secrets,
        )

    def source(self, *, transport: Transport | None = None, settings: BaseModel | None = None) -> Source:
        """The connection as a source. Raises Lacking when it is none."""
        adapter = self.open(transport=transport, settings=settings)
        if not isinstance(adapter, Source):
            raise Lacking("the connector is no source")
        return adapter

    def destination(self, *, transport: Transport | None = None) -> Destination:
        """The connection as a destination. Raises Lacking when it is none."""
        adapter = self.open(transport=transport)
        if not isinstance(adapter, Destination):
            raise Lacking("the connector is no destination")
        return adapter

    def read(self, stream: Stream, cursor: bytes | None = None, *, source: Source | None = None) -> list[Page]:
        """All pages after the cursor, as a new process would read them now."""
        return list((source or self.source()).pull(stream, cursor, self.clock.now()))

    def settle(self) -> None:
        """Let enough time pass for the vendor's index to catch up and for any overlap to be behind."""
        self.clock.advance(SETTLE_S)

    @contextmanager
    def asked_at_most(self, requests: int) -> Iterator[None]:
        """Fails with the first request beyond so many: what asks for ever would never come back to be judged."""
        self._left = requests
        try:
            yield
        finally:
            self._left = MOST_REQUESTS

    def _count(self, environ: dict[str, object], start: StartResponse) -> Iterable[bytes]:
        """The sandbox, as long as it is not asked too often."""
        self._left -= 1
        assert self._left >= 0, f"it goes on asking the vendor, now for {environ.get('PATH_INFO')}"
        return self.sandbox(environ, start)

    @contextmanager
    def going_wrong(self, *faults: Fault) -> Iterator[None]:
        """These faults in force, and no others."""
        plan = self.sandbox.faults
        plan.clear()
        plan.add(*faults)
        try:
            yield
        finally:
            plan.clear()

    @contextmanager
    def on_a_socket(self) -> Iterator[Transport]:
        """A transport to the sandbox on a real port, where connections break as they do in life."""
        with serve(self.sandbox) as running:
            transport = Detour(running.url, self.clock)
            try:
                yield transport
            finally:
                transport.close()


def rows_of(stream: Stream, pages: Sequence[Page]) -> Rows:
    """The rows of these pages, newest last, as the store would keep them. Fails for a row that the store would reject."""
    encoded, unfit = Encoder(stream.kind, stream.extras).encode(row for page in pages for row in page.rows)
    assert not unfit, f"{stream.name}: the store would reject row {unfit[0].id!r}: {unfit[0].reason}"
    found = {row.id: row.hash for row in encoded}
    for page in pages:
        for gone in (*page.tombstones, *(gone for gone, _ in page.merges)):
            if gone not in {str(row[0]) for row in page.rows}:
                found.pop(gone, None)
    return found


def rejects_of(pages: Sequence[Page]) -> list[Reject]:
    """All rejects of these pages."""
    return [reject for page in pages for reject in page.rejects]


def gone_in(pages: Sequence[Page]) -> set[str]:
    """The ids that these pages say are gone."""
    return {id for page in pages for id in (*page.tombstones, *(gone for gone, _ in page.merges))}


def shown(stream: Stream, pages: Sequence[Page], id: str, column: str) -> object:
    """What the newest row of that id holds in a column or extra field. Fails when there is no such row."""
    rows = [row for page in pages for row in page.rows if row[0] == id]
    assert rows, (
        f"{stream.name}: the record {id} gave no row; rejects: {[each.reason for each in rejects_of(pages)][:3]}"
    )
    row = rows[-1]
    if column in stream.kind.names:
        return row[2 + stream.kind.names.index(column)]
    extra = row[-1]
    return extra.get(column) if isinstance(extra, Mapping) else None


def outcome_of(work: Callable[[], object]) -> CshubError | None:
    """The expected error that the work ended in, None when it ended well. Any other exception passes through."""
    try:
        work()
    except CshubError as error:
        return error
    return None


def secrets_in(model: BaseModel) -> Iterator[SecretStr]:
    """Every secret that these settings hold, at any depth."""
    for _, value in model:
        if isinstance(value, SecretStr):
            yield value
        elif isinstance(value, SecretBytes):
            yield SecretStr(value.get_secret_value().decode())
        elif isinstance(value, BaseModel):
            yield from secrets_in(value)


def wrong_secrets(model: BaseModel) -> BaseModel:
    """The same settings with every secret replaced by one that nobody gave out."""
    wrong: dict[str, object] = {}
    for name, value in model:
        if isinstance(value, SecretStr):
            wrong[name] = SecretStr(f"wrong-{name}-0123456789")
        elif isinstance(value, BaseModel):
            wrong[name] = wrong_secrets(value)
    return model.model_copy(update=wrong)
