"""The physical lines of an open file, counted in lines and bytes, so that a reading can go on where another one stopped."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from hashlib import blake2b
from io import BufferedReader

#: A longer line is no record of anybody's: it is passed over and reported, never held in memory.
LONGEST_BYTES = 1024 * 1024
BOM = b"\xef\xbb\xbf"


class Lines(Iterator[str]):
    """Gives lines as text; those given since the last `settle` are one record, whose end is then behind.

    Bytes that are no text in the encoding come out as lone surrogates. `line` is the number of the line the next record
    begins at, `offset` the bytes before it. With `hold`, a last line without an end is not given: it is being written.
    """

    def __init__(self, file: BufferedReader, encoding: str, *, hold: bool = False) -> None:
        self._file = file
        self._encoding = encoding
        self._hold = hold
        self._last = b"\n"
        self._given: list[bytes] = []
        self._again: deque[bytes] = deque()
        self._hash = blake2b(digest_size=8)
        self.line = 1
        self.offset = 0
        self.is_held = False

    def __next__(self) -> str:
        raw = self._again.popleft() if self._again else self._file.readline(LONGEST_BYTES)
        if not raw or (self._hold and not raw.endswith(b"\n") and len(raw) < LONGEST_BYTES):
            self.is_held = bool(raw)
            raise StopIteration
        self._given.append(raw)
        if self.offset == 0 and len(self._given) == 1:
            raw = raw.removeprefix(BOM)
        return raw.decode(self._encoding, "surrogateescape")

    def skip(self, size: int) -> bool:
        """Pass over so many bytes; False when the file is shorter."""
        left = size
        while left and (piece := self._file.read(min(left, LONGEST_BYTES))):
            self._count(piece)
            left -= len(piece)
        return not left

    def settle(self) -> bytes:
        """The record is complete: its bytes. The rest of a line that is too long is passed over here."""
        raw = b"".join(self._given)
        self._count(raw)
        rest = raw if self.is_too_long else b"\n"
        while rest and not rest.endswith(b"\n"):
            rest = self._file.readline(LONGEST_BYTES)
            self._count(rest)
        self._given.clear()
        return raw

    def give_back(self) -> None:
        """The record was none: all lines but its first are given again."""
        self._again.extendleft(reversed(self._given[1:]))
        del self._given[1:]

    @property
    def is_too_long(self) -> bool:
        """Whether the last line given is only the beginning of one."""
        last = self._given[-1] if self._given else b""
        return len(last) == LONGEST_BYTES and not last.endswith(b"\n")

    @property
    def is_within_line(self) -> bool:
        """Whether what comes next goes on with a line whose beginning was given as if it were all."""
        return self._last not in (b"\n", b"") and self._file.peek(1)[:1] not in (b"", b"\r", b"\n")

    @property
    def prefix(self) -> bytes:
        """Eight bytes that tell whether everything before `offset` is what it was."""
        return self._hash.digest()

    def _count(self, piece: bytes) -> None:
        self._hash.update(piece)
        self._last = piece[-1:]
        self.offset += len(piece)
        self.line += piece.count(b"\n")
