"""The surroundings of an open connection, for tests: real clients over a transport of the test's choice."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from pydantic import SecretStr

from ..connector import Context
from ..engine.connections import Factory, Surroundings
from ..http import Clock, Transport
from ..http.detour import Detour
from .clock import ManualClock


def context(
    *,
    connection: str = "crm",
    transport: Transport | None = None,
    clock: Clock | None = None,
    owned: Mapping[str, tuple[str, ...]] | None = None,
    folder: str = ".",
    secrets: Sequence[SecretStr] = (),
) -> Context:
    """What the core lends a connection: its own client factory, over `transport` (None: the network).

    The clock is manual unless given, so nothing waits. `secrets` are masked in every message, besides those that the
    connector names itself.
    """
    used = clock or ManualClock()
    around = Surroundings(clock=used, transport=lambda _: transport)
    factory = Factory(connection, around, secrets)
    return Context(connection=connection, client=factory, clock=used, owned=owned or {}, folder=folder)


@contextmanager
def nobody(clock: Clock) -> Iterator[Transport]:
    """A transport at whose end nobody listens: every connection is refused."""
    with socket.socket() as bound:  # bound but not listening, so that the port is nobody else's
        bound.bind(("127.0.0.1", 0))
        transport = Detour(f"http://127.0.0.1:{bound.getsockname()[1]}", clock)
        try:
            yield transport
        finally:
            transport.close()
