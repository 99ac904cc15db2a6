"""Who may call: static tokens and OAuth tokens, their scopes, and what each path asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .generations import ALIASES
from .portal import Portal
from .refusals import Refused, bad_request, missing_scopes, unauthorized

READ, WRITE = "read", "write"
TOKEN_LIFE_S = 1_800
OBJECT_SCOPES: dict[str, str] = {
    "companies": "crm.objects.companies.{}",
    "contacts": "crm.objects.contacts.{}",
    "deals": "crm.objects.deals.{}",
    "tickets": "tickets",
    "tasks": "crm.objects.contacts.{}",
    "notes": "crm.objects.contacts.{}",
    "feedback_submissions": "crm.objects.feedback_submissions.{}",
}
ALL_SCOPES = frozenset(
    scope.format(action) for scope in OBJECT_SCOPES.values() for action in (READ, WRITE)
) | frozenset(
    {"oauth", "crm.objects.owners.read"}
    | {f"crm.schemas.{name}.{action}" for name in ("companies", "contacts", "deals") for action in (READ, WRITE)}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """One token; `expires_ms` is None for a static one."""

    text: str
    scopes: frozenset[str]
    expires_ms: int | None = None

    @property
    def is_static(self) -> bool:
        """Whether this is a private app's or a service key's token."""
        return self.expires_ms is None


class Access:
    """The tokens of one account."""

    def __init__(self, portal: Portal, scopes: frozenset[str] | None) -> None:
        self._portal = portal
        self._scopes = ALL_SCOPES if scopes is None else scopes
        self.static_token = f"pat-eu1-00000000-0000-4000-8000-{portal.id:012d}"
        self.client_id = f"00000000-1111-4222-8333-{portal.id:012d}"
        self.client_secret = f"00000000-5555-4666-8777-{portal.id:012d}"
        self.refresh_token = f"eu1-0000-{portal.id:08x}-refresh"
        self._tokens = {self.static_token: Token(text=self.static_token, scopes=self._scopes)}
        self._made = 0

    def grant(self, scopes: frozenset[str]) -> None:
        """Give the static token other scopes, as an administrator would."""
        self._scopes = scopes
        self._tokens[self.static_token] = Token(text=self.static_token, scopes=scopes)

    def revoke(self, token: str) -> None:
        """Make a token or the refresh token worthless."""
        self._tokens.pop(token, None)
        if token == self.refresh_token:
            self.refresh_token = ""

    def token_of(self, headers: Mapping[str, str]) -> Token:
        """The token a request carries. Raises Refused with 401."""
        kind, _, text = headers.get("authorization", "").partition(" ")
        token = self._tokens.get(text.strip()) if kind.lower() == "bearer" else None
        if token is None:
            raise unauthorized()
        if token.expires_ms is not None and token.expires_ms <= self._portal.clock.now_ms():
            raise unauthorized(expired=True)
        return token

    def refresh(self, call: Call) -> Response:
        """The OAuth token endpoint: a refresh token or a code for an access token that lives half an hour."""
        form = dict(parse_qsl(call.request.body.decode("utf-8", "replace"))) | dict(call.request.query)
        if form.get("client_id") != self.client_id or form.get("client_secret") != self.client_secret:
            raise _oauth_error("BAD_CLIENT_ID", "invalid_client", "missing or unknown client id or secret")
        grant = form.get("grant_type")
        if grant not in ("refresh_token", "authorization_code"):
            raise bad_request("grant_type must be refresh_token or authorization_code")
        if grant == "refresh_token" and (not self.refresh_token or form.get("refresh_token") != self.refresh_token):
            raise _oauth_error("BAD_REFRESH_TOKEN", "invalid_grant", "missing or invalid refresh token")
        return json_response(self._issue())

    def _issue(self) -> dict[str, JSON]:
        self._made += 1
        # Real access tokens are longer than 300 characters.
        text = f"CJ{self._portal.id}{self._made:06d}".ljust(320, "x")
        expires = self._portal.clock.now_ms() + TOKEN_LIFE_S * 1000
        self._tokens[text] = Token(text=text, scopes=self._scopes, expires_ms=expires)
        return {
            "access_token": text,
            "refresh_token": self.refresh_token,
            "expires_in": TOKEN_LIFE_S,
            "token_type": "bearer",
            "token_use": "access_token",
            "hub_id": self._portal.id,
            "scopes": [*sorted(self._scopes)],
        }


def object_scopes(object_type: str, action: str) -> tuple[str, ...]:
    """The scopes one of which opens the records of a type."""
    pattern = OBJECT_SCOPES.get(ALIASES.get(object_type, ""))
    return (pattern.format(action),) if pattern else ()


def schema_scopes(object_type: str, action: str) -> tuple[str, ...]:
    """The scopes one of which opens the properties and pipelines of a type."""
    name = ALIASES.get(object_type, "")
    own = (f"crm.schemas.{name}.{action}",) if name in ("companies", "contacts", "deals") else ()
    return (*own, *object_scopes(name, READ)) if action == READ or not own else own


def owner_scopes(object_type: str, action: str) -> tuple[str, ...]:
    """The scope that opens the owners."""
    return ("crm.objects.owners.read",)


def no_scopes(object_type: str, action: str) -> tuple[str, ...]:
    """Paths any token opens."""
    return ()


def check_scopes(token: Token, wanted: tuple[str, ...]) -> None:
    """Raise Refused with 403 unless the token has one of the scopes."""
    if wanted and not token.scopes.intersection(wanted):
        raise missing_scopes(wanted)


def _oauth_error(status: str, error: str, message: str) -> Refused:
    extra: dict[str, JSON] = {"status": status, "error": error, "error_description": message}
    return Refused(400, message, status, extra)
