"""Posting JSON to addresses out of the configuration: webhooks of actions and the notices to operators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import orjson

from ..http import Budget, Client, Retry
from .connections import Surroundings


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """HTTP for actions: one attempt chain with a short deadline; the address never shows, because it is often a secret."""

    surroundings: Surroundings

    def post(self, url: str, body: Mapping[str, object], *, label: str) -> None:
        """POST `body` as JSON. Raises a VendorError that does not name the address."""
        parts = urlsplit(url)
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        with Client(
            name="webhook",
            origin=f"{parts.scheme}://{parts.netloc}",
            auth=None,
            budget=Budget(clock=self.surroundings.clock),
            retry=Retry(attempts=3),
            deadline_s=15,
            transport=self.surroundings.transport("webhook"),
            clock=self.surroundings.clock,
            secrets=[url, parts.path],
            stopping=self.surroundings.stopping,
        ) as client:
            client.post(path, json=orjson.loads(orjson.dumps(dict(body))), label=label)
