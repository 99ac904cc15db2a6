"""The connector `file`: rows out of CSV and JSON Lines, for tools without a connector and for usage data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cshub import Connector, hookimpl, late

from .settings import FileSettings
from .streams import streams

CONNECTOR = Connector(
    name="file",
    doc="CSV and JSON Lines files",
    settings=FileSettings,
    streams=streams,
    open=late("cshub.builtin.file.connector:Files"),
)


@hookimpl
def register_connectors(config: Mapping[str, object]) -> Iterable[Connector[FileSettings]]:
    """The connector `file`."""
    return [CONNECTOR]
