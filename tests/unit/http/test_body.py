"""F9: an answer's size is believed only as it is counted."""

from __future__ import annotations

import gzip
import socket
import tracemalloc
import zlib
from collections.abc import Iterator

import httpx
import pytest

from cshub.errors import AnswerError, VendorTrouble

from .conftest import ClientFor, Server, ok

CAP = 1024 * 1024


def answering(content: bytes | Iterator[bytes], **headers: str) -> httpx.Response:
    return httpx.Response(
        200, content=content, headers={name.replace("_", "-"): text for name, text in headers.items()}
    )


@pytest.mark.parametrize("size", [0, 1, CAP - 1, CAP])
def test_a_body_up_to_the_cap_arrives_whole(size: int, server: Server, client_for: ClientFor) -> None:
    server.scripts = [ok(b"x" * size)]
    client = client_for(origin=server.origin, max_bytes=CAP)
    assert client.get("/", label="contacts list").content == b"x" * size


def test_a_packed_body_arrives_unpacked(server: Server, client_for: ClientFor) -> None:
    text = bytes(range(256)) * 20_000
    server.scripts = [ok(gzip.compress(text), "Content-Encoding: gzip")]
    client = client_for(origin=server.origin)
    assert client.get("/", label="contacts list").content == text


def test_a_body_packed_in_several_members_arrives_whole(client_for: ClientFor) -> None:
    packed = gzip.compress(b"one ") + gzip.compress(b"two")
    client = client_for(lambda _: answering(iter([packed[:5], packed[5:]]), content_encoding="gzip"))
    assert client.get("/", label="contacts list").content == b"one two"


def test_a_declared_size_above_the_cap_is_refused_unread(server: Server, client_for: ClientFor) -> None:
    server.scripts = [b"HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\n"]
    client = client_for(origin=server.origin, max_bytes=CAP)
    with pytest.raises(AnswerError, match="2147483648"):
        client.get("/", label="contacts list")
    assert len(server.requests) == 1


def test_an_endless_body_is_refused_at_the_cap(server: Server, client_for: ClientFor) -> None:
    sent = []

    def flood(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while not server.closing.is_set():
            sent.append(connection.send(b"x" * 65536))

    server.scripts = [flood]
    client = client_for(origin=server.origin, max_bytes=CAP)
    with pytest.raises(AnswerError, match="longer than"):
        client.get("/", label="contacts list")
    assert len(server.requests) == 1


def test_a_gzip_bomb_is_refused_at_the_cap_in_bounded_memory(server: Server, client_for: ClientFor) -> None:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(bytes(CAP)) for _ in range(256)) + packer.flush()
    server.scripts = [ok(bomb, "Content-Encoding: gzip")]
    client = client_for(origin=server.origin, max_bytes=4 * CAP)
    tracemalloc.start()
    with pytest.raises(AnswerError, match="unpacks to more"):
        client.get("/", label="contacts list")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(bomb) < CAP
    assert peak < 12 * CAP


def test_an_unasked_for_packing_is_refused(client_for: ClientFor) -> None:
    client = client_for(lambda _: answering(iter([b"x"]), content_encoding="br"))
    with pytest.raises(AnswerError, match="packed as 'br'"):
        client.get("/", label="contacts list")


@pytest.mark.parametrize("end", [1, 10, 20, -1])
def test_a_packed_body_that_ends_early_is_tried_again(end: int, client_for: ClientFor) -> None:
    whole = gzip.compress(b"some text that is packed")
    bodies = [whole[:end], whole]
    client = client_for(lambda _: answering(iter([bodies.pop(0)]), content_encoding="gzip"))
    assert client.get("/", label="contacts list").content == b"some text that is packed"
    assert client.calls["total"] == 2


def test_a_body_that_does_not_unpack_is_trouble(client_for: ClientFor) -> None:
    client = client_for(lambda _: answering(iter([b"not gzip at all"]), content_encoding="gzip"))
    with pytest.raises(VendorTrouble, match="does not unpack"):
        client.get("/", label="contacts list")


def test_a_body_shorter_than_declared_is_tried_again_on_any_transport(client_for: ClientFor) -> None:
    bodies = [b"123", b"12345"]
    client = client_for(lambda _: answering(iter([bodies.pop(0)]), content_length="5"))
    assert client.get("/", label="contacts list").content == b"12345"
