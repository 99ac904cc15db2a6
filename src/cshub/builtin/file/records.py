"""The records of a CSV or JSON Lines file, one at a time; a line that is none says why. What a record means is `rows.py`'s part."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import orjson

from cshub import ConfigError

from .lines import LONGEST_BYTES, Lines


@dataclass(frozen=True, slots=True)
class Record:
    """A record as it stands in the file, `line` being where it begins. `fault` says why it can be no row.

    With a fault, `fields` still holds what could be told, so that the reject can name its id.
    """

    line: int
    raw: bytes
    fields: Mapping[str, object]
    fault: str | None = None


def read_csv(lines: Lines, header: list[str], delimiter: str) -> Iterator[Record]:
    """The records below the header, which `read_header` has read. Empty lines are passed over.

    A quote that is never closed swallows what follows; then only its own line is a fault and the others are read again.
    """
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        values: list[str] = []
        fault: str | None = None
        try:
            values = next(reader)
            if lines.is_too_long:
                fault = _too_long()
            elif values and len(values) != len(header):
                fault = f"has {len(values)} fields where the header has {len(header)}"
        except StopIteration:
            return
        except csv.Error as error:
            if lines.is_held:
                return
            lines.give_back()
            fault = f"is no CSV: {error}"
        line = lines.line
        raw = lines.settle()
        if values or fault:
            yield Record(line, raw, dict(zip(header, values, strict=False)), fault)


def read_header(lines: Lines, delimiter: str, where: str) -> list[str]:
    """The names of the columns, from the first line that is not empty. Raises ConfigError where there are none."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    try:
        header = next((row for row in reader if row), [])
    except csv.Error as error:
        raise ConfigError(f"the header is no CSV: {error}", where=where) from error
    lines.settle()
    names = [name.strip() for name in header]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ConfigError(f"the header names {', '.join(map(repr, twice))} twice", where=where)
    return names


def read_jsonl(lines: Lines) -> Iterator[Record]:
    """One record per line, each a JSON object. Empty lines are passed over."""
    for written in lines:
        fields: object = {}
        fault: str | None = None
        try:
            if lines.is_too_long:
                fault = _too_long()
            elif written.strip():
                fields = orjson.loads(written.encode())
        except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
            fault = f"is no JSON: {error}"
        if not isinstance(fields, dict):
            fields, fault = {}, f"is a JSON {type(fields).__name__}, not an object"
        line = lines.line
        raw = lines.settle()
        if fault or written.strip():
            yield Record(line, raw, fields, fault)


def _too_long() -> str:
    return f"is longer than {LONGEST_BYTES // 1024} KiB"
