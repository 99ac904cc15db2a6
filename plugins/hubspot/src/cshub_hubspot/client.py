"""The connection to HubSpot: credentials, rate windows, error mapping. What is asked stands in `api.py`, where in `paths.py`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from pydantic import SecretStr

from cshub import Auth, Bearer, Client, Clock, Context, Token, TokenSource, Window

from .explain import explain, request_id
from .paths import Paths
from .settings import HubSpotSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Clients:
    """`main` makes all calls; the caller closes `all`.

    `granted` tells the rights of the token, once there is one; None for a static token, of which HubSpot tells nothing.
    """

    main: Client
    all: tuple[Client, ...]
    granted: Callable[[], frozenset[str] | None]


def open_clients(settings: HubSpotSettings, context: Context) -> Clients:
    """The client for all calls, and those it needs to get its tokens."""
    if settings.token is not None:
        static = _client(settings, context, Bearer(settings.token))
        return Clients(main=static, all=(static,), granted=lambda: None)
    tokens = context.client(
        origin=settings.base_url,
        account="oauth",
        budget={"default": (Window(10, 10),)},
        explain=explain,
        request_id_of=request_id,
        secrets=_secrets(settings),
    )
    renewal = Renewal(settings, context.clock)
    source = TokenSource(renewal.fetch, tokens, clock=context.clock)
    main = _client(settings, context, source)
    return Clients(main=main, all=(main, tokens), granted=lambda: renewal.granted)


class Renewal:
    """Fetches access tokens, each time with the newest refresh token HubSpot gave. `granted` are the rights of the last one.

    See https://developers.hubspot.com/docs/api-reference/auth-oauth-v1/tokens.
    """

    def __init__(self, settings: HubSpotSettings, clock: Clock) -> None:
        self._path = Paths(settings.api).token()
        self._app = {"client_id": settings.client_id or "", "client_secret": _plain(settings.client_secret)}
        self._refresh = _plain(settings.refresh_token)
        self._clock = clock
        self.granted: frozenset[str] | None = None

    def fetch(self, client: Client) -> Token:
        """A fresh access token. Asking again does no harm, so a 429 of the token endpoint is waited out like any other."""
        form = {"grant_type": "refresh_token", **self._app, "refresh_token": self._refresh}
        answer = client.post(self._path, form=form, label="token refresh")
        said = answer.object()
        value, lasts_s, refresh = said.get("access_token"), said.get("expires_in"), said.get("refresh_token")
        if not isinstance(value, str) or not isinstance(lasts_s, int | float):
            raise answer.error("gave no access token")
        if isinstance(refresh, str) and refresh:
            self._refresh = refresh
        scopes = said.get("scopes")
        if isinstance(scopes, list):
            self.granted = frozenset(scope for scope in scopes if isinstance(scope, str))
        return Token(SecretStr(value), self._clock.now() + timedelta(seconds=lasts_s), SecretStr(self._refresh))


def _client(settings: HubSpotSettings, context: Context, auth: Auth) -> Client:
    return context.client(
        origin=settings.base_url,
        auth=auth,
        budget=settings.windows(),
        explain=explain,
        request_id_of=request_id,
        secrets=_secrets(settings),
    )


def _secrets(settings: HubSpotSettings) -> list[SecretStr]:
    given = (settings.token, settings.client_secret, settings.refresh_token)
    return [secret for secret in given if secret is not None]


def _plain(secret: SecretStr | None) -> str:
    return secret.get_secret_value() if secret else ""
