"""The guard in the top `conftest.py`: tests cannot reach past this machine."""

from __future__ import annotations

import socket

import pytest


def outside_network() -> type[Exception]:
    """The guard's own error, whatever name pytest gave the conftest module."""
    try:
        socket.getaddrinfo("192.0.2.1", 80)
    except RuntimeError as refusal:
        return type(refusal)
    raise AssertionError("the guard let an outside look-up through")


def test_connecting_to_an_outside_address_is_refused() -> None:
    with socket.socket() as client, pytest.raises(outside_network()):
        client.connect(("192.0.2.1", 80))


def test_looking_up_an_outside_name_is_refused() -> None:
    with pytest.raises(outside_network(), match=r"vendor\.example"):
        socket.getaddrinfo("vendor.example", 443)


def test_loopback_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())
        assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize("address", ["2130706433", "127.1", "::1", "::ffff:127.0.0.1"])
def test_loopback_is_known_in_every_spelling(address: str) -> None:
    assert socket.getaddrinfo(address, 80)
