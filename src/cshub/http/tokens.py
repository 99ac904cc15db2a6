"""Tokens that are fetched and expire: one fetch at a time, however many threads need it. How to ask is the plugin's."""

from __future__ import annotations

import threading
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from ..errors import CredentialsError, PermissionMissing, RequestRefused, VendorError
from .auth import bearer_value
from .client import Client
from .clock import SYSTEM_CLOCK, Clock
from .verdict import CONNECT_AGAIN


@dataclass(frozen=True, slots=True)
class Token:
    """An access token. `expires_at` None: it works until the vendor refuses it. `refresh_token`: a rotated one."""

    value: SecretStr
    expires_at: datetime | None = None
    refresh_token: SecretStr | None = None


class TokenSource:
    """An Auth that fetches its token through a client of its own, pinned to where tokens come from.

    A token is renewed `early_s` before it expires or once the vendor refuses it; threads that need it meanwhile
    wait for that one fetch. A vendor that refuses to give a token is asked once: then it is CredentialsError for all,
    with the hint of the error that `explain` made of the refusal, or one by OAuth's own words in its message.
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
        self._refused: VendorError | None = None
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
                raise _no_token(self._refused, self._client.name)
            if self._token is None or self._token is known:
                self._token = self._asked()
            return self._token

    def _asked(self) -> Token:
        try:
            return self._fetch(self._client)
        except (CredentialsError, PermissionMissing, RequestRefused) as error:
            self._refused = error
            raise _no_token(error, self._client.name) from error

    def _expires(self, token: Token) -> bool:
        return token.expires_at is not None and token.expires_at - self._early <= self._clock.now()


def _no_token(refused: VendorError, name: str) -> CredentialsError:
    hint = refused.hint if refused.hint not in (None, CONNECT_AGAIN) else _hint(refused.message, name)
    return CredentialsError(
        f"no token: {refused.message}", where=name, hint=hint, status=refused.status, request_id=refused.request_id
    )


def _hint(message: str, name: str) -> str:
    """What to do, as far as the vendor's words tell. See https://www.rfc-editor.org/rfc/rfc6749#section-5.2."""
    if "invalid_client" in message:
        return f"check client_id and client_secret of {name}"
    if "invalid_grant" in message:
        return f"reconnect {name}: its authorization was revoked, has expired, or was given to another app"
    return (
        f"check client_id and client_secret of {name}; if they are right, its authorization was revoked: reconnect it"
    )
