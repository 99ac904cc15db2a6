"""SatisMeter for cshub: a source of survey answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cshub import Connector, hookimpl

from .connector import CONNECTOR
from .settings import SatisMeterSettings


@hookimpl
def register_connectors(config: Mapping[str, object]) -> Iterable[Connector[SatisMeterSettings]]:
    """The connector `satismeter`."""
    return [CONNECTOR]
