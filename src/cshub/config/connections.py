"""The section `connections`: each checked against its connector's own settings, with the streams and extra fields it brings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from ..connector import Connector, Stream
from ..model import KINDS, ROW_COLUMNS, Type
from ..plugins import Failure
from ..plugins.checks import CONNECTION_KEYS
from ..plugins.guard import guarded
from .blocks import ConnectionBlock
from .check import check, check_settings
from .draft import Draft
from .nodes import Block, Entry, Value, key_place
from .result import Connection

#: `identity.customers` has a key of that name beside its connections.
RESERVED = "exclude"


def read_connections(draft: Draft) -> dict[str, Connection]:
    """Every connection that is right. Those that are not leave problems, and the extra fields that can still be told."""
    section = draft.section("connections")
    if section is None:
        if draft.root.get("connections") is None:
            hint = "name at least one: `connections: {crm: {connector: …}}`"
            draft.problems.add(draft.root.place, ("connections",), "is missing", hint)
        return {}
    found = {entry.key: _connection(draft, entry) for entry in section if _allowed(draft, entry)}
    return {name: connection for name, connection in found.items() if connection}


def _allowed(draft: Draft, entry: Entry) -> bool:
    if entry.key != RESERVED:
        return draft.named(entry, ("connections", entry.key))
    draft.problems.add(
        entry.place, ("connections", RESERVED), "is a word of `identity`", "name the connection otherwise"
    )
    return False


def _connection(draft: Draft, entry: Entry) -> Connection | None:
    steps = ("connections", entry.key)
    block = draft.block(entry.node, steps)
    if block is None:
        draft.certain = False
        return None
    core = check(block.only(CONNECTION_KEYS), ConnectionBlock, draft.problems, steps)
    connector = _connector(draft, block, entry.key)
    if connector is None:
        draft.certain = False
        return None
    own = block.without(CONNECTION_KEYS)
    settings, partly = check_settings(own, connector.settings, draft.references, steps, also=CONNECTION_KEYS)
    streams = _streams(draft, entry, connector, partly)
    if core is None or settings is None or streams is None:
        return None
    _check_names(draft, block, core, streams, entry.key)
    left_out = {name for name, stream in core.streams.items() if not stream.read}
    return Connection(
        name=entry.key,
        connector=connector,
        settings=settings,
        streams=tuple(stream for stream in streams if stream.name not in left_out),
        parallel=core.parallel or connector.parallel,
        every=core.every,
        stream_every={name: stream.every for name, stream in core.streams.items() if stream.every is not None},
    )


def _connector(draft: Draft, block: Block, name: str) -> Connector[BaseModel] | None:
    node = block.get("connector")
    if not isinstance(node, Value) or not isinstance(node.value, str):
        return None
    connectors = draft.registry.connectors
    if not draft.known(node.text, connectors, node, ("connections", name, "connector"), what="connector"):
        return None
    return connectors[node.text]


def _streams(
    draft: Draft, entry: Entry, connector: Connector[BaseModel], settings: BaseModel | None
) -> Sequence[Stream] | None:
    """What the connection would read; None when its settings are too wrong to tell."""
    if settings is None:
        draft.certain = False
        return None
    owner = draft.registry.owner("connector", connector.name)
    streams = guarded(owner, f"streams of connector {connector.name}", lambda: list(connector.streams(settings)))
    if isinstance(streams, Failure):
        draft.certain = False
        draft.problems.add(entry.place, ("connections", entry.key), str(streams), owner.cure)
        return None
    for stream in streams:
        _gather_extras(draft, entry, stream.kind.name, stream.extras)
    return streams


def _gather_extras(draft: Draft, entry: Entry, kind: str, extras: Mapping[str, Type]) -> None:
    known = draft.extras.setdefault(kind, {})
    own = {column.name for column in (*KINDS[kind].columns, *ROW_COLUMNS)}
    for name, type in extras.items():
        steps = ("connections", entry.key)
        if name in own:
            hint = "give the extra field another name"
            draft.problems.add(entry.place, steps, f"{kind} has a column {name} already", hint)
        elif known.setdefault(name, type) is not type:
            message = (
                f"the extra field {name} of {kind} is {type.value} here and {known[name].value} in another connection"
            )
            draft.problems.add(entry.place, steps, message, "give one of them another name or the same type")


def _check_names(draft: Draft, block: Block, core: ConnectionBlock, streams: Sequence[Stream], connection: str) -> None:
    names = {stream.name: stream for stream in streams}
    for name in core.streams:
        steps = ("streams", name)
        if name not in names:
            node = Value(place=key_place(block, steps), value=name, text=name)
            draft.known(name, names, node, ("connections", connection, *steps), what="stream")
