"""The detour leads requests to this machine, and to no other."""

from __future__ import annotations

import pytest

from cshub.errors import ConfigError, VendorTrouble
from cshub.http.detour import Detour
from tests.unit.http.conftest import ClientFor, ManualClock, Server, ok


def test_a_request_for_another_host_arrives_here(server: Server, client_for: ClientFor, clock: ManualClock) -> None:
    server.scripts = [ok(b'{"id": 1}')]
    client = client_for(transport=Detour(server.origin, clock))
    assert client.get("/things?limit=1", label="things list").object() == {"id": 1}
    assert server.requests[0].startswith(b"GET /things?limit=1 HTTP/1.1\r\n")
    assert b"api.vendor.test" in server.requests[0]


def test_nobody_at_the_other_end_is_trouble_and_nothing_else(client_for: ClientFor, clock: ManualClock) -> None:
    client = client_for(transport=Detour("http://127.0.0.1:9", clock))
    with pytest.raises(VendorTrouble, match="refused"):
        client.get("/things", label="things list")


def test_another_machine_is_refused(clock: ManualClock) -> None:
    with pytest.raises(ConfigError, match="not on this machine"):
        Detour("https://api.vendor.test", clock)
