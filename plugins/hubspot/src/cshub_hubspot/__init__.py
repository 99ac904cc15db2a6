"""HubSpot for cshub: a source of accounts, contacts, deals, tickets and owners, and a destination for health fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cshub import Connector, hookimpl, late

from .settings import HubSpotSettings
from .streams import streams

CONNECTOR = Connector(
    name="hubspot",
    doc="HubSpot: companies, contacts, deals, tickets, surveys, owners, associations; writes company properties",
    settings=HubSpotSettings,
    streams=streams,
    open=late("cshub_hubspot.connector:HubSpot"),
    target="companies",
    untouchable=("hs_csm_sentiment",),
)


@hookimpl
def register_connectors(config: Mapping[str, object]) -> Iterable[Connector[HubSpotSettings]]:
    """The connector `hubspot`."""
    return [CONNECTOR]
