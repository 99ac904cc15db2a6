"""In which order sources are asked for what several of them know."""

from __future__ import annotations

from ..config import Config


def connection_order(config: Config) -> tuple[str, ...]:
    """The CRMs of the customer list first, in its order; then the others as written."""
    listed = [one.connection for one in config.identity.customers]
    return tuple(dict.fromkeys((*listed, *config.connections)))
