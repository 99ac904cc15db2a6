"""`cshub preview`: what a stream's records become, before anything is stored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

import click

from ..connector import Page, Reject, Stream
from ..engine import Hub
from ..errors import ConfigError
from ..model import Row
from .invocation import Command, Invocation, json_option, pass_invocation
from .output import complain, plural, say, show, show_json


@click.command(cls=Command, short_help="See the mapped records of a stream before anything is stored.")
@click.argument("stream", metavar="CONNECTION.STREAM")
@click.option("-n", "number", type=click.IntRange(1, 1000), default=5, show_default=True, help="how many records")
@json_option
@pass_invocation
def command(invocation: Invocation, *, stream: str, number: int, as_json: bool) -> None:
    r"""Fetch a few records and show what they become under your configuration. Stores nothing.

    \b
    cshub preview crm.companies
    cshub preview crm.tickets -n 1 --json
    """
    with invocation.hub() as hub:
        chosen = find_stream(hub, stream)
        rows, rejects = read(hub, stream.partition(".")[0], chosen, number)
    records = [as_record(chosen, row) for row in rows]
    if as_json:
        show_json(stream=stream, kind=chosen.kind.name, records=records, rejects=rejects)
        return
    for record in records:
        width = max(map(len, record))
        for name, value in record.items():
            show(f"{name:<{width}}  {word(value)}")
        show()
    for reject in rejects:
        complain(f"not a {chosen.kind.name}: {reject.id or 'without an id'}: {reject.reason}")
    say(f"{plural(len(records), chosen.kind.name)} of {stream}; nothing was stored")


def find_stream(hub: Hub, name: str) -> Stream:
    """The stream of that name. Raises ConfigError, naming those there are."""
    known = {f"{c.name}.{stream.name}": stream for c in hub.config.connections.values() for stream in c.streams}
    if name not in known:
        raise ConfigError(f"there is no stream {name!r}", hint=f"there are: {', '.join(known)}")
    return known[name]


def read(hub: Hub, connection: str, stream: Stream, number: int) -> tuple[list[Row], list[Reject]]:
    """The first rows of a stream, and what could not become a row on the way to them."""
    rows: list[Row] = []
    rejects: list[Reject] = []
    pages = hub.connections.get(connection).source().pull(stream, None, hub.now())
    for page in islice(pages, 100):
        _take(page, rows, rejects)
        if len(rows) >= number:
            break
    return rows[:number], rejects[:number]


def as_record(stream: Stream, row: Row) -> dict[str, object]:
    """A row by the names of its columns, extra fields beside them."""
    names: Sequence[str] = ("id", "changed_at", *stream.kind.names)
    extra = row[-1]
    return {**dict(zip(names, row[:-1], strict=True)), **(extra if isinstance(extra, dict) else {})}


def word(value: object) -> str:
    """A value for people."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "—"
    return "—" if value is None else str(value)


def _take(page: Page, rows: list[Row], rejects: list[Reject]) -> None:
    rows.extend(page.rows)
    rejects.extend(page.rejects)
