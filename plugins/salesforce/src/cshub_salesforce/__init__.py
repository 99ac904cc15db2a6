"""Salesforce for cshub: a source of accounts, contacts, deals, tickets, events and owners, and a destination for health fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cshub import Connector, hookimpl, late

from .names import field_name
from .settings import SalesforceSettings
from .streams import streams

CONNECTOR = Connector(
    name="salesforce",
    doc="Salesforce: accounts, contacts, opportunities, cases, tasks, users; writes account fields",
    settings=SalesforceSettings,
    streams=streams,
    open=late("cshub_salesforce.connector:Salesforce"),
    target="Account",
    field_name=field_name,
)


@hookimpl
def register_connectors(config: Mapping[str, object]) -> Iterable[Connector[SalesforceSettings]]:
    """The connector `salesforce`."""
    return [CONNECTOR]
