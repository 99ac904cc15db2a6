"""A small threaded HTTP/1.1 server for WSGI sandboxes on loopback, able to misbehave on the wire."""

from __future__ import annotations

import errno
import socket
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from socketserver import TCPServer, ThreadingMixIn
from threading import Thread
from types import TracebackType
from urllib.parse import unquote_to_bytes

from ...errors import ConfigError
from .wire import Environ

HOST = "127.0.0.1"
START = Callable[[str, list[tuple[str, str]]], object]
WsgiApp = Callable[[Environ, START], Iterable[bytes]]
DRIP_STEPS = 5


class _Server(ThreadingMixIn, TCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, port: int, app: WsgiApp) -> None:
        self.app = app
        super().__init__((HOST, port), _Connection)


class _Connection(BaseHTTPRequestHandler):
    """One client's connection, kept open between requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server
    dripped = False

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the standard library's
        """Say nothing: the sandbox keeps its own log."""

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def _answer(self) -> None:
        self.dripped = False
        head: list[tuple[str, list[tuple[str, str]]]] = []
        chunks = self.server.app(self._environ(), lambda status, headers: head.append((status, headers)))
        if not head:
            self.close_connection = True
            return
        self._send_head(*head[0])
        for chunk in chunks:
            self.wfile.write(chunk)
            self.wfile.flush()

    def _send_head(self, status: str, headers: list[tuple[str, str]]) -> None:
        lines = [] if self.dripped else [f"HTTP/1.1 {status}"]
        lines += [f"{name}: {value}" for name, value in headers]
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))

    def _drip(self, seconds: float) -> None:
        if seconds <= 0:
            return
        self.dripped = True
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        for step in range(DRIP_STEPS):
            self.wfile.write(f"X-Slow-{step}: yes\r\n".encode())
            self.wfile.flush()
            time.sleep(seconds)

    def _cut(self) -> None:
        # Linger 0 makes close send RST instead of FIN: the client sees a reset, not an end.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _environ(self) -> dict[str, object]:
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        environ: dict[str, object] = {
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": self.request_version,
            "REMOTE_ADDR": self.client_address[0],
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "wsgi.input": BytesIO(self.rfile.read(length) if length else b""),
            "wsgi.url_scheme": "http",
            "cshub.sandbox.socket": True,
            "cshub.sandbox.cut": self._cut,
            "cshub.sandbox.drip": self._drip,
        }
        for name, value in self.headers.items():
            environ[f"HTTP_{name.upper().replace('-', '_')}"] = value
        return environ


@dataclass(frozen=True, slots=True)
class Running:
    """A served sandbox; `url` is its address without a slash at the end. Leaving the `with` block stops it."""

    url: str
    port: int
    _server: _Server
    _thread: Thread

    def stop(self) -> None:
        """Stop listening; connections still open end with their clients."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait(self) -> None:
        """Serve until the process is told to stop."""
        self._thread.join()

    def __enter__(self) -> Running:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()


def serve(sandbox: WsgiApp, port: int = 0) -> Running:
    """Serve a sandbox on 127.0.0.1; port 0 takes a free one. Raises ConfigError when the port is in use."""
    try:
        server = _Server(port, sandbox)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        hint = "stop the other program or choose another port"
        raise ConfigError(f"port {port} is in use", where=f"{HOST}:{port}", hint=hint) from error
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    bound = server.server_address[1]
    return Running(f"http://{HOST}:{bound}", bound, server, thread)
