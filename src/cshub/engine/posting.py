"""Posting JSON to addresses out of the configuration: webhooks of actions and the notices to operators."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

import orjson

from ..errors import AnswerError, ConfigError
from ..http import Budget, Client, Retry
from .connections import Surroundings

#: How long one sending may take, and all waiting between sendings together, in seconds.
_PATIENCE_S = 15.0
#: Steps of a path that are shorter are words, not secrets.
_LONG = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """HTTP for actions: one attempt chain with a short deadline; the address never shows, because it is often a secret."""

    surroundings: Surroundings

    def post(self, url: str, body: Mapping[str, object], *, label: str) -> None:
        """POST `body` as JSON. Raises a VendorError, or a ConfigError for an unusable address, that does not name the address."""
        try:
            parts = urlsplit(url)
            client = self._client(url, parts)
        except (ConfigError, ValueError):
            raise _unusable(label) from None  # the cause would show the address
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        with client:
            try:
                client.post(path, json=orjson.loads(orjson.dumps(dict(body))), label=label)
            except AnswerError as error:
                raise AnswerError(client.redactor.clean(error.message), where=label) from None

    def _client(self, url: str, parts: SplitResult) -> Client:
        around = self.surroundings
        return Client(
            name="webhook",
            origin=f"{parts.scheme}://{parts.netloc}",
            auth=None,
            budget=Budget(clock=around.clock),
            retry=Retry(attempts=3, retry_after_cap_s=_PATIENCE_S),
            deadline_s=_PATIENCE_S,
            transport=around.transport("webhook"),
            clock=around.clock,
            secrets=[url, *_secret_parts(parts)],
            stopping=around.stopping,
        )


def _secret_parts(parts: SplitResult) -> Iterator[str]:
    """What in an address may be a secret by itself: the path, its longer steps, and the values of the query."""
    yield from (parts.path, parts.path.strip("/"), parts.query)
    yield from (step for step in parts.path.split("/") if len(step) >= _LONG)
    yield from (value for _, value in parse_qsl(parts.query))


def _unusable(label: str) -> ConfigError:
    return ConfigError(
        "the address it is posted to cannot be used",
        where=label,
        hint="it begins with https:// and a public host, or with http://127.0.0.1",
    )
