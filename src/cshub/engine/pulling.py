"""Pulling what the configuration asks for: which connections and streams, how often, and by which adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from ..connector import Stream
from ..errors import ConfigError, PluginError
from ..http import Redactor
from ..model import StreamReport
from ..stages.pull import OpenSource, Orders, pull
from .connections import Factory, OpenConnection
from .hub import Hub
from .options import Options


def pull_streams(hub: Hub, options: Options, remarks: list[str], *, run: int) -> list[StreamReport]:
    """Read every selected stream that is due. A connection that cannot be opened is a sentence among the `remarks`.

    Raises ConfigError for a selection that means nothing, StoreError.
    """
    _check_selection(hub, options)
    sources = list(_sources(hub, options, remarks))
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
    return list(pull(hub.store, sources, orders))


def _sources(hub: Hub, options: Options, remarks: list[str]) -> Iterator[OpenSource]:
    """The connections of which some stream is selected, open."""
    for connection in hub.config.connections.values():
        streams = [stream for stream in connection.streams if options.selects(connection.name, stream.name)]
        if not streams:
            continue
        try:
            yield _source(hub, hub.connections.get(connection.name), streams)
        except (PluginError, ConfigError) as error:
            remarks.append(str(error))


def _source(hub: Hub, opened: OpenConnection, streams: Sequence[Stream]) -> OpenSource:
    connection = opened.connection
    every = dict.fromkeys((stream.name for stream in connection.streams), connection.every) if connection.every else {}
    return OpenSource(
        connection=connection.name,
        source=opened.source(),
        streams=streams,
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
