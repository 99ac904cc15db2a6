"""What every test here and in the plugins stands on: no network but loopback, repeatable examples, the shared folder."""

from __future__ import annotations

import ipaddress
import os
import socket
import sys
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


class OutsideNetwork(RuntimeError):
    """A test reached for an address outside this machine; no client mistakes this for a network failure and retries."""


def is_loopback(host: object) -> bool:
    """True for this machine's own addresses, however written (`127.1`), and for no address at all."""
    name = host.decode() if isinstance(host, bytes) else host
    if not isinstance(name, str) or name in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(name if ":" in name else socket.inet_aton(name))
    except (OSError, ValueError):
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def refuse_outside_network(event: str, args: tuple[object, ...]) -> None:
    """An audit hook, so that no library, thread or C code of this process gets around it."""
    if event == "socket.connect" and isinstance(args[1], tuple):
        host = args[1][0]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = args[0]
    else:
        return
    if not is_loopback(host):
        raise OutsideNetwork(f"{event} to {host!r}: tests talk to 127.0.0.1 only")


sys.addaudithook(refuse_outside_network)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-snapshots", action="store_true", help="write what people read anew, to be looked at in git"
    )


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder with the vendors' official specifications and the public data set."""
    path = os.environ.get("CSHUB_SHARED")
    if not path:
        pytest.skip("CSHUB_SHARED is not set; the official specifications and the public data live there")
    return Path(path)
