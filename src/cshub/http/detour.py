"""A transport that leads every request to one address on this machine: a vendor's double on a real socket, or nobody at all."""

from __future__ import annotations

import httpx

from ..errors import ConfigError
from .clock import Clock
from .deadline import DeadlineTransport
from .origin import Origin


class Detour(DeadlineTransport):
    """Carries requests to `url` on loopback whatever host they were meant for; path, headers and body stay as they are."""

    def __init__(self, url: str, clock: Clock, *, connections: int = 16) -> None:
        target = Origin.parse(url)
        if not target.loopback:
            raise ConfigError(f"{target} is not on this machine: requests carry credentials meant for somebody else")
        super().__init__(target, clock, connections=connections)
        self._target = target

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it to the other address."""
        target = self._target
        request.url = request.url.copy_with(scheme=target.scheme, host=target.host, port=target.port)
        return super().handle_request(request)
