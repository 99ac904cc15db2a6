"""Pulling what the configuration asks for: which connections and streams, how often, and by which adapters."""

from __future__ import annotations

from collections.abc import Callable

from ..errors import ConfigError
from ..http import Redactor
from ..model import StreamReport
from ..stages.pull import OpenSource, Orders, pull
from .connections import Factory, OpenConnection
from .hub import Hub
from .options import Options


def pull_streams(hub: Hub, options: Options, *, run: int) -> list[StreamReport]:
    """Read every selected stream that is due. Raises ConfigError for a selection that means nothing."""
    _check_selection(hub, options)
    sources = [_source(hub, hub.connections.get(name), options) for name in hub.config.connections]
    orders = Orders(
        run=run,
        until=hub.now(),
        clock=hub.surroundings.clock,
        stopping=hub.surroundings.stopping,
        full=options.full,
        sweep=options.sweep,
        regardless=options.full or not options.only_due,
        accept_vanished=_everything(hub) if options.accept_vanished else (),
        lease_wait_s=options.wait_s,
        takeover=options.takeover,
    )
    return list(pull(hub.store, [source for source in sources if source.streams], orders))


def _source(hub: Hub, opened: OpenConnection, options: Options) -> OpenSource:
    connection = opened.connection
    every = dict.fromkeys((stream.name for stream in connection.streams), connection.every) if connection.every else {}
    return OpenSource(
        connection=connection.name,
        source=opened.source(),
        streams=[stream for stream in connection.streams if options.selects(connection.name, stream.name)],
        parallel=connection.parallel,
        every={**every, **connection.stream_every},
        redact=Redactor(hub.config.secrets).clean,
        calls=_calls(opened.factory),
    )


def _calls(factory: Factory) -> Callable[[str], int]:
    return lambda stream: factory.calls().get(stream, 0)


def _everything(hub: Hub) -> set[str]:
    return {f"{c.name}.{stream.name}" for c in hub.config.connections.values() for stream in c.streams}


def _check_selection(hub: Hub, options: Options) -> None:
    known = _everything(hub) | set(hub.config.connections)
    for name in options.select:
        if name not in known:
            raise ConfigError(
                f"there is no stream {name!r}", where="--select", hint=f"there are: {', '.join(sorted(known))}"
            )
