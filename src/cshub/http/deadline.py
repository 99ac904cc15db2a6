"""The transport whose deadline is total: each socket call gets the time that is left. Sizes and retries live elsewhere."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Iterable, Iterator
from queue import Empty, SimpleQueue

import httpcore
import httpx

from .clock import Clock
from .origin import Origin

#: Key of a request's extensions: the moment, on the client's monotonic clock, at which its answer must be complete.
DEADLINE = "cshub.deadline"
_KEEPALIVE_S = 30.0
#: One write may take several sends, each with the same time-out; slices keep what is left up to date.
_SLICE = 64 * 1024
_SocketOption = tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]


class AddressRefused(Exception):
    """The host's name leads to an address that this client must not call."""


class DeadlineTransport(httpx.BaseTransport):
    """Sends requests to one origin over kept-alive connections, each within its `DEADLINE`, headers and body together.

    httpx counts its time-out per read, so an answer that drips is never late there. Here httpcore is given the
    deadline where it expects a time-out, and `_Backend` turns it into the time left at each socket call.
    """

    def __init__(self, origin: Origin, clock: Clock, *, connections: int) -> None:
        self._clock = clock
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context() if origin.scheme == "https" else None,
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=_KEEPALIVE_S,
            network_backend=_Backend(origin, clock),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send it; the answer's body is still on the wire. Raises httpcore's own errors."""
        until = request.extensions[DEADLINE]
        patience = {"connect": until, "read": until, "write": until, "pool": until - self._clock.monotonic()}
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=request.stream,
                extensions={"timeout": patience},
            )
        )
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    """An answer's body as httpx wants it."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class _Backend(httpcore.NetworkBackend):
    """Opens sockets to allowed addresses only. Everywhere in here `timeout` is a moment, not a length of time."""

    def __init__(self, origin: Origin, clock: Clock) -> None:
        self._origin = origin
        self._clock = clock
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[_SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address that answers, sharing out the time between them."""
        addresses = self._addresses(host, port, timeout)
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for tried, address in enumerate(addresses):
            left = _left(self._clock, timeout, httpcore.ConnectTimeout) / (len(addresses) - tried)
            try:
                stream = self._sockets.connect_tcp(address, port, left, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._clock)
        raise failure

    def _addresses(self, host: str, port: int, until: float | None) -> list[str]:
        """Numeric addresses of a host, all of them allowed: a name must not lead into a private network."""
        addresses = _resolve(host, port, _left(self._clock, until, httpcore.ConnectTimeout))
        for address in addresses:
            if not self._origin.allows(address):
                raise AddressRefused(f"{host} has the address {address}, which is in a private range")
        return addresses


class _Stream(httpcore.NetworkStream):
    """A socket whose every call gets the time left until the moment given as its `timeout`."""

    def __init__(self, inner: httpcore.NetworkStream, clock: Clock) -> None:
        self._inner = inner
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._clock, timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _SLICE):
            self._inner.write(buffer[start : start + _SLICE], _left(self._clock, timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = _left(self._clock, timeout, httpcore.ConnectTimeout)
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, left), self._clock)

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)


def _left(clock: Clock, until: float | None, late: type[httpcore.TimeoutException]) -> float:
    """Seconds until that moment; raises `late` when it has passed. Every call in here has a deadline."""
    left = (until or 0.0) - clock.monotonic()
    if left <= 0:
        raise late("the deadline has passed")
    return left


def _resolve(host: str, port: int, patience_s: float) -> list[str]:
    """Numeric addresses of a host within `patience_s`. The system's resolver knows no time-out, hence the thread."""
    answers: SimpleQueue[list[str] | Exception] = SimpleQueue()

    def ask() -> None:
        answer: list[str] | Exception = RuntimeError("the resolver died")
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer = [str(entry[4][0]) for entry in found]
        except (OSError, UnicodeError) as error:
            answer = error
        finally:
            answers.put(answer)

    threading.Thread(target=ask, name=f"resolve {host}", daemon=True).start()
    try:
        answer = answers.get(timeout=patience_s)
    except Empty:
        raise httpcore.ConnectTimeout(f"{host} could not be resolved in time") from None
    if isinstance(answer, Exception):
        raise httpcore.ConnectError(f"{host} could not be resolved: {answer}") from answer
    return answer
