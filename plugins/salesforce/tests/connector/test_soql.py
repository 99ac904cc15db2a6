"""TRUST S5: whatever a value holds, it stays a value."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub import PluginError
from cshub_salesforce.soql import after_id, count, equals, every, flagged, literal, moment, name, one_of, select, since

from .org import unescaped

AT = datetime(2026, 5, 6, 11, 29, 24, tzinfo=UTC)
PIECES = (
    *("'", "\\", "\\'", "' OR Id != '", "') OR (Name LIKE '%", "\\' OR '1'='1", "';--", "/*", "*/", "%", "_", '"'),
    *(
        "\n",
        "\r",
        "\t",
        "\b",
        "\f",
        "\x00",
        "\u2028",
        "\ud800",
        "\\u0027",
        "\\n",
        "{!x}",
        "SELECT Id FROM User",
        "日本",
        "🎉",
    ),
)
PAYLOADS = [*PIECES, *map("".join, itertools.permutations(PIECES, 2))][:300]


def decoded(text: str) -> str:
    """The value a quoted literal stands for; fails when a quote inside it would end it early."""
    assert text[0] == text[-1] == "'"
    inner = text[1:-1]
    rest = inner.replace("\\\\", "").replace("\\'", "")
    assert "'" not in rest
    assert not any(character < " " for character in inner), "control characters are written as escapes"
    return unescaped(inner)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_payload_comes_back_as_the_literal_it_is(payload: str) -> None:
    assert decoded(literal(payload)) == payload


@given(st.text(alphabet=st.characters(exclude_categories=())))
def test_any_text_comes_back_as_the_literal_it_is(text: str) -> None:
    assert decoded(literal(text)) == text


@pytest.mark.parametrize("text", ["", "a b", "a'", "Id FROM User--", "1st", "Name,Id", "Owner.Name", "é", "Name\n"])
def test_a_name_that_is_none_never_reaches_a_query(text: str) -> None:
    with pytest.raises(PluginError):
        name(text)
    with pytest.raises(PluginError):
        select(["Id", text], "Account")
    with pytest.raises(PluginError):
        count(text)


def test_queries_read_like_the_documentation() -> None:
    where = every("", flagged("IsDeleted", as_=False), after_id("001dM00003jU9GxQAK"))
    assert select(("Id", "Name"), "Account", where, ("Id",), 500) == (
        "SELECT Id, Name FROM Account WHERE (IsDeleted = FALSE) AND (Id > '001dM00003jU9GxQAK') ORDER BY Id LIMIT 500"
    )
    assert count("Account") == "SELECT COUNT() FROM Account"
    assert every(equals("Name", "O'Hara")) == "Name = 'O\\'Hara'"
    assert one_of("Id", ["a", "b"]) == "Id IN ('a','b')"


def test_the_keyset_is_that_of_the_facts() -> None:
    assert since("SystemModstamp", AT, None) == "SystemModstamp >= 2026-05-06T11:29:24Z"
    assert since("SystemModstamp", AT, "x") == (
        "(SystemModstamp = 2026-05-06T11:29:24Z AND Id > 'x') OR SystemModstamp > 2026-05-06T11:29:24Z"
    )


def test_instants_are_in_utc_and_keep_their_parts_of_a_second() -> None:
    assert moment(AT.astimezone(timezone(timedelta(hours=2)))) == "2026-05-06T11:29:24Z"
    assert moment(AT.replace(microsecond=123_000)) == "2026-05-06T11:29:24.123Z"
