"""Salesforce for cshub: a source of accounts, contacts, deals, tickets, events and owners, and a destination for health fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cshub import Connector, hookimpl

from .connector import CONNECTOR
from .settings import SalesforceSettings


@hookimpl
def register_connectors(config: Mapping[str, object]) -> Iterable[Connector[SalesforceSettings]]:
    """The connector `salesforce`."""
    return [CONNECTOR]
