"""Intercom for cshub: a source of companies, contacts, conversations, tickets and admins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cshub import Connector, hookimpl, late

from .settings import IntercomSettings
from .streams import streams

CONNECTOR = Connector(
    name="intercom",
    doc="Intercom: companies, contacts, conversations, tickets, admins, associations",
    settings=IntercomSettings,
    streams=streams,
    open=late("cshub_intercom.connector:Intercom"),
)


@hookimpl
def register_connectors(config: Mapping[str, object]) -> Iterable[Connector[IntercomSettings]]:
    """The connector `intercom`."""
    return [CONNECTOR]
