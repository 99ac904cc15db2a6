"""Rows of a kind into what the store keeps: cells, and a hash of what they say. A value that does not fit is a reason, not a failure.

This is the hot path of a pull. What is to be done to a row depends only on the Python types in it, so that is worked out once per
combination of types and kept; for the next row of that combination only the listed columns are touched.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from hashlib import blake2b
from typing import Any, NamedTuple, TypeAlias

import orjson

from ..connector import Reject
from ..model import Column, Kind, Row, Type
from .database import Cell
from .values import to_ms

#: Turns one Python value into a cell, or raises ValueError with the reason it cannot.
Change: TypeAlias = Callable[[object], Cell]
#: The columns to change in rows of one combination of types; a text instead is the reason why such rows cannot be stored.
Recipe: TypeAlias = "tuple[tuple[int, Change], ...] | str"

INTEGERS = range(-(2**63), 2**63)
#: More combinations of types than any vendor's answers have; beyond them the recipes are worked out anew.
RECIPES = 4096
_NUL = b"\\u0000"


class Encoded(NamedTuple):
    """One row as stored. `cells` are the id, the kind's columns and the extra document; `hash` says what they mean, without `changed_at`."""

    id: str
    changed_at: int | None
    cells: Sequence[Cell]
    hash: bytes


class Encoder:
    """Encodes rows of one kind with the extra fields a stream declares."""

    def __init__(self, kind: Kind, extras: Mapping[str, Type]) -> None:
        id_column = Column(name="id", type=Type.TEXT, doc="")
        changed_at = Column(name="changed_at", type=Type.TIME, doc="")
        self._columns = (id_column, changed_at, *kind.columns)
        self._extras = {name: Column(name=name, type=type, doc="") for name, type in extras.items()}
        self._recipes: dict[tuple[type, ...], Recipe] = {}

    def encode(self, rows: Iterable[Row]) -> tuple[list[Encoded], list[Reject]]:
        """The rows that fit, in order, and a reject for each that does not."""
        fit: list[Encoded] = []
        unfit: list[Reject] = []
        for row in rows:
            try:
                fit.append(self._encoded(row))
            except ValueError as reason:
                unfit.append(_reject(row, str(reason)))
        return fit, unfit

    def _encoded(self, row: Row) -> Encoded:
        recipe = self._recipe(tuple(map(type, row)))
        if isinstance(recipe, str):
            raise ValueError(recipe)
        cells: list[Any] = list(row)  # Any: whatever is not a cell yet, the recipe for its type makes one
        for index, change in recipe:
            cells[index] = self._changed(index, change, cells[index])
        changed_at = cells.pop(1)
        try:
            payload = orjson.dumps(cells)
        except TypeError:
            raise ValueError(f"{self._name_of(cells, _is_broken)} holds half a character (a lone surrogate)") from None
        if _NUL in payload and any(map(_has_nul, cells)):
            raise ValueError(f"{self._name_of(cells, _has_nul)} holds a NUL character")
        if not cells[0]:
            raise ValueError("id is empty")
        return Encoded(cells[0], changed_at, cells, blake2b(payload, digest_size=16).digest())

    def _recipe(self, types: tuple[type, ...]) -> Recipe:
        recipe = self._recipes.get(types)
        if recipe is None:
            if len(self._recipes) >= RECIPES:
                self._recipes.clear()
            recipe = self._recipes[types] = self._work_out(types)
        return recipe

    def _work_out(self, types: tuple[type, ...]) -> Recipe:
        if len(types) != len(self._columns) + 1:
            return f"the row has {len(types)} values where its kind has {len(self._columns) + 1}"
        if types[0] is type(None):
            return "id is missing"
        changes: list[tuple[int, Change]] = []
        try:
            for index, (column, found) in enumerate(zip(self._columns, types, strict=False)):
                if (change := _change(column, found)) is not None:
                    changes.append((index, change))
        except ValueError as reason:
            return str(reason)
        if types[-1] is not type(None):
            changes.append((len(types) - 1, self._document))
        return tuple(changes)

    def _changed(self, index: int, change: Change, value: object) -> Cell:
        try:
            return change(value)
        except ValueError as reason:
            if index == len(self._columns):
                raise
            raise ValueError(f"{self._columns[index].name} {reason}") from None

    def _document(self, extra: object) -> Cell:
        """Extra fields as JSON text with sorted keys, each in its stored form; what is None is left out."""
        if not isinstance(extra, Mapping):
            raise ValueError(f"extra is {type(extra).__name__}, not a mapping")
        kept = {name: self._extra(name, value) for name, value in extra.items() if value is not None}
        try:
            return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS).decode() if kept else None
        except TypeError:
            raise ValueError("an extra field holds half a character (a lone surrogate)") from None

    def _extra(self, name: object, value: object) -> object:
        column = self._extras.get(name) if isinstance(name, str) else None
        if column is None:
            raise ValueError(f"the extra field {name!r} is not declared")
        change = _change(column, type(value))
        try:
            cell = value if change is None else change(value)
        except ValueError as reason:
            raise ValueError(f"{name} {reason}") from None
        if _has_nul(cell):
            raise ValueError(f"{name} holds a NUL character")
        return list(value) if isinstance(value, tuple | list) else cell

    def _name_of(self, cells: Sequence[object], is_wrong: Callable[[object], bool]) -> str:
        names = ["id", *(column.name for column in self._columns[2:]), "an extra field"]
        return next(name for name, cell in zip(names, cells, strict=True) if is_wrong(cell))


