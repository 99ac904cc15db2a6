"""Logging in: the two flows, and the client for data calls, whose host only a token's answer tells.

See https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_client_credentials_flow.htm and
https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_jwt_flow.htm.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from cshub import (
    JSON,
    Answer,
    AnswerError,
    Client,
    ConfigError,
    Context,
    CredentialsError,
    Token,
    TokenSource,
    Window,
)

from .explain import explain, request_id, word
from .hosts import audience, instance_origin
from .ids import full, is_id
from .paths import LOGIN
from .quota import Quota
from .settings import SalesforceSettings

_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
#: Salesforce takes JWTs that end at most three minutes ahead; the clocks may disagree by one.
_JWT_LASTS = timedelta(minutes=2)
_HEADERS = {"Sforce-Query-Options": "batchSize=2000"}
#: Answers of the bulk API are large, and a query may run long.
_DEADLINE_S = 150.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a token's answer says besides the token: where data calls go, whose org and user it is, what it allows."""

    instance: str
    org: str
    user: str
    scopes: tuple[str, ...] | None


class Session:
    """A way into one org. Nothing is asked before `client` or `identity` is. Safe to share between threads."""

    def __init__(self, settings: SalesforceSettings, context: Context, quota: Quota) -> None:
        self._settings = settings
        self._context = context
        self._quota = quota
        self._lock = threading.Lock()
        self._identity: Identity | None = None
        self._client: tuple[str, Client] | None = None
        secrets = [secret for secret in (settings.client_secret, settings.private_key) if secret is not None]
        self._logins = context.client(
            origin=settings.login,
            account="oauth",
            budget={"default": (Window(10, 10),)},
            explain=explain,
            request_id_of=request_id,
            secrets=secrets,
        )
        early_s = min(60.0, settings.session.total_seconds() / 4) if settings.session else 60.0
        self._tokens = TokenSource(self._fetch, self._logins, clock=context.clock, early_s=early_s)

    @property
    def identity(self) -> Identity:
        """Who this is, after logging in if nobody did. Raises CredentialsError and VendorTrouble."""
        if self._identity is None:
            self._tokens.stamp({})
        if self._identity is None:
            raise CredentialsError("a token without an identity", where=self._context.connection)
        return self._identity

    def client(self) -> Client:
        """The client for data calls, at the host that the newest token named."""
        instance = self.identity.instance
        with self._lock:
            if self._client is None or self._client[0] != instance:
                made = self._context.client(
                    origin=instance,
                    auth=self._tokens,
                    explain=self._quota.explain,
                    request_id_of=request_id,
                    headers=_HEADERS,
                    deadline_s=_DEADLINE_S,
                )
                self._client = instance, made
            return self._client[1]

    def close(self) -> None:
        """Let go of the connections."""
        for client in (self._logins, *([self._client[1]] if self._client else [])):
            client.close()

    def _fetch(self, client: Client) -> Token:
        """A fresh access token. Asking again does no harm."""
        answer = client.post(LOGIN, form=self._form(client), label="login")
        said = answer.object()
        value = said.get("access_token")
        if not isinstance(value, str) or not value:
            raise answer.error("gave no access token")
        client.redactor.add(value)
        self._identity = _identity(said, answer, self._settings.login)
        return Token(SecretStr(value), self._ends())

    def _ends(self) -> datetime | None:
        """Salesforce does not say how long a token lasts; where the settings do, it is renewed before."""
        return self._context.clock.now() + self._settings.session if self._settings.session else None

    def _form(self, client: Client) -> Mapping[str, str]:
        if self._settings.client_secret is not None:
            secret = self._settings.client_secret.get_secret_value()
            return {
                "grant_type": "client_credentials",
                "client_id": self._settings.client_id,
                "client_secret": secret,
            }
        assertion = signed(self._settings, self._context.clock.now())
        client.redactor.add(assertion)
        return {"grant_type": _JWT_GRANT, "assertion": assertion}


def signed(settings: SalesforceSettings, now: datetime) -> str:
    """The JWT that asks for a token. Raises ConfigError without the extra, CredentialsError for a key that is none."""
    try:
        import jwt  # noqa: PLC0415 - an optional extra, loaded late
    except ImportError as error:
        hint = "install it with `pip install 'cshub[salesforce-jwt]'`, or use `client_secret`"
        raise ConfigError("`private_key` needs the extra salesforce-jwt", hint=hint) from error
    claims = {
        "iss": settings.client_id,
        "sub": settings.username,
        "aud": settings.audience or audience(settings.login),
        "exp": int((now + _JWT_LASTS).timestamp()),
    }
    key = settings.private_key.get_secret_value() if settings.private_key else ""
    try:
        return jwt.encode(claims, key, algorithm="RS256")
    except (ValueError, TypeError, jwt.PyJWTError):
        hint = "it begins with -----BEGIN PRIVATE KEY-----; check the file it comes from"
        raise CredentialsError(
            "`private_key` is not an RSA key in PEM form", hint=hint
        ) from None  # the cause may quote it


def _identity(said: Mapping[str, JSON], answer: Answer, login: str) -> Identity:
    """Errors name no part of the body: it begins with the token."""
    instance = instance_origin(word(said, "instance_url"), login)
    if instance is None:
        host = word(said, "instance_url")[:80]
        message = f"the token's answer sends data calls to {host!r}, which is not Salesforce's; nothing was sent there"
        raise AnswerError(message, where=answer.where, hint="check `my_domain` or `base_url`")
    org, user = (["", "", *word(said, "id").rstrip("/").split("/")])[-2:]
    scope = said.get("scope")
    scopes = tuple(scope.split()) if isinstance(scope, str) else None
    return Identity(instance=instance, org=full(org) if is_id(org) else org, user=user, scopes=scopes)
