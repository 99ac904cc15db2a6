"""Tokens that are fetched and expire: one fetch at a time, however many threads need it. How to ask is the plugin's."""

from __future__ import annotations

import threading
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from ..errors import CredentialsError, PermissionMissing, RequestRefused
from .auth import bearer_value
from .client import Client
from .clock import SYSTEM_CLOCK, Clock


@dataclass(frozen=True, slots=True)
class Token:
    """An access token. `expires_at` None: it works until the vendor refuses it. `refresh_token`: a rotated one."""

    value: SecretStr
    expires_at: datetime | None = None
    refresh_token: SecretStr | None = None


class TokenSource:
    """An Auth that fetches its token through a client of its own, pinned to where tokens come from.

    A token is renewed `early_s` before it expires or once the vendor refuses it; threads that need it meanwhile
    wait for that one fetch. A vendor that refuses to give a token is asked once: then it is CredentialsError for all.
    """

    def __init__(
        self, fetch: Callable[[Client], Token], client: Client, clock: Clock = SYSTEM_CLOCK, early_s: float = 60
    ) -> None:
        self._fetch = fetch
        self._client = client
        self._clock = clock
        self._early = timedelta(seconds=early_s)
        self._lock = threading.Lock()
        self._token: Token | None = None
        self._refused: str | None = None
        self._stamped = threading.local()

    def stamp(self, headers: MutableMapping[str, str]) -> None:
        """Add `Authorization: Bearer …`, fetching a token first if there is none that lasts."""
        token = self._token
        if token is None or self._expires(token):
            token = self._renewed(token)
        self._stamped.token = token
        headers["Authorization"] = bearer_value(token.value.get_secret_value())

    def refresh(self, reason: str) -> bool:
        """Make sure the token is not the one this thread stamped last; True unless CredentialsError is raised."""
        self._renewed(getattr(self._stamped, "token", None))
        return True

    def _renewed(self, known: Token | None) -> Token:
        """A token other than `known`: what another thread fetched meanwhile, else a new one."""
        with self._lock:
            if self._refused:
                raise self._credentials_error(self._refused)
            if self._token is None or self._token is known:
                self._token = self._asked()
            return self._token

    def _asked(self) -> Token:
        try:
            return self._fetch(self._client)
        except (CredentialsError, PermissionMissing, RequestRefused) as error:
            self._refused = error.message
            raise self._credentials_error(error.message) from error

    def _credentials_error(self, why: str) -> CredentialsError:
        name = self._client.name
        return CredentialsError(f"no token: {why}", where=name, hint=f"reconnect {name}: its authorization was revoked")

    def _expires(self, token: Token) -> bool:
        return token.expires_at is not None and token.expires_at - self._early <= self._clock.now()
