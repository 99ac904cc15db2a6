"""F4, F8, F24 over real sockets: whatever the wire does, the request ends at its deadline."""

from __future__ import annotations

import socket
import struct
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cshub.errors import VendorTrouble
from cshub.http import SYSTEM_CLOCK, Retry

from .conftest import ClientFor, Script, Server, ok

DEADLINE_S = 0.4
ONCE = Retry(attempts=1)


def drip(server: Server, data: bytes, first: bytes = b"") -> Script:
    """Send one byte every 20 ms after `first`, so that no single read is ever late."""

    def script(connection: socket.socket) -> None:
        connection.sendall(first)
        for byte in data:
            connection.sendall(bytes([byte]))
            server.pause(0.02)

    return script


def seconds_until_it_fails(client_for: ClientFor, origin: str, **settings: object) -> float:
    client = client_for(origin=origin, clock=SYSTEM_CLOCK, deadline_s=DEADLINE_S, retry=ONCE)
    started = time.monotonic()
    with pytest.raises(VendorTrouble, match=r"took longer than 0\.4 s"):
        client.send("POST", "/", label="contacts list", **settings)  # type: ignore[arg-type]  # a test's freedom
    return time.monotonic() - started


@pytest.mark.parametrize("part", ["headers", "body", "chunks", "nothing"])
def test_a_slow_answer_ends_at_the_deadline(part: str, server: Server, client_for: ClientFor) -> None:
    answer = ok(b"x" * 200, "X-Long: " + "y" * 200)
    chunked = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    scripts: dict[str, Script] = {
        "headers": drip(server, answer),
        "body": drip(server, answer[-200:], first=answer[:-200]),
        "chunks": drip(server, b"1\r\nx\r\n" * 50, first=chunked),
        "nothing": lambda _: server.pause(5),
    }
    server.scripts = [scripts[part]]
    assert seconds_until_it_fails(client_for, server.origin) == pytest.approx(DEADLINE_S, abs=0.3)


def test_a_server_that_does_not_read_ends_at_the_deadline(client_for: ClientFor) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as deaf:
        origin = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        took = seconds_until_it_fails(client_for, origin, json="x" * 20_000_000)
    assert took == pytest.approx(DEADLINE_S, abs=0.3)


def test_a_silent_tls_handshake_ends_at_the_deadline(client_for: ClientFor) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1) as mute:
        took = seconds_until_it_fails(client_for, f"https://127.0.0.1:{mute.getsockname()[1]}")
    assert took == pytest.approx(DEADLINE_S, abs=0.3)


def test_a_resolver_that_hangs_ends_at_the_deadline(client_for: ClientFor, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(5) and [])
    took = seconds_until_it_fails(client_for, "https://api.vendor.test")
    over.set()
    assert took == pytest.approx(DEADLINE_S, abs=0.3)


def test_a_hanging_vendor_does_not_hold_up_another_thread(server: Server, client_for: ClientFor) -> None:
    def hang(connection: socket.socket) -> None:
        server.pause(5)
        connection.close()

    server.scripts = [hang, ok(b'{"fine": true}')]
    client = client_for(origin=server.origin, clock=SYSTEM_CLOCK, deadline_s=5, retry=ONCE)
    with ThreadPoolExecutor(1) as other:
        hanging = other.submit(client.get, "/", label="slow")
        while not server.requests:
            server.pause(0.01)
        assert client.get("/", label="quick").object() == {"fine": True}
        server.closing.set()
        assert isinstance(hanging.exception(timeout=5), VendorTrouble)


def reset(connection: socket.socket) -> None:
    """Close so that the other side gets a reset instead of an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


@pytest.mark.parametrize("offset", [0, 1, 12, 20, 40, 60, 100, 500])
@pytest.mark.parametrize("end", ["reset", "close"])
def test_a_connection_broken_at_any_byte_is_tried_again(
    offset: int, end: str, server: Server, client_for: ClientFor
) -> None:
    answer = ok(b'{"rows": "' + b"x" * 1000 + b'"}', "Content-Type: application/json")

    def broken(connection: socket.socket) -> None:
        connection.sendall(answer[:offset])
        reset(connection) if end == "reset" else connection.close()

    server.scripts = [broken, broken, answer]
    client = client_for(origin=server.origin)
    assert client.get("/", label="contacts list").object() == {"rows": "x" * 1000}
    assert len(server.requests) == 3


def test_nobody_listening_is_tried_five_times(client_for: ClientFor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        origin = f"http://127.0.0.1:{gone.getsockname()[1]}"
    client = client_for(origin=origin)
    with pytest.raises(VendorTrouble, match="refused"):
        client.post("/", json={}, label="task create", repeatable=False)
    assert client.calls["total"] == 5


def test_an_answer_that_is_not_tls_is_trouble(client_for: ClientFor) -> None:
    with socket.create_server(("127.0.0.1", 0)) as plain:
        greeter = threading.Thread(target=lambda: greet(plain))
        greeter.start()
        client = client_for(origin=f"https://127.0.0.1:{plain.getsockname()[1]}", retry=ONCE)
        with pytest.raises(VendorTrouble, match="SSL"):
            client.get("/", label="contacts list")
        greeter.join()
    assert client.calls["total"] == 1


def greet(listener: socket.socket) -> None:
    """Speak plain HTTP to somebody who offers TLS."""
    connection, _ = listener.accept()
    with connection:
        connection.sendall(ok(b"hello"))
        connection.recv(65536)


def test_connections_are_kept_and_shared_by_threads(server: Server, client_for: ClientFor) -> None:
    client = client_for(origin=server.origin, clock=SYSTEM_CLOCK)
    for _ in range(20):
        client.get("/", label="contacts list")
    assert len(server._open) == 1
