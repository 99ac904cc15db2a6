"""Records into rows of the kind, and what cannot become one into rejects, a page at a time. Nothing here opens a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cshub import Column, Page, Reject, Row

from .records import Record
from .settings import FileSettings
from .values import Parse, parser, text

#: Records of one page.
PAGE = 1_000
#: Bytes of a line that a reject keeps.
_KEPT_BYTES = 4_000


class Unfit(Exception):
    """This record cannot become a row; the text says why, for people."""


class Mapper:
    """Turns records into rows, as the settings say; worked out once, used for every record."""

    def __init__(self, settings: FileSettings) -> None:
        self._kind = settings.row_kind
        self._keys = settings.keys
        known = {column.name: column for column in self._kind.columns}
        self._extras = frozenset(settings.extras)
        self._parts: list[tuple[str, str, Parse]] = []
        for name, given in settings.sources.items():
            column = known.get(name) or Column(name=name, type=settings.extras[name], doc="")
            self._parts.append((name, given.column, parser(column, given.format)))

    def row(self, record: Record) -> Row:
        """The row of this record. Raises Unfit."""
        if record.fault:
            raise Unfit(record.fault)
        id = self.id(record.fields)
        values = {name: _value(record.fields, source, parse) for name, source, parse in self._parts}
        extra = {name: values.pop(name) for name in self._extras}
        return self._kind.row(id=id, changed_at=None, extra=extra or None, **values)  # type: ignore[arg-type]  # `parser` gives what the type of the extra field says

    def id(self, fields: Mapping[str, object]) -> str:
        """The values of the key's columns; several are joined by `|`. Raises Unfit when one is empty."""
        parts = [_value(fields, source, _key_part) for source in self._keys]
        if None in parts:
            raise Unfit(f"{self._keys[parts.index(None)]} is empty, and it makes the row's id")
        if len(parts) == 1:
            return str(parts[0])
        return "|".join(str(part).replace("\\", "\\\\").replace("|", "\\|") for part in parts)

    def reject(self, record: Record, file: str, reason: str) -> Reject:
        """The record with its place and the reason, and its id if that can be told."""
        try:
            id = self.id(record.fields)
        except Unfit:
            id = None
        shown = record.raw[:_KEPT_BYTES].decode("utf-8", "replace").rstrip("\r\n")
        return Reject(id=id, reason=f"{file} line {record.line}: {reason}", payload=shown)


class Pager:
    """Gathers what a page will hold."""

    def __init__(self) -> None:
        self._rows: list[Row] = []
        self._rejects: list[Reject] = []

    def add(self, found: Row | Reject) -> None:
        """One more record of the page."""
        if isinstance(found, Reject):
            self._rejects.append(found)
        else:
            self._rows.append(found)

    @property
    def is_full(self) -> bool:
        """Whether the page has as many records as a page may have."""
        return len(self._rows) + len(self._rejects) >= PAGE

    def page(self, cursor: bytes) -> Page:
        """The page, with the cursor after it; the next one begins."""
        rows: Sequence[Row] = self._rows
        rejects: Sequence[Reject] = self._rejects
        self._rows, self._rejects = [], []
        return Page(rows=rows, rejects=rejects, cursor=cursor)


def _value(fields: Mapping[str, object], source: str, parse: Parse) -> object:
    try:
        return parse(fields.get(source))
    except ValueError as error:
        raise Unfit(f"{source} {error}") from error


def _key_part(value: object) -> str | None:
    found = text(value)
    return found.strip() or None if found else None
