"""SOQL text cut into tokens; a string's escapes are Salesforce's own and no others."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..refusals import Refused, bad

LONGEST_QUERY = 100_000
LONGEST_STRING = 4_000
_KINDS = {
    "datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)",
    "date": r"\d{4}-\d\d-\d\d(?![\dT])",
    "number": r"[+-]?\d+(?:\.\d+)?(?![\w-])",
    "name": r"[A-Za-z]\w*(?:\.[A-Za-z]\w*)*",
    "string": r"'(?:[^'\\]|\\.)*'",
    "operator": r"<=|>=|!=|<>|=|<|>",
    "mark": r"[(),:]",
    "blank": r"\s+",
}
_TOKEN = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _KINDS.items()), re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_ESCAPES |= {letter.upper(): text for letter, text in _ESCAPES.items() if letter.isalpha()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A piece of the query: its kind, its text, and where it starts."""

    kind: str
    text: str
    at: int

    def says(self, word: str) -> bool:
        """Whether it is this keyword or mark."""
        return self.kind in ("name", "mark", "operator") and self.text.upper() == word


def tokens(soql: str) -> Iterator[Token]:
    """The tokens of a query and an end. Raises Refused for a character that begins none."""
    if len(soql) > LONGEST_QUERY:
        raise bad("MALFORMED_QUERY", f"SOQL statements cannot be longer than {LONGEST_QUERY} characters.")
    at = 0
    while at < len(soql):
        found = _TOKEN.match(soql, at)
        if found is None:
            raise malformed(soql, at, f"unexpected token: '{soql[at]}'")
        if found.lastgroup != "blank":
            yield Token(kind=str(found.lastgroup), text=found.group(), at=at)
        at = found.end()
    yield Token(kind="end", text="<EOF>", at=len(soql))


def unquoted(soql: str, token: Token, *, pattern: bool = False) -> str:
    r"""The text that a string token means; in a LIKE pattern `\%` and `\_` stay escaped. Raises Refused."""

    def plain(found: re.Match[str]) -> str:
        escape = found.group(1)
        if len(escape) > 1:
            return chr(int(escape[1:], 16))
        if escape in "_%":
            return found.group() if pattern else escape
        if escape == "\\" and pattern:
            return "\\\\"
        if escape in _ESCAPES:
            return _ESCAPES[escape]
        message = (
            f"Invalid string literal '{token.text[1:-1]}'. Illegal character sequence '\\{escape}' in string literal."
        )
        raise malformed(soql, token.at, message)

    inside = token.text[1:-1]
    if len(inside) > LONGEST_STRING:
        raise malformed(soql, token.at, f"string literals in a WHERE clause are limited to {LONGEST_STRING} characters")
    return _ESCAPE.sub(plain, inside)


def malformed(soql: str, at: int, message: str) -> Refused:
    """400 MALFORMED_QUERY that points at the place."""
    return bad("MALFORMED_QUERY", pointed(soql, at, message))


def pointed(soql: str, at: int, message: str) -> str:
    """A message with the piece of the query it is about, as Salesforce writes it."""
    start = max(0, at - 30)
    shown = soql[start : at + 30].replace("\n", " ")
    row = soql.count("\n", 0, at) + 1
    column = at - (soql.rfind("\n", 0, at) + 1) + 1
    return f"\n{shown}\n{' ' * (at - start)}^\nERROR at Row:{row}:Column:{column}\n{message}"
