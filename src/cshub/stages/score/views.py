"""What function metrics see: the rows of due customers, read in one statement per kind and handed out customer by customer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import cast

import orjson

from ...model import ACCOUNT, KINDS, CustomerView, Kind, Scalar, Type, ViewValue
from ...store import Reader
from ...store.database import Cell, Record
from ...store.scores import Scores
from ...store.unified import OWN, value_of
from .answers import Ask

#: What is no field of an account but of its row.
_NO_FIELDS = frozenset({*OWN, "id", "connection", "changed_at", "observed_at"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Views:
    """Views of due customers in order; `of` must be asked in the order of customers."""

    def __init__(self, scores: Scores, reader: Reader, kinds: Sequence[str], ask: Ask) -> None:
        self._ask = ask
        extras = ask.extras
        self._streams = {
            name: _Stream(scores.rows(reader, KINDS[name]), KINDS[name], extras.get(name, {})) for name in sorted(kinds)
        }

    def of(self, customer: str, as_of: datetime) -> CustomerView:
        """The view of one customer, with the rows of every kind that some metric needs."""
        records = {name: stream.take(customer) for name, stream in self._streams.items()}
        rows = {name: tuple(map(self._streams[name].row, found)) for name, found in records.items()}
        view = CustomerView(customer=customer, as_of=as_of, rows=MappingProxyType(rows))
        accounts = self._streams.get(ACCOUNT.name)
        if accounts is None:
            return view
        stored = [accounts.stored(record) for record in records[ACCOUNT.name]]
        return replace(view, fields=_Fields(customer, stored, accounts.types, self._ask))


class _Fields(Mapping[str, ViewValue]):
    """The one value of each field of the account, chosen when it is asked for: few metrics ask for more than one or two."""

    def __init__(
        self, customer: str, accounts: Sequence[Mapping[str, Cell]], types: Mapping[str, Type], ask: Ask
    ) -> None:
        self._customer = customer
        self._accounts = accounts
        self._types = types
        self._ask = ask

    def __getitem__(self, name: str) -> ViewValue:
        type = self._types[name]
        cell = value_of(name, self._customer, self._accounts, self._ask.fields, self._ask.connections)
        return None if cell is None else _DECODE.get(type, _same)(cell)

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)


class _Stream:
    """Rows of one kind ordered by customer, with the next one in view."""

    def __init__(self, records: Iterator[Record], kind: Kind, extras: Mapping[str, Type]) -> None:
        self._records = records
        self._head = next(records, None)
        self._names = ("id", "connection", "changed_at", "observed_at", *kind.names)
        types = (Type.TEXT, Type.TEXT, Type.TIME, Type.TIME, *(column.type for column in kind.columns))
        self._decode = [_DECODE.get(type, _same) for type in types]
        self._extras = {name: _DECODE.get(type, _same) for name, type in extras.items()}
        known = {**extras, **dict(zip(self._names, types, strict=True))}
        self.types = {name: type for name, type in known.items() if type is not Type.LIST and name not in _NO_FIELDS}

    def take(self, customer: str) -> list[Record]:
        """The records of this customer; those of customers before it are passed over."""
        found = []
        while self._head is not None and cast(str, self._head[0]) <= customer:
            if self._head[0] == customer:
                found.append(self._head)
            self._head = next(self._records, None)
        return found

    def stored(self, record: Record) -> Mapping[str, Cell]:
        """A record by its columns and extra fields, as it is stored."""
        extra = orjson.loads(cast(str, record[-1])) if record[-1] else {}
        return {**extra, **dict(zip(self._names, record[1:-1], strict=True))}

    def row(self, record: Record) -> Mapping[str, ViewValue]:
        """The record as functions see it."""
        values = zip(self._names, self._decode, record[1:-1], strict=True)
        row: dict[str, ViewValue] = {name: None if cell is None else decode(cell) for name, decode, cell in values}
        extra = orjson.loads(cast(str, record[-1])) if record[-1] else {}
        for name, decode in self._extras.items():
            cell = extra.get(name)
            row[name] = None if cell is None else decode(cell)
        return MappingProxyType(row)


def _time(cell: Cell) -> ViewValue:
    return _EPOCH + timedelta(milliseconds=cast(int, cell))


def _date(cell: Cell) -> ViewValue:
    return date.fromisoformat(cast(str, cell))


def _flag(cell: Cell) -> ViewValue:
    return bool(cell)


def _list(cell: Cell) -> ViewValue:
    return tuple(orjson.loads(cast(str, cell)))


def _same(cell: Cell) -> ViewValue:
    return cast(Scalar, cell)


_DECODE: Mapping[Type, Callable[[Cell], ViewValue]] = {
    Type.TIME: _time,
    Type.DATE: _date,
    Type.FLAG: _flag,
    Type.LIST: _list,
}
