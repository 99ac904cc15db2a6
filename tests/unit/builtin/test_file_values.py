"""One value of a file becomes what its column wants, or says why not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from cshub import ACCOUNT, CONTACT, EVENT, TICKET, Column, Type
from cshub.builtin.file.values import parser


def of(type: Type) -> Column:
    return Column(name="any", type=type, doc="")


@pytest.mark.parametrize(
    ("type", "value", "wanted"),
    [
        (Type.TEXT, "Łódź 🎉 שלום", "Łódź 🎉 שלום"),
        (Type.TEXT, "  kept  ", "  kept  "),
        (Type.TEXT, "", None),
        (Type.TEXT, None, None),
        (Type.TEXT, 42, "42"),
        (Type.TEXT, True, "true"),
        (Type.NUMBER, "12", 12),
        (Type.NUMBER, " -3.50 ", -3.5),
        (Type.NUMBER, "1e3", 1000.0),
        (Type.NUMBER, 2.5, 2.5),
        (Type.NUMBER, " ", None),
        (Type.NUMBER, "123456789012345678901234567890", 1.2345678901234568e29),
        (Type.INTEGER, "7", 7),
        (Type.INTEGER, "7.0", 7),
        (Type.INTEGER, None, None),
        (Type.FLAG, "Yes", True),
        (Type.FLAG, "no", False),
        (Type.FLAG, "1", True),
        (Type.FLAG, False, False),
        (Type.FLAG, "", None),
        (Type.TIME, "2026-03-31", datetime(2026, 3, 31, tzinfo=UTC)),
        (Type.TIME, "2026-03-31T12:00:00Z", datetime(2026, 3, 31, 12, tzinfo=UTC)),
        (Type.TIME, "2026-03-31T12:00:00+02:00", datetime(2026, 3, 31, 10, tzinfo=UTC)),
        (Type.TIME, "", None),
        (Type.DATE, "2026-03-31", date(2026, 3, 31)),
        (Type.DATE, "2026-03-31T23:00:00-03:00", date(2026, 4, 1)),
        (Type.DATE, None, None),
        (Type.LIST, "a; b ;;c", ("a", "b", "c")),
        (Type.LIST, ["a", "b"], ("a", "b")),
        (Type.LIST, "", None),
    ],
)
def test_a_value_becomes_what_its_column_wants(type: Type, value: object, wanted: object) -> None:
    found = parser(of(type))(value)
    assert found == wanted
    assert found is None or isinstance(found, wanted.__class__)


@pytest.mark.parametrize(
    ("type", "value", "reason"),
    [
        (Type.TEXT, {"a": 1}, "is a JSON object"),
        (Type.TEXT, "a\0b", "NUL"),
        (Type.TEXT, "broken \udce9", "not text in this encoding"),
        (Type.NUMBER, "twelve", "is 'twelve', not a number"),
        (Type.NUMBER, "nan", "not a number"),
        (Type.NUMBER, "1_000", "not a number"),
        (Type.NUMBER, "1e999", "beyond any number"),
        (Type.NUMBER, True, "true or false"),
        (Type.INTEGER, "7.5", "not a whole number"),
        (Type.FLAG, "maybe", "yes or no"),
        (Type.TIME, "31.03.2026", "2026-03-31T12:00:00Z"),
        (Type.TIME, "2026-02-30", "not a time"),
        (Type.DATE, "soon", "not a time"),
    ],
)
def test_a_value_that_does_not_fit_says_why(type: Type, value: object, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        parser(of(type))(value)


def test_a_pattern_reads_times_that_are_written_another_way() -> None:
    parse = parser(of(Type.TIME), "%d.%m.%Y %H:%M %z")
    assert parse("31.03.2026 12:00 +0200") == datetime(2026, 3, 31, 12, tzinfo=timezone(timedelta(hours=2)))


def test_a_pattern_that_does_not_fit_is_named() -> None:
    with pytest.raises(ValueError, match=r"as %d\.%m\.%Y says"):
        parser(of(Type.DATE), "%d.%m.%Y")("2026-03-31")


def test_a_column_with_a_list_of_values_takes_no_other() -> None:
    parse = parser(TICKET.column("priority"))
    assert parse("high") == "high"
    with pytest.raises(ValueError, match="low, normal, high, urgent"):
        parse("HIGH")


def test_domains_and_addresses_are_kept_in_lower_case() -> None:
    assert parser(ACCOUNT.column("domains"))("WWW.Acme.COM; acme.de") == ("acme.com", "acme.de")
    assert parser(EVENT.column("account_domain"))("www.Acme.com") == "acme.com"
    assert parser(CONTACT.column("email"))(" Ada@Acme.COM ") == "ada@acme.com"
