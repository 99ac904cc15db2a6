from __future__ import annotations

import pytest

from cshub.errors import AnswerError, ConfigError
from cshub.http.origin import Origin

VENDOR = Origin.parse("https://api.vendor.test")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://api.vendor.test", "https://api.vendor.test"),
        ("HTTPS://API.vendor.test:443/", "https://api.vendor.test"),
        ("https://api.vendor.test:8443", "https://api.vendor.test:8443"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_origin_is_read_and_written(text: str, shown: str) -> None:
    assert str(Origin.parse(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "api.vendor.test",
        "https://api.vendor.test/crm",
        "https://api.vendor.test?x=1",
        "https://user:pass@api.vendor.test",
        "https://bücher.test",
        "ftp://api.vendor.test",
        "http://api.vendor.test",
        "https://10.0.0.1",
        "https://192.168.1.1",
        "https://172.16.0.1",
        "https://169.254.169.254",
        "https://0.0.0.0",
        "https://[fd00::1]",
        "https://[fe80::1]",
        "https://[::ffff:10.0.0.1]",
        "https://[2002:a00:1::]",
        "https://[64:ff9b::a00:1]",
        "",
    ],
)
def test_an_origin_that_is_not_public_and_encrypted_is_a_config_error(text: str) -> None:
    with pytest.raises(ConfigError):
        Origin.parse(text)


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "127.0.0.1", "169.254.169.254", "::1", "::ffff:127.0.0.1", "224.0.0.1"]
)
def test_a_public_origin_allows_no_private_address(address: str) -> None:
    assert not VENDOR.allows(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_a_public_origin_allows_public_addresses(address: str) -> None:
    assert VENDOR.allows(address)


def test_a_loopback_origin_allows_loopback_and_nothing_else() -> None:
    sandbox = Origin.parse("http://localhost:8080")
    assert sandbox.allows("127.0.0.1")
    assert not sandbox.allows("8.8.8.8")


@pytest.mark.parametrize(
    ("link", "target"),
    [
        ("/crm/v3/objects?limit=1", "/crm/v3/objects?limit=1"),
        ("https://api.vendor.test/next?after=a%2Fb", "/next?after=a%2Fb"),
        ("https://API.VENDOR.TEST:443/next", "/next"),
        ("https://api.vendor.test", "/"),
        ("/a%20b/c.json", "/a%20b/c.json"),
        ("/x?cursor=[1,2]|{a}", "/x?cursor=[1,2]|{a}"),
    ],
)
def test_a_link_of_the_same_origin_is_followed(link: str, target: str) -> None:
    assert VENDOR.target(link) == target


def test_the_refusal_does_not_repeat_the_link() -> None:
    with pytest.raises(AnswerError) as caught:
        VENDOR.target("https://evil.test/?token=abcdef")
    assert "abcdef" not in str(caught.value)
