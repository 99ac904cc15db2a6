"""Who may call: an app's key and secret, a person's signed assertion, and the sessions that both of them open."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from urllib.parse import parse_qsl

from cshub.testing.sandbox import JSON, Request, Response, json_response

from .behaviour import Behaviour
from .org import Org
from .refusals import Refused, expired, oauth, refused

TOKEN_PATH = "/services/oauth2/token"  # noqa: S105 - a path, not a secret
REVOKE_PATH = "/services/oauth2/revoke"
LOGIN_HOSTS = frozenset({"login.salesforce.com", "test.salesforce.com"})
JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LONGEST_ASSERTION_S = 180


class Access:
    """The app, its user, and the sessions that are open; a session lives on as long as it is used."""

    def __init__(self, org: Org, seed: int) -> None:
        self._org = org
        self._behaviour: Behaviour = org.behaviour
        self.client_id = f"3MVG9sandbox{seed:06d}.{_digest('key', seed)}"
        self.client_secret = _digest("secret", seed).upper() * 2
        self.username = f"cshub{seed}@acme.example"
        self.public_key: str | None = None
        self._sessions: dict[str, int] = {}
        self._issued = 0

    def register_key(self, public_key: str) -> None:
        """Let assertions signed with the other half of this PEM key open sessions."""
        self.public_key = public_key

    def open_session(self) -> str:
        """A session without any login, as a test that is about something else needs it."""
        return str(self._issue("https://acme.my.salesforce.com")["access_token"])

    def end_sessions(self) -> None:
        """Make every token worthless, as an administrator would."""
        self._sessions.clear()

    def check(self, request: Request) -> None:
        """Raise Refused with 401 unless the call carries an open session; renews it."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() not in ("bearer", "oauth") or not token.strip():
            raise refused(401, "INVALID_AUTH_HEADER", "INVALID_HEADER_TYPE")
        now = self._org.clock.now_ms()
        until = self._sessions.get(token.strip())
        if until is None or until <= now or host_of(request) in LOGIN_HOSTS:
            raise expired()
        self._sessions[token.strip()] = now + round(self._behaviour.session_s * 1000)

    def token(self, request: Request) -> Response:
        """The token endpoint: both flows, each with its own refusals."""
        form = _form(request)
        grant = form.get("grant_type")
        if grant == JWT_GRANT:
            self._check_assertion(form.get("assertion", ""))
        elif grant == "client_credentials":
            self._check_client(request, form)
        elif grant == "password":
            raise oauth("invalid_grant", "authentication failure")
        else:
            raise oauth("unsupported_grant_type", "grant type not supported")
        return json_response(self._issue(instance_of(request)))

    def revoke(self, request: Request) -> Response:
        """Close a session."""
        token = (_form(request) | dict(request.query)).get("token", "")
        if self._sessions.pop(token, None) is None:
            raise oauth("unsupported_token_type", "this token type is not supported")
        return Response()

    def _check_client(self, request: Request, form: Mapping[str, str]) -> None:
        if not self._behaviour.my_domain or host_of(request) in LOGIN_HOSTS:
            raise oauth("invalid_grant", "request not supported on this domain")
        given = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        if given[0] != self.client_id:
            raise oauth("invalid_client_id", "client identifier invalid")
        if given[1] != self.client_secret:
            raise oauth("invalid_client", "invalid client credentials")
        if not self._behaviour.run_as:
            raise oauth("invalid_grant", "no client credentials user enabled")

    def _check_assertion(self, assertion: str) -> None:
        claims = self._claims(assertion)
        now_s = self._org.clock.now_ms() // 1000
        if claims.get("iss") != self.client_id:
            raise oauth("invalid_client_id", "client identifier invalid")
        if str(claims.get("aud", "")).removeprefix("https://").rstrip("/") not in self._audiences():
            raise oauth("invalid_grant", "audience is invalid")
        expires = claims.get("exp")
        if not isinstance(expires, int) or not now_s < expires <= now_s + LONGEST_ASSERTION_S:
            raise oauth("invalid_grant", "expired authorization code")
        if claims.get("sub") != self.username or not self._behaviour.approved:
            raise oauth("invalid_grant", "user hasn't approved this consumer")

    def _claims(self, assertion: str) -> Mapping[str, object]:
        import jwt  # noqa: PLC0415 - an optional extra, needed for assertions alone

        if self.public_key is None:
            raise oauth("invalid_grant", "invalid assertion")
        # Times are judged by the sandbox's clock, not by this machine's.
        options = {"verify_exp": False, "verify_aud": False, "verify_iat": False, "verify_nbf": False}
        try:
            claims: Mapping[str, object] = jwt.decode(assertion, self.public_key, algorithms=["RS256"], options=options)  # type: ignore[arg-type]  # a typed dict of its own
        except jwt.PyJWTError:
            raise oauth("invalid_grant", "invalid assertion") from None
        return claims

    def _audiences(self) -> frozenset[str]:
        return LOGIN_HOSTS | {"acme.my.salesforce.com"}

    def _issue(self, instance: str) -> dict[str, JSON]:
        self._issued += 1
        org_id, now = self._org.id, self._org.clock.now_ms()
        token = f"{org_id[:15]}!AQ{_digest('session', self._issued, org_id)}.{_digest('end', self._issued)}"
        self._sessions[token] = now + round(self._behaviour.session_s * 1000)
        return {
            "access_token": token,
            "signature": base64.b64encode(_digest("signature", self._issued).encode()).decode(),
            "scope": "api id",
            "instance_url": instance,
            "id": f"https://login.salesforce.com/id/{org_id}/{self._org.integration_user}",
            "token_type": "Bearer",
            "issued_at": str(now),
            "api_instance_url": "https://api.salesforce.com",
        }


def host_of(request: Request) -> str:
    """The host a call was sent to."""
    return request.headers.get("host", "acme.my.salesforce.com").partition(":")[0].lower()


def instance_of(request: Request) -> str:
    """The address a call came to, which is where data calls have to go."""
    host = request.headers.get("host", "acme.my.salesforce.com")
    if host_of(request) in LOGIN_HOSTS:
        return "https://acme.my.salesforce.com"
    return f"http://{host}" if host_of(request) in ("127.0.0.1", "localhost") else f"https://{host}"


def is_token_path(path: str) -> bool:
    """Whether the path is the login's."""
    return path.rstrip("/") in (TOKEN_PATH, REVOKE_PATH)


def refusal_of_login() -> Refused:
    """What a login that is refused without a better reason is told."""
    return oauth("invalid_grant", "authentication failure")


def _form(request: Request) -> dict[str, str]:
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _basic(request: Request) -> tuple[str, str] | None:
    kind, _, text = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = base64.b64decode(text).decode().partition(":")
    except ValueError:
        return None
    return name, secret


def _digest(*parts: object) -> str:
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()
