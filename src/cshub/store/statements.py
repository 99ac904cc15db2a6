"""The named SQL statements of a part of the store, read from `sql/<part>.sql`. Nothing here runs them.

A statement begins at `-- name: touched_customers`; the comment lines right below say what it gives and what its parameters mean. A
statement may leave the names of a kind open (`{kind}`, `{columns}`): `Statements.fill` puts them in, and only names out of code fit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "sql"
_NAME = re.compile(r"^-- name: *([a-z][a-z0-9_]*) *$", re.MULTILINE)
#: What may stand in for an open name: identifiers, marks and assignments made of them; no quotes, no semicolons.
_FITTING = re.compile(r"[a-z0-9_.,=? \n]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement and its description."""

    text: str
    doc: str


class Statements(Mapping[str, str]):
    """The texts of one file by name. An unknown name is a KeyError that tells the names there are."""

    def __init__(self, part: str, found: Mapping[str, Statement]) -> None:
        self.part = part
        self._found = dict(found)

    def __getitem__(self, name: str) -> str:
        return self._known(name).text

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def doc(self, name: str) -> str:
        """What the statement gives, as its file says."""
        return self._known(name).doc

    def fill(self, name: str, **names: str) -> str:
        """The statement with `{kind}` and the like put in. Raises ValueError for anything that is not plain names."""
        text = self[name]
        for key, value in names.items():
            if not _FITTING.fullmatch(value):
                raise ValueError(f"{value!r} is not a list of names")
            text = text.replace("{" + key + "}", value)
        return text

    def _known(self, name: str) -> Statement:
        try:
            return self._found[name]
        except KeyError:
            raise KeyError(f"sql/{self.part}.sql has no statement {name!r}; it has {', '.join(self._found)}") from None


@cache
def statements(part: str) -> Statements:
    """The statements of `sql/<part>.sql`. Raises ValueError for a name used twice, FileNotFoundError without the file."""
    return Statements(part, parse((FOLDER / f"{part}.sql").read_text(encoding="utf-8")))


def parse(text: str) -> dict[str, Statement]:
    """The statements in a file's text, in its order."""
    found: dict[str, Statement] = {}
    pieces = _NAME.split(text)[1:]
    for name, body in zip(pieces[::2], pieces[1::2], strict=True):
        if name in found:
            raise ValueError(f"the statement {name!r} stands there twice")
        found[name] = _statement(body)
    return found


def _statement(body: str) -> Statement:
    lines = body.strip().splitlines()
    head = next((number for number, line in enumerate(lines) if not line.startswith("--")), len(lines))
    doc = "\n".join(line.removeprefix("--").strip() for line in lines[:head])
    return Statement(text="\n".join(lines[head:]).strip().removesuffix(";").rstrip(), doc=doc)
