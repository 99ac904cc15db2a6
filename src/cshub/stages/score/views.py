"""What function metrics see: the rows of due customers, read in one statement per kind and handed out customer by customer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import TypeAlias, cast

import orjson

from ...model import KINDS, CustomerView, Kind, Scalar, Type
from ...store import Reader
from ...store.database import Cell, Record
from ...store.scores import Scores

Seen: TypeAlias = Scalar | date | tuple[str, ...]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Views:
    """Views of due customers in order; `of` must be asked in the order of customers."""

    def __init__(
        self, scores: Scores, reader: Reader, kinds: Sequence[str], extras: Mapping[str, Mapping[str, Type]]
    ) -> None:
        self._streams = {
            name: _Stream(scores.rows(reader, KINDS[name]), KINDS[name], extras.get(name, {})) for name in sorted(kinds)
        }

    def of(self, customer: str, as_of: datetime) -> CustomerView:
        """The view of one customer, with the rows of every kind that some metric needs."""
        rows = {name: stream.take(customer) for name, stream in self._streams.items()}
        return CustomerView(customer=customer, as_of=as_of, rows=MappingProxyType(rows))


class _Stream:
    """Rows of one kind ordered by customer, with the next one in view."""

    def __init__(self, records: Iterator[Record], kind: Kind, extras: Mapping[str, Type]) -> None:
        self._records = records
        self._head = next(records, None)
        self._names = ("id", "connection", "changed_at", "observed_at", *kind.names)
        types = (Type.TEXT, Type.TEXT, Type.TIME, Type.TIME, *(column.type for column in kind.columns))
        self._decode = [_DECODE.get(type, _same) for type in types]
        self._extras = {name: _DECODE.get(type, _same) for name, type in extras.items()}

    def take(self, customer: str) -> tuple[Mapping[str, Seen], ...]:
        """The rows of this customer; rows of customers before it are passed over."""
        found = []
        while self._head is not None and cast(str, self._head[0]) <= customer:
            if self._head[0] == customer:
                found.append(self._row(self._head))
            self._head = next(self._records, None)
        return tuple(found)

    def _row(self, record: Record) -> Mapping[str, Seen]:
        values = zip(self._names, self._decode, record[1:-1], strict=True)
        row: dict[str, Seen] = {name: None if cell is None else decode(cell) for name, decode, cell in values}
        extra = orjson.loads(cast(str, record[-1])) if record[-1] else {}
        for name, decode in self._extras.items():
            cell = extra.get(name)
            row[name] = None if cell is None else decode(cell)
        return MappingProxyType(row)


def _time(cell: Cell) -> Seen:
    return _EPOCH + timedelta(milliseconds=cast(int, cell))


def _date(cell: Cell) -> Seen:
    return date.fromisoformat(cast(str, cell))


def _flag(cell: Cell) -> Seen:
    return bool(cell)


def _list(cell: Cell) -> Seen:
    return tuple(orjson.loads(cast(str, cell)))


def _same(cell: Cell) -> Seen:
    return cast(Scalar, cell)


_DECODE: Mapping[Type, Callable[[Cell], Seen]] = {
    Type.TIME: _time,
    Type.DATE: _date,
    Type.FLAG: _flag,
    Type.LIST: _list,
}
