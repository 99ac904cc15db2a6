from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterable, Iterator

import httpx
import pytest

from cshub.errors import ConfigError, RequestRefused, VendorTrouble
from cshub.http import Bearer, Budget, Client, Window, WSGITransport

from .conftest import ClientFor, ManualClock, Server, ok


def test_a_request_carries_what_it_was_given(server: Server, client_for: ClientFor) -> None:
    client = client_for(origin=server.origin, auth=Bearer("pat-12345"), headers={"X-Version": "2026"})
    client.post("/search?a=1", params={"b": 2}, json={"c": 3}, headers={"X-Extra": "yes"}, label="contacts search")
    head, _, body = server.requests[0].decode().partition("\r\n\r\n")
    lines = head.split("\r\n")
    assert lines[0] == "POST /search?a=1&b=2 HTTP/1.1"
    assert {
        "Authorization: Bearer pat-12345",
        "X-Version: 2026",
        "X-Extra: yes",
        "Accept: application/json",
        "Accept-Encoding: gzip",
        "Content-Type: application/json",
        "Content-Length: 7",
    } <= set(lines)
    assert json.loads(body) == {"c": 3}


def test_the_answers_path_has_no_query(server: Server, client_for: ClientFor) -> None:
    answer = client_for(origin=server.origin).get("/contacts", params={"email": "a@b.test"}, label="contacts list")
    assert answer.url == "/contacts"


def test_an_absolute_link_of_the_same_origin_is_followed(server: Server, client_for: ClientFor) -> None:
    client = client_for(origin=server.origin)
    client.get(f"{server.origin}/contacts?after=7", label="contacts list")
    assert server.requests[0].startswith(b"GET /contacts?after=7 ")


@pytest.mark.parametrize("status", ["200 OK", "201 Created", "204 No Content", "207 Multi-Status"])
def test_every_2xx_is_an_answer(status: str, server: Server, client_for: ClientFor) -> None:
    server.scripts = [ok(b"", status=status)]
    assert client_for(origin=server.origin).get("/", label="contacts list").status == int(status[:3])


def test_an_accepted_status_is_an_answer(client_for: ClientFor) -> None:
    client = client_for(lambda _: httpx.Response(404))
    assert client.get("/1", label="contact read", accept=[404]).status == 404
    with pytest.raises(RequestRefused):
        client.get("/1", label="contact read")


def test_an_unauthenticated_answer_may_be_accepted_too(client_for: ClientFor) -> None:
    client = client_for(lambda _: httpx.Response(401), auth=Bearer("pat-12345"))
    assert client.get("/1", label="contact read", accept=[401]).status == 401


def test_every_sending_is_counted_and_observed(client_for: ClientFor) -> None:
    answers = [httpx.Response(status, json={}) for status in (503, 200, 200)]
    seen: list[str] = []
    client = client_for(lambda _: answers.pop(0), observer=seen.append)
    client.get("/", label="contacts page 1")
    client.get("/", label="deals page 1")
    assert client.calls == {"total": 3, "contacts": 2, "deals": 1}
    assert seen == ["contacts page 1", "contacts page 1", "deals page 1"]


def test_each_sending_takes_its_turn_in_its_group(client_for: ClientFor, clock: ManualClock) -> None:
    budget = Budget({"search": [Window(2, 10)]}, clock)
    client = client_for(lambda _: httpx.Response(200, json={}), budget=budget)
    for _ in range(5):
        client.post("/", json={}, group="search", label="contacts search")
    assert clock.waited_s == 20


def test_cookies_are_not_kept(server: Server, client_for: ClientFor) -> None:
    server.scripts = [ok(b"{}", "Set-Cookie: session=abc; Path=/")]
    client = client_for(origin=server.origin)
    client.get("/", label="contacts list")
    client.get("/", label="contacts list")
    assert b"ookie" not in server.requests[1]


def test_a_wrong_origin_names_the_connection(client_for: ClientFor) -> None:
    with pytest.raises(ConfigError, match="crm: "):
        client_for(origin="http://api.vendor.test")


def test_nothing_is_logged_even_at_debug(server: Server, client_for: ClientFor) -> None:
    written = io.StringIO()
    root, handler = logging.getLogger(), logging.StreamHandler(written)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        client_for(origin=server.origin, auth=Bearer("pat-12345")).get("/?token=abc", label="contacts list")
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
    assert written.getvalue() == ""


def sandbox(environ: dict[str, object], start: object) -> Iterable[bytes]:
    """A vendor in this process that answers with what it was asked, in two pieces."""
    start("200 OK", [("Content-Type", "application/json")])  # type: ignore[operator]  # WSGI's start_response
    return [b'{"path": ', json.dumps(environ["PATH_INFO"]).encode() + b"}"]


def test_a_sandbox_in_this_process_is_a_vendor_like_any_other(client_for: ClientFor) -> None:
    client = client_for(transport=WSGITransport(app=sandbox))
    assert client.get("/contacts", label="contacts list").object() == {"path": "/contacts"}


def test_the_deadline_holds_between_the_pieces_of_any_transport(client_for: ClientFor, clock: ManualClock) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(10):
            clock.sleep(25)
            yield b" "

    def slow(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=pieces())

    client = client_for(slow)
    with pytest.raises(VendorTrouble, match="took longer than 60 s"):
        client.get("/", label="contacts list")


def test_a_client_closes_its_connections_at_the_end_of_a_with_block(server: Server, clock: ManualClock) -> None:
    with Client(name="crm", origin=server.origin, auth=None, budget=Budget(), clock=clock) as client:
        client.get("/", label="contacts list")
        pool = client._exchange.transport._pool  # type: ignore[attr-defined]  # the only sign of an open socket
        assert len(pool.connections) == 1
    assert pool.connections == []
