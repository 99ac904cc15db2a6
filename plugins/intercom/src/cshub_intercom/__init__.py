"""Intercom for cshub: a source of companies, contacts, conversations, tickets and admins."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from cshub import Connector, hookimpl

from .connector import CONNECTOR
from .settings import IntercomSettings


@hookimpl
def register_connectors(config: Mapping[str, object]) -> Iterable[Connector[IntercomSettings]]:
    """The connector `intercom`."""
    return [CONNECTOR]
