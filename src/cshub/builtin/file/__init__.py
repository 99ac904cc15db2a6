"""The connector `file`: rows out of CSV and JSON Lines, for tools without a connector and for usage data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cshub import Connector, hookimpl

from .connector import CONNECTOR
from .settings import FileSettings


@hookimpl
def register_connectors(config: Mapping[str, object]) -> Iterable[Connector[FileSettings]]:
    """The connector `file`."""
    return [CONNECTOR]
