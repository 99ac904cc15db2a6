"""Reading files that only grow (`mode: append`): what was added since, and a file that was rewritten from its beginning."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from cshub import ConfigError, Page, Reject, Row, StoreError

from .files import Found, header_of, opened, records_of
from .lines import Lines
from .records import Record
from .rows import Mapper, Pager, Unfit
from .settings import FileSettings

#: As many files as a cursor of 64 KiB can remember.
MOST_FILES = 2_000
#: A last line without an end may still be being written; after this long nobody is.
QUIET_S = 60
_VERSION = b"\x01"
_ENTRY = struct.Struct(">8sQ8s8s")


@dataclass(frozen=True, slots=True)
class Place:
    """How far a file is read: `offset` bytes, whose digest is `prefix`; `looks` is how the file looked then."""

    offset: int
    looks: bytes
    prefix: bytes


class Growing:
    """One reading of growing files, up to `until`. The same key again is a newer version of the same row."""

    def __init__(self, settings: FileSettings, cursor: bytes | None, until: datetime, where: str) -> None:
        self._settings = settings
        self._places = load(cursor, where)
        self._until_s = until.timestamp()
        self._where = where
        self._mapper = Mapper(settings)
        self._pager = Pager()

    def pages(self, files: Sequence[Found]) -> Iterator[Page]:
        """What the files hold behind the cursor. Raises ConfigError for more files than can be remembered."""
        if len(files) > MOST_FILES:
            message = f"{len(files)} files are more than the {MOST_FILES} that can be followed"
            raise ConfigError(message, where=self._where, hint="join files, or move those that are read elsewhere")
        present = {_key(file): file for file in files}
        self._places = {key: place for key, place in self._places.items() if key in present}
        for key, file in present.items():
            place = self._places.get(key)
            if place is None or place.looks != file.looks or place.offset < file.size:
                yield from self._file(key, file, place)
        yield self._page()

    def _file(self, key: bytes, file: Found, place: Place | None) -> Iterator[Page]:
        is_fresh = self._until_s - file.changed_at_s < QUIET_S
        with opened(file, self._settings, self._where, hold=is_fresh) as lines:
            header = header_of(file, lines, self._settings, self._where)
            if place is None or _goes_on(lines, place):
                yield from self._rest(key, file, lines, header)
                return
        yield from self._file(key, file, None)

    def _rest(self, key: bytes, file: Found, lines: Lines, header: list[str]) -> Iterator[Page]:
        for record in records_of(file, lines, header, self._settings):
            self._pager.add(self._outcome(file, record))
            if self._pager.is_full:
                self._places[key] = Place(lines.offset, file.looks, lines.prefix)
                yield self._page()
        self._places[key] = Place(lines.offset, file.looks, lines.prefix)

    def _outcome(self, file: Found, record: Record) -> Row | Reject:
        try:
            return self._mapper.row(record)
        except Unfit as reason:
            return self._mapper.reject(record, file.name, str(reason))

    def _page(self) -> Page:
        cursor = _VERSION + b"".join(_ENTRY.pack(key, *_cells(place)) for key, place in self._places.items())
        return self._pager.page(cursor)


def load(cursor: bytes | None, where: str) -> dict[bytes, Place]:
    """The places in a cursor. Raises StoreError for anything that is none."""
    if cursor is None:
        return {}
    body = cursor.removeprefix(_VERSION)
    if body == cursor or len(body) % _ENTRY.size:
        hint = "`cshub pull --full` with this stream reads it from the beginning"
        raise StoreError(f"the saved position {cursor[:80]!r} cannot be read", where=where, hint=hint)
    return {key: Place(offset, looks, prefix) for key, offset, looks, prefix in _ENTRY.iter_unpack(body)}


def _goes_on(lines: Lines, place: Place) -> bool:
    """Go to the place, if the file still begins as it did then and a line begins there."""
    if lines.offset > place.offset or not lines.skip(place.offset - lines.offset):
        return False
    return lines.prefix == place.prefix and not lines.is_within_line


def _cells(place: Place) -> tuple[int, bytes, bytes]:
    return place.offset, place.looks, place.prefix


def _key(file: Found) -> bytes:
    return blake2b(file.name.encode("utf-8", "surrogateescape"), digest_size=8).digest()
