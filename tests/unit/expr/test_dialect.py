"""TRUST S4: only names of letters, digits and underscores get into SQL text."""

from __future__ import annotations

import string

import pytest

from cshub.errors import ConfigError
from cshub.expr import SQLITE, quote

_SIGNS = [
    sign
    for sign in string.punctuation + string.whitespace + "\x00\x07\x1b\u200b\u202eéßıſ\u212aａ０日🙂"
    if sign != "_"
]
FRAMES = ("{}", "a{}", "{}a", "a{}b", "is_open{}", "{}{}", "x {}")
_PAYLOADS = [
    'x"; drop table ticket; --', "x' or '1'='1", "x]", "[x]", "`x`", "x)", "x--", "x/*", "*/x", "x;", "(select 1)", "x as y", "x, y",
    "x\n--", "sqlite_master", "SQLITE_sequence", "pg_catalog", "pg_sleep(10)", "1x", "1", "", "x" * 64, "a.b", "$.x",
    "x'", "%s", "?", ":x", "{0}", "{}",
]  # fmt: skip
HOSTILE = [frame.replace("{}", sign) for sign in _SIGNS for frame in FRAMES] + _PAYLOADS


def test_there_are_at_least_three_hundred_hostile_names() -> None:
    assert len(HOSTILE) >= 300


@pytest.mark.parametrize("name", dict.fromkeys(HOSTILE), ids=ascii)
def test_a_hostile_name_never_becomes_sql(name: str) -> None:
    with pytest.raises(ConfigError, match="cannot be the name of a column"):
        quote(name)
    with pytest.raises(ConfigError, match="cannot be the name of a column"):
        SQLITE.field("extra", name)


@pytest.mark.parametrize("name", ["is_open", "at", "Tenant__c", "_x", "select", "a1", "x" * 63])
def test_a_plain_name_is_quoted(name: str) -> None:
    assert quote(name) == f'"{name}"'
