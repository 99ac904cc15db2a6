"""The wire, faked: a clock that never sleeps, a server on 127.0.0.1 that does as its script says, and clients for both."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from cshub.http import Budget, Client, Retry

Script = bytes | Callable[[socket.socket], None]
Handler = Callable[[httpx.Request], httpx.Response]
ClientFor = Callable[..., Client]


class ManualClock:
    """Waiting takes no time: it moves this clock forward and is written down."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._start = datetime(2026, 3, 1, 12, tzinfo=UTC)

    @property
    def waited_s(self) -> float:
        return sum(self.slept)

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.waited_s)

    def monotonic(self) -> float:
        return self.waited_s

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


class Server:
    """Answers the requests it gets by its scripts in turn, the last one for ever; remembers what it was sent."""

    def __init__(self) -> None:
        self.scripts: list[Script] = [ok(b"{}")]
        self.requests: list[bytes] = []
        self.closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self.closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for connection in self._open:
            connection.close()

    def pause(self, seconds: float) -> None:
        """Let time pass on the wire, but not beyond the test's end."""
        self.closing.wait(seconds)

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._open.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        try:
            while request := received(connection):
                self.requests.append(request)
                script = self.scripts[min(len(self.requests), len(self.scripts)) - 1]
                connection.sendall(script) if isinstance(script, bytes) else script(connection)
        except OSError:
            pass
        finally:
            connection.close()


def received(connection: socket.socket) -> bytes:
    """One request: head and as much body as it declares; empty when the client has gone."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (more := connection.recv(65536)):
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def ok(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    """A complete answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.close()


@pytest.fixture
def client_for(clock: ManualClock) -> Iterator[ClientFor]:
    """Makes clients: `client_for(handler)` on a fake transport, `client_for(origin=…)` on a real socket."""
    made: list[Client] = []

    def make(handler: Handler | None = None, **settings: object) -> Client:
        transport = httpx.MockTransport(handler) if handler else None
        usual: dict[str, object] = {
            "name": "crm",
            "origin": "https://api.vendor.test",
            "auth": None,
            "clock": clock,
            "retry": Retry(),
            "transport": transport,
        }
        chosen = usual | settings
        chosen.setdefault("budget", Budget(clock=chosen["clock"]))  # type: ignore[arg-type]  # loose in tests only
        made.append(Client(**chosen))  # type: ignore[arg-type]  # loose in tests only
        return made[-1]

    yield make
    for client in made:
        client.close()
