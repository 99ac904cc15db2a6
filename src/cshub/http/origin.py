"""The one place a client may talk to, and the refusal of everything else. Nothing here opens a connection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from urllib.parse import unquote

from ..errors import AnswerError, ConfigError

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<host>[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<target>/[^\n]*)?",
    re.IGNORECASE | re.ASCII,
)
_PATH = re.compile(r"/(?!/)[A-Za-z0-9._~!$&'()*+,;=:@%/-]*")
#: Printable ASCII without space, quotes, `#`, `<`, `>` and backslash.
_QUERY = re.compile(r"[!$-;=?-\[\]-~]*")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NAT64 = int(IPv6Address("64:ff9b::")) >> 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Scheme, host and port that a connection is pinned to. `loopback`: it is this very machine, as in a sandbox."""

    scheme: str
    host: str
    port: int
    loopback: bool

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}" + ("" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}")

    @classmethod
    def parse(cls, text: str, *, where: str | None = None) -> Origin:
        """Read `https://host[:port]`; a path, plain http off this machine or a private address is a ConfigError."""
        found = _URL.fullmatch(text)
        if not found or found["target"] not in (None, "/"):
            raise ConfigError(f"{text!r} is not an origin", where=where, hint="write https://host, without a path")
        origin = cls._of(found)
        if origin.scheme == "http" and not origin.loopback:
            raise ConfigError(f"{origin} would send credentials in the clear", where=where, hint="use https")
        address = _address(origin.host)
        if address and not origin.allows(origin.host):
            raise ConfigError(f"{origin} is in a private range", where=where, hint="only public hosts are called")
        return origin

    def allows(self, address: str) -> bool:
        """Whether a connection to this numeric address may be opened: public ones, or loopback if that was configured."""
        ip = _address(address)
        if ip is None:
            return False
        inner = _embedded(ip)
        return inner.is_loopback if self.loopback else inner.is_global and not inner.is_multicast

    def target(self, link: str, *, where: str | None = None) -> str:
        """Path and query of `link`, which is a path or an absolute URL of this origin; anything else is an AnswerError."""
        target = link
        if not link.startswith("/"):
            found = _URL.fullmatch(link)
            if not found or self._of(found) != self:
                raise AnswerError(f"refused to follow a link that leaves {self}", where=where)
            target = found["target"] or "/"
        path, _, query = target.partition("?")
        if not _PATH.fullmatch(path) or not _QUERY.fullmatch(query) or _climbs(path):
            raise AnswerError("refused a path that does not stay where it seems to be", where=where)
        return target

    @classmethod
    def _of(cls, found: re.Match[str]) -> Origin:
        scheme, host = found["scheme"].lower(), found["host"].lower().strip("[]")
        address = _address(host)
        loopback = host == "localhost" if address is None else address.is_loopback
        return cls(scheme=scheme, host=host, port=int(found["port"] or _DEFAULT_PORTS[scheme]), loopback=loopback)


def _climbs(path: str) -> bool:
    """Whether a path holds dot segments, backslashes, control characters or a second slash at its start, encoded or not."""
    if "%" not in path and "/." not in path:
        return False
    plain = unquote(path)
    odd = "\\" in plain or plain.startswith("//") or not plain.isprintable()
    return odd or any(segment in (".", "..") for segment in plain.split("/"))


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _embedded(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside a mapped, 6to4 or NAT64 one (a private address may hide there), else the address itself."""
    if isinstance(ip, IPv4Address):
        return ip
    if int(ip) >> 32 == _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
