"""Reading files whose present content is everything (`mode: replace`): a snapshot, whatever was read before."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from hashlib import blake2b

from cshub import Cursor, Page, Reject, Row, VendorTrouble

from .files import Found, header_of, look, opened, records_of
from .records import Record
from .rows import Mapper, Pager, Unfit
from .settings import FileSettings


class Place(Cursor):
    """So many records of these very files were given; `done`: all of them, the next reading begins anew."""

    files: str
    passed: int
    done: bool = False


class Ids:
    """The ids met so far, in 8 bytes each at a fill of one half: what a set of a million texts takes is too much."""

    def __init__(self) -> None:
        self._slots = array("q", [0]) * 1024
        self._count = 0

    def add(self, id: str) -> bool:
        """Remember an id; False when it was there."""
        mark = hash(id) or 1
        slot = self._slot(mark)
        if self._slots[slot] == mark:
            return False
        self._slots[slot] = mark
        self._count += 1
        if self._count * 2 > len(self._slots):
            self._grow()
        return True

    def _slot(self, mark: int) -> int:
        last = len(self._slots) - 1
        slot = mark & last
        while self._slots[slot] not in (0, mark):
            slot = (slot + 1) & last
        return slot

    def _grow(self) -> None:
        marks = self._slots
        self._slots = array("q", [0]) * (len(marks) * 4)
        for mark in marks:
            if mark:
                self._slots[self._slot(mark)] = mark


def pages(files: Sequence[Found], settings: FileSettings, cursor: bytes | None, where: str) -> Iterator[Page]:
    """Every record of the files. Raises VendorTrouble, and concludes nothing, when they hold no row or change meanwhile.

    A reading that was cut short goes on if the files are what they were; ids are gathered from the beginning all the same.
    """
    mark = blake2b(b"".join(file.name.encode() + file.looks for file in files), digest_size=16).hexdigest()
    start = _start(cursor, mark, where)
    mapper, ids, pager = Mapper(settings), Ids(), Pager()
    passed = rows = 0
    for file, record in _records(files, settings, where):
        found = _outcome(mapper, ids, file, record)
        passed += 1
        rows += not isinstance(found, Reject)
        if passed > start:
            pager.add(found)
        if pager.is_full:
            yield pager.page(Place(files=mark, passed=passed).dump())
    _check_whole(files, rows, passed, where)
    yield pager.page(Place(files=mark, passed=passed, done=True).dump())


def _start(cursor: bytes | None, mark: str, where: str) -> int:
    """How many records to pass over, because they were given already."""
    if cursor is None:
        return 0
    place = Place.load(cursor, where)
    return 0 if place.done or place.files != mark else place.passed


def _records(files: Sequence[Found], settings: FileSettings, where: str) -> Iterator[tuple[str, Record]]:
    for file in files:
        with opened(file, settings, where) as lines:
            header = header_of(file, lines, settings, where)
            for record in records_of(file, lines, header, settings):
                yield file.name, record


def _outcome(mapper: Mapper, ids: Ids, file: str, record: Record) -> Row | Reject:
    """The row, or why there is none; an id that came before is a contradiction where everything is said once."""
    try:
        row = mapper.row(record)
    except Unfit as reason:
        return mapper.reject(record, file, str(reason))
    if not ids.add(str(row[0])):
        return mapper.reject(record, file, f"the key {row[0]!r} stands in an earlier line already")
    return row


def _check_whole(files: Sequence[Found], rows: int, records: int, where: str) -> None:
    """Refuse to call it a complete reading when it may not be one: absent rows would be taken for gone."""
    for file in files:
        if look(file.path, file.name, where).looks != file.looks:
            hint = "move finished files into place; the next run reads them again"
            raise VendorTrouble(f"{file.name} was written to while it was read", where=where, hint=hint)
    if not rows:
        what = f"none of {records} lines can be read" if records else "there is no row"
        names = ", ".join(file.name for file in files[:3]) + ("" if len(files) <= 3 else f" and {len(files) - 3} more")
        hint = "with `mode: replace` all rows would be gone; they stay as they are until there is something to read"
        raise VendorTrouble(f"{what} in {names}", where=where, hint=hint)
