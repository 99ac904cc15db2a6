"""Encrypted connections: a good certificate works like plain sockets do, a bad one sends nothing."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from cshub.errors import VendorTrouble
from cshub.http import SYSTEM_CLOCK, Bearer, Retry

from .conftest import ClientFor, ok, received


class TlsServer:
    """Answers every request on 127.0.0.1 with an empty object, under a certificate of its own."""

    def __init__(self, folder: Path) -> None:
        self.certificate = folder / "certificate.pem"
        key = folder / "key.pem"
        self.requests: list[bytes] = []
        command = (
            "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
        )
        subprocess.run([*command.split(), "-out", self.certificate, "-keyout", key], check=True, capture_output=True)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(self.certificate, key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def origin(self) -> str:
        return f"https://127.0.0.1:{self._listener.getsockname()[1]}"

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        try:
            with self._context.wrap_socket(connection, server_side=True) as secure:
                while request := received(secure):
                    self.requests.append(request)
                    secure.sendall(ok(b"{}"))
        except OSError:
            pass


@pytest.fixture
def tls(tmp_path: Path) -> Iterator[TlsServer]:
    if not shutil.which("openssl"):
        pytest.skip("openssl is not installed; it makes the certificate")
    server = TlsServer(tmp_path)
    yield server
    server.close()


def test_a_trusted_certificate_is_talked_to(
    tls: TlsServer, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tls.certificate))
    client = client_for(origin=tls.origin, clock=SYSTEM_CLOCK, deadline_s=10)
    for _ in range(3):
        assert client.get("/", label="contacts list").object() == {}
    assert len(tls.requests) == 3


def test_an_unknown_certificate_gets_no_byte_of_a_request(tls: TlsServer, client_for: ClientFor) -> None:
    client = client_for(origin=tls.origin, auth=Bearer("pat-12345"), retry=Retry(attempts=1), deadline_s=10)
    with pytest.raises(VendorTrouble, match="CERTIFICATE_VERIFY_FAILED"):
        client.get("/", label="contacts list")
    assert tls.requests == []
