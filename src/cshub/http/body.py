"""Reading an answer's body without trusting it: neither its length, nor its compression, nor its pace."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable, Iterator

import httpx

#: What the client tells vendors it understands.
ACCEPT_ENCODING = "gzip"
_GZIP = 16 + zlib.MAX_WBITS
_STEP = 1024 * 1024


class BodyRefused(Exception):
    """The body is larger than the cap, or packed in a way nobody asked for: reading it again cannot help."""


class BodyBroken(Exception):
    """The body ends early or does not unpack: worth another try."""


def read_body(response: httpx.Response, max_bytes: int, check: Callable[[], None]) -> bytes:
    """The unpacked body, at most `max_bytes` both on the wire and unpacked; memory stays within that plus 2 MiB.

    `check` is called for every piece that arrives and raises when it is too late. Raises BodyRefused and BodyBroken.
    """
    declared = _declared_length(response)
    if declared is not None and declared > max_bytes:
        raise BodyRefused(f"the answer is {declared} bytes long, more than {max_bytes}")
    raw = _counted(response, max_bytes, declared, check)
    return _joined(_unpacked(raw, response), max_bytes)


def _declared_length(response: httpx.Response) -> int | None:
    text = response.headers.get("content-length", "")
    return int(text) if text.isascii() and text.isdigit() else None


def _counted(
    response: httpx.Response, max_bytes: int, declared: int | None, check: Callable[[], None]
) -> Iterator[bytes]:
    """Pieces as they come off the wire; complains when there are too many or too few."""
    if not isinstance(response.stream, httpx.SyncByteStream):
        raise BodyRefused("the transport does not give its body piece by piece")
    size = 0
    for piece in response.stream:
        check()
        size += len(piece)
        if size > max_bytes:
            raise BodyRefused(f"the answer is longer than {max_bytes} bytes")
        yield piece
    if declared is not None and size != declared:
        raise BodyBroken(f"the answer ended after {size} of {declared} bytes")


def _unpacked(pieces: Iterator[bytes], response: httpx.Response) -> Iterator[bytes]:
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in ("", "identity"):
        return pieces
    if encoding in ("gzip", "x-gzip"):
        return _gunzipped(pieces)
    raise BodyRefused(f"the answer is packed as {encoding[:20]!r}, which nobody asked for")


def _gunzipped(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack in steps of at most 1 MiB, so that a small piece can never become a large block of memory."""
    unpacker = zlib.decompressobj(_GZIP)
    started = False
    for piece in pieces:
        rest = piece
        while rest:
            if unpacker.eof:
                unpacker = zlib.decompressobj(_GZIP)
            try:
                yield unpacker.decompress(rest, _STEP)
            except zlib.error as error:
                raise BodyBroken(f"the answer does not unpack: {error}") from error
            started = True
            rest = unpacker.unused_data if unpacker.eof else unpacker.unconsumed_tail
    yield unpacker.flush()
    if started and not unpacker.eof:
        raise BodyBroken("the packed answer ended early")


def _joined(pieces: Iterator[bytes], max_bytes: int) -> bytes:
    """All pieces in one; the usual single piece is not copied."""
    first = next(pieces, b"")
    whole: io.BytesIO | None = None
    size = len(first)
    for piece in pieces:
        size += len(piece)
        if size > max_bytes:
            break
        if whole is None:
            whole = io.BytesIO(first)
            whole.seek(0, io.SEEK_END)
        whole.write(piece)
    if size > max_bytes:
        raise BodyRefused(f"the answer unpacks to more than {max_bytes} bytes")
    return first if whole is None else whole.getvalue()
