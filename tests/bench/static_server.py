"""A static HubSpot: contacts rendered once, answered from memory as fast as one process can. Run as a process of its own.

`python static_server.py COUNT [DELAY_MS]` prints its port and serves until its standard input closes. It knows the list of contacts, an
empty search and an empty list of everything else; every answer waits for the delay, as if the vendor were far away.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from urllib.parse import parse_qs, urlsplit

PAGE = 100
_EMPTY = b'{"total":0,"results":[]}'
_LENGTH = re.compile(rb"content-length: *([0-9]+)", re.IGNORECASE)


def render(count: int) -> dict[str, bytes]:
    """Answers to the list of contacts by `after`; the page after the last is not asked for."""
    pages: dict[str, bytes] = {}
    for start in range(0, count, PAGE):
        rows = [contact(number) for number in range(start, min(start + PAGE, count))]
        body: dict[str, object] = {"results": rows}
        if start + PAGE < count:
            body["paging"] = {"next": {"after": str(start + PAGE), "link": ""}}
        pages[str(start) if start else ""] = response(json.dumps(body).encode())
    return pages


def contact(number: int) -> dict[str, object]:
    """One contact in HubSpot's form."""
    stamp = f"2026-01-{number % 28 + 1:02d}T{number % 24:02d}:{number % 60:02d}:00.{number % 1000:03d}Z"
    return {
        "id": str(1_000_000 + number),
        "properties": {
            "associatedcompanyid": str(500_000 + number % 5000),
            "email": f"person{number}@company{number % 5000}.example",
            "firstname": f"First{number}",
            "hs_merged_object_ids": None,
            "hs_object_id": str(1_000_000 + number),
            "jobtitle": "Analyst",
            "lastmodifieddate": stamp,
            "lastname": f"Last{number}",
            "notes_last_contacted": stamp,
        },
        "createdAt": "2025-01-01T00:00:00.000Z",
        "updatedAt": stamp,
        "archived": False,
    }


def response(body: bytes) -> bytes:
    """A whole answer."""
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body


class Static(asyncio.Protocol):
    """One connection, kept open."""

    def __init__(self, pages: dict[str, bytes], delay_s: float) -> None:
        self._pages = pages
        self._delay_s = delay_s
        self._rest = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._rest += data
        while (end := self._rest.find(b"\r\n\r\n")) >= 0:
            head = self._rest[:end]
            found = _LENGTH.search(head)
            size = end + 4 + (int(found[1]) if found else 0)
            if len(self._rest) < size:
                return
            self._rest = self._rest[size:]
            self._send(self._answer(head))

    def _send(self, answer: bytes) -> None:
        write = self._transport.write  # type: ignore[attr-defined]  # TCP transports write
        if self._delay_s:
            asyncio.get_running_loop().call_later(self._delay_s, write, answer)
        else:
            write(answer)

    def _answer(self, head: bytes) -> bytes:
        method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ", 2)
        parts = urlsplit(target)
        query = parse_qs(parts.query)
        if method == "GET" and parts.path.endswith("/contacts") and query.get("archived", ["false"])[0] != "true":
            return self._pages.get(query.get("after", [""])[0], response(_EMPTY))
        return response(_EMPTY)


async def main(count: int, delay_s: float) -> None:
    """Serve until standard input closes."""
    pages = render(count)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Static(pages, delay_s), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), int(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.0))
