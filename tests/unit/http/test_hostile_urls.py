"""S1: whatever a vendor names as the next page, nothing leaves for anywhere else."""

from __future__ import annotations

import socket

import httpx
import pytest

from cshub.errors import AnswerError
from cshub.http import Bearer

from .conftest import ClientFor, Server, ok

HOSTILE = [
    "https://evil.test/",
    "https://evil.test/crm/v3/objects",
    "http://api.vendor.test/",
    "https://api.vendor.test:8443/",
    "https://api.vendor.test:80/",
    "https://api.vendor.test.evil.test/",
    "https://evil.test.api.vendor.test/",
    "https://api.vendor.testevil/",
    "https://api.vendor.test./",
    "https://api.vendor.test@evil.test/",
    "https://api.vendor.test:443@evil.test/",
    "https://user:pass@api.vendor.test/",
    "https://user@api.vendor.test/",
    "https://evil.test#@api.vendor.test/",
    "https://evil.test?@api.vendor.test/",
    "https://evil.test\\@api.vendor.test/",
    "https://api.vendor.test\\@evil.test/",
    "https://api.vendor.test\\.evil.test/",
    "https:\\\\evil.test/",
    "\\\\evil.test/",
    "/\\evil.test/",
    "\\/evil.test/",
    "//evil.test/",
    "///evil.test/",
    "////evil.test/",
    "//api.vendor.test@evil.test/",
    "/%2f/evil.test/",
    "/%5cevil.test/",
    "https:evil.test/",
    "https:/evil.test/",
    "https:///evil.test/",
    "HtTpS://EVIL.test/",
    " https://evil.test/",
    "\thttps://evil.test/",
    "https://evil.test/\r\nHost: api.vendor.test",
    "/next\r\nX-Evil: 1",
    "/next\nX-Evil: 1",
    "/next HTTP/1.1\r\nHost: evil.test",
    "/next%0d%0aX-Evil:%201",
    "/next\x00",
    "https://еvil.test/",
    "https://api。vendor。test/",
    "https://api.vendor.tеst/",
    "https://ａpi.vendor.test/",
    "https://127.0.0.1/",
    "https://localhost/",
    "https://[::1]/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://192.168.0.1/",
    "https://172.16.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[fd00::1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "ftp://api.vendor.test/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "data:text/plain,x",
    "gopher://api.vendor.test/",
    "next",
    "../next",
    "/crm/../../next",
    "/crm/%2e%2e/next",
    "/crm/..%2fnext",
    "/crm/./next",
    "/.%2e/next",
    "",
    "?after=1",
    "#fragment",
    "/next#fragment",
]


@pytest.mark.parametrize("link", HOSTILE)
def test_a_hostile_link_is_refused_before_anything_is_sent(link: str, client_for: ClientFor) -> None:
    sent: list[httpx.Request] = []

    def handler(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={})

    client = client_for(handler, auth=Bearer("secret-token"))
    with pytest.raises(AnswerError):
        client.get(link, label="contacts list")
    assert sent == []
    assert client.calls == {}


def test_at_least_sixty_are_tried() -> None:
    assert len(set(HOSTILE)) >= 60


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_a_redirect_is_refused_and_no_header_leaves(status: str, server: Server, client_for: ClientFor) -> None:
    elsewhere = Server()
    server.scripts = [ok(b"", f"Location: {elsewhere.origin}/steal", status=status)]
    client = client_for(origin=server.origin, auth=Bearer("secret-token"))
    with pytest.raises(AnswerError, match="redirect refused"):
        client.get("/contacts", label="contacts list")
    elsewhere.close()
    assert elsewhere.requests == []
    assert len(server.requests) == 1


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1"])
def test_a_name_that_leads_into_a_private_range_is_refused_at_connect(
    address: str, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [(None, None, None, "", (address, 443))])
    client = client_for(origin="https://api.vendor.test", auth=Bearer("secret-token"))
    with pytest.raises(AnswerError, match="private range"):
        client.get("/contacts", label="contacts list")
    assert client.calls["total"] == 1