def _change(column: Column, found: type) -> Change | None:
    """What makes a cell of a `found` value in this column; None when it is one already. Raises ValueError for a wrong type."""
    if found is type(None) or (found is str and column.type is Type.TEXT and not column.values):
        return None
    allowed, change = _FORMS[column.type]
    if not issubclass(found, allowed) or (found is bool) is not (column.type is Type.FLAG):
        raise ValueError(f"{column.name} is {found.__name__}, not {column.type.value}")
    if column.type is Type.DATE and issubclass(found, datetime):
        raise ValueError(f"{column.name} is a time, not a date")
    return _one_of(column.values) if column.values else change


def _one_of(allowed: tuple[str, ...]) -> Change:
    def change(value: object) -> Cell:
        text = str(value)
        if text not in allowed:
            raise ValueError(f"is {text[:40]!r}, not one of {', '.join(allowed)}")
        return text

    return change


def _text(value: object) -> Cell:
    return str(value)


def _number(value: object) -> Cell:
    try:
        number = float(value)  # type: ignore[arg-type]  # only int and float come here
    except OverflowError:
        raise ValueError("is too large") from None
    if not math.isfinite(number):
        raise ValueError("is not a finite number")
    return number


def _integer(value: object) -> Cell:
    number = int(value)  # type: ignore[call-overload]  # only int comes here
    if number not in INTEGERS:
        raise ValueError("needs more than 64 bits")
    return int(number)


def _flag(value: object) -> Cell:
    return 1 if value else 0


def _time(value: object) -> Cell:
    assert isinstance(value, datetime)
    if value.tzinfo is None:
        raise ValueError("is a time without a zone")
    return to_ms(value)


def _day(value: object) -> Cell:
    assert isinstance(value, date)
    return value.isoformat()


def _list(value: object) -> Cell:
    assert isinstance(value, tuple | list)
    for item in value:
        if not isinstance(item, str):
            raise ValueError(f"holds a {type(item).__name__}, not only texts")
        if "\0" in item:
            raise ValueError("holds a NUL character")
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        raise ValueError("holds half a character (a lone surrogate)") from None


_FORMS: Mapping[Type, tuple[type | tuple[type, ...], Change]] = {
    Type.TEXT: (str, _text),
    Type.NUMBER: ((int, float), _number),
    Type.INTEGER: (int, _integer),
    Type.FLAG: (bool, _flag),
    Type.TIME: (datetime, _time),
    Type.DATE: (date, _day),
    Type.LIST: ((tuple, list), _list),
}


def _has_nul(cell: object) -> bool:
    return isinstance(cell, str) and "\0" in cell


def _is_broken(cell: object) -> bool:
    return isinstance(cell, str) and not cell.isascii() and cell.encode("utf-8", "ignore").decode() != cell


def _reject(row: Row, reason: str) -> Reject:
    known = row[0] if row and isinstance(row[0], str) and row[0] else None
    return Reject(id=known, reason=reason, payload=repr(row))
