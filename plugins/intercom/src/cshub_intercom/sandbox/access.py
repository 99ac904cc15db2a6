"""Who may call: the token, the region it belongs to, the permissions it lacks."""

from __future__ import annotations

from dataclasses import dataclass

from cshub.testing.sandbox import Request

from .behaviour import Behaviour
from .refusals import Refused, plan_restricted, unauthorized

HOSTS = {"us": "api.intercom.io", "eu": "api.eu.intercom.io", "au": "api.au.intercom.io"}


@dataclass(slots=True)
class Access:
    """The token of a workspace. It never expires, but can be revoked."""

    behaviour: Behaviour
    token: str
    revoked: bool = False

    def check(self, request: Request, resource: str) -> None:
        """Raise Refused unless the request may be answered."""
        self._check_token(request)
        if resource in self.behaviour.denied:
            # Nothing in the answer tells a missing permission from a wrong token.
            raise unauthorized()
        if resource in self.behaviour.restricted:
            raise plan_restricted()

    def _check_token(self, request: Request) -> None:
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if self.revoked or kind.lower() != "bearer" or text.strip() != self.token:
            raise unauthorized()
        host, home = request.headers.get("host", ""), HOSTS[self.behaviour.region]
        if host in HOSTS.values() and host != home:
            raise self._wrong_region(request, home)

    def _wrong_region(self, request: Request, home: str) -> Refused:
        """Not documented: a 401, or a redirect to the right host."""
        if self.behaviour.wrong_region == "unauthorized":
            return unauthorized()
        query = f"?{request.query_string}" if request.query_string else ""
        return Refused(302, page="", headers=(("Location", f"https://{home}{request.path}{query}"),))
