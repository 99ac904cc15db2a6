"""The WSGI front of a sandbox: control paths, faults and logs around the vendor's own behaviour."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from threading import RLock
from typing import Generic, TypeVar

from .clock import SandboxClock
from .control import CONTROL_PREFIX, control
from .faults import Fault, FaultKind, FaultPlan
from .havoc import NEED_AN_ANSWER, VENDOR_WORDS, Echo, spoil
from .logs import RequestEntry, RequestLog, WriteLog
from .vendor import Vendor
from .wire import Environ, Request, Response, read_request

StartResponse = Callable[[str, list[tuple[str, str]]], object]
SLOW_STEPS = 20


V = TypeVar("V", bound=Vendor, covariant=True)


class Sandbox(Generic[V]):
    """A vendor's stateful double: a WSGI application, mounted in process or served on a port.

    `credentials` maps environment variables to the values a client needs; `faults` is what goes wrong; `log` is every
    request; `writes` is every field written; `clock` drives the vendor's time; `vendor` is its state.
    """

    def __init__(
        self, vendor: V, *, name: str, credentials: Mapping[str, str], clock: SandboxClock, seed: int = 7
    ) -> None:
        self.vendor = vendor
        self.name = name
        self.credentials = dict(credentials)
        self.clock = clock
        self.faults = FaultPlan(seed)
        self.log = RequestLog()
        self.lock = RLock()
        self._echo = Echo()

    @property
    def writes(self) -> WriteLog:
        """Every field written so far, by clients and by people."""
        return self.vendor.writes

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request; see PEP 3333."""
        answer = self.respond(read_request(environ))
        cut = environ.get("cshub.sandbox.cut")
        if answer.reset:
            return _cut(cut)
        if answer.slow_headers_s and environ.get("cshub.sandbox.socket") is None:
            time.sleep(answer.slow_headers_s)
        drip = environ.get("cshub.sandbox.drip")
        if callable(drip):
            drip(answer.slow_headers_s)
        start_response(answer.status_line, answer.all_headers)
        return _slowly(answer) if answer.slow_body_s else [answer.body]

    def respond(self, request: Request) -> Response:
        """The answer to a request, faults included."""
        if request.path.startswith(CONTROL_PREFIX):
            with self.lock:
                return control(self, request)
        with self.lock:
            fault = self.faults.draw(request.method, request.path)
            answer = self.vendor.answer(request) if fault is None else self._struck(request, fault)
            self._remember(request, answer, fault)
            return answer

    def _struck(self, request: Request, fault: Fault) -> Response:
        answer = Response()
        if fault.carried_out or fault.kind in NEED_AN_ANSWER:
            answer = self.vendor.answer(request)
        if fault.kind in VENDOR_WORDS:
            answer = self.vendor.complain(fault, request)
        if fault.kind is FaultKind.SAME_CURSOR:
            return self._echo.spoil(answer, request, self.vendor.page_shape)
        return spoil(answer, fault, self.vendor.page_shape)

    def _remember(self, request: Request, answer: Response, fault: Fault | None) -> None:
        entry = RequestEntry(
            at=self.clock.now(),
            method=request.method,
            path=request.path,
            query=request.query_string,
            status=0 if answer.reset else answer.status,
            fault=fault.kind.value if fault else None,
        )
        self.log.add(entry)


def _cut(cut: object) -> Iterable[bytes]:
    if callable(cut):
        cut()
        return []
    raise ConnectionResetError("the sandbox cut the connection")


def _slowly(answer: Response) -> Iterator[bytes]:
    step = max(1, -(-len(answer.body) // SLOW_STEPS))
    for start in range(0, len(answer.body), step):
        time.sleep(answer.slow_body_s)
        yield answer.body[start : start + step]
