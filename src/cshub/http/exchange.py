"""One request going out and one answer coming in, and the names of what can fail in between. Trying again is not here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import httpcore
import httpx

from ..errors import AnswerError, RequestRefused, VendorTrouble
from .answer import Answer
from .body import BodyBroken, BodyRefused, read_body
from .clock import Clock
from .deadline import DEADLINE, AddressRefused
from .origin import Origin
from .redact import Redactor
from .request import Call
from .retry import Again

_NOT_SENT = (
    *(httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout),
    *(httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout),
)
_LATE = (httpx.TimeoutException, httpcore.TimeoutException)
_UNSENDABLE = (httpx.LocalProtocolError, httpcore.LocalProtocolError)
_BROKEN = (*_LATE, httpx.TransportError, httpcore.NetworkError, httpcore.ProtocolError, BodyBroken)
_TIMEOUTS = ("connect", "read", "write", "pool")


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """The wire of one client. `deadline_s` is for headers and body together, `max_bytes` for a body, packed and not."""

    name: str
    origin: Origin
    transport: httpx.BaseTransport
    clock: Clock
    deadline_s: float
    max_bytes: int
    redactor: Redactor
    request_id_of: Callable[[Answer], str | None] | None

    def place(self, call: Call) -> str:
        """Where an error about this call happened."""
        return f"{self.name}: {call.label}"

    def run(self, call: Call, headers: Mapping[str, str]) -> Answer:
        """The whole answer, whatever its status. Again if the wire failed, AnswerError if address or body is refused."""
        request = httpx.Request(call.method, f"{self.origin}{call.target}", headers=headers, content=call.body)
        try:
            return self._answer(request, call)
        except (AddressRefused, BodyRefused) as error:
            raise AnswerError(f"refused: {error}", where=self.place(call)) from error
        except _UNSENDABLE:
            hint = "look for line breaks in the credentials and settings"
            refused = RequestRefused("the request breaks the rules of HTTP", where=self.place(call), hint=hint)
            raise refused from None  # the cause quotes the header, which may be the secret itself
        except _BROKEN as error:
            raise self._broken(error, call) from error

    def _answer(self, request: httpx.Request, call: Call) -> Answer:
        until = self.clock.monotonic() + self.deadline_s
        request.extensions = {DEADLINE: until, "timeout": dict.fromkeys(_TIMEOUTS, self.deadline_s)}
        response = self.transport.handle_request(request)
        try:
            content = read_body(response, self.max_bytes, lambda: self._check(until))
        finally:
            response.close()
        return Answer(
            status=response.status_code,
            headers=response.headers,
            content=content,
            url=call.target.partition("?")[0],
            label=call.label,
            vendor=self.name,
            received_at=self.clock.now(),
            redactor=self.redactor,
            request_id_of=self.request_id_of,
        )

    def _check(self, until: float) -> None:
        """Raise when the deadline has passed; transports other than ours know only time-outs per read."""
        if self.clock.monotonic() > until:
            raise httpx.ReadTimeout("the deadline has passed")

    def _broken(self, error: Exception, call: Call) -> Again:
        what = f"took longer than {self.deadline_s:g} s" if isinstance(error, _LATE) else "failed"
        said = self.redactor.clean(str(error)) or type(error).__name__
        trouble = VendorTrouble(f"the request {what}: {said}", where=self.place(call), hint="a later run tries again")
        return Again(trouble, allowed=call.repeatable or isinstance(error, _NOT_SENT))
