from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum

import pytest

from cshub.connector import Reject
from cshub.model import ACCOUNT, CONTACT, DEAL, Kind, Row, Type
from cshub.store.encode import Encoded, Encoder

AT = datetime(2026, 3, 1, tzinfo=UTC)
AT_MS = 1772323200000
EXTRAS = {"tier": Type.TEXT, "seats": Type.INTEGER, "vip": Type.FLAG, "since": Type.TIME, "tags": Type.LIST}


def encoded(row: Row, kind: Kind) -> Encoded:
    (fit,), unfit = Encoder(kind, EXTRAS).encode([row])
    assert unfit == []
    return fit


def rejected(row: Row, kind: Kind) -> Reject:
    fit, (unfit,) = Encoder(kind, EXTRAS).encode([row])
    assert fit == []
    return unfit


def account(**values: object) -> Row:
    return ACCOUNT.row(**{"id": "1", "changed_at": AT, **values})  # type: ignore[arg-type]  # each test gives its own


class Tier(StrEnum):
    GOLD = "gold"


@pytest.mark.parametrize(
    ("column", "value", "cell"),
    [
        ("name", "Ada", "Ada"),
        ("name", Tier.GOLD, "gold"),
        ("name", None, None),
        ("name", "", ""),
        ("name", r"a literal \u0000", r"a literal \u0000"),
        ("mrr", 5, 5.0),
        ("mrr", 0.1, 0.1),
        ("domains", ("a.example", "b.example"), '["a.example","b.example"]'),
        ("domains", (), "[]"),
        ("renewal_date", date(2026, 4, 1), "2026-04-01"),
        ("created_at", AT, AT_MS),
    ],
)
def test_a_value_becomes_its_cell(column: str, value: object, cell: object) -> None:
    cells = encoded(account(**{column: value}), ACCOUNT).cells
    assert dict(zip(("id", *ACCOUNT.names), cells, strict=False))[column] == cell


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("name", 7, "name is int, not text"),
        ("name", True, "name is bool, not text"),
        ("name", "a\0b", "name holds a NUL character"),
        ("name", "\ud83d", "name holds half a character (a lone surrogate)"),
        ("mrr", float("nan"), "mrr is not a finite number"),
        ("mrr", float("inf"), "mrr is not a finite number"),
        ("mrr", 10**400, "mrr is too large"),
        ("mrr", True, "mrr is bool, not number"),
        ("mrr", "5", "mrr is str, not number"),
        ("domains", ("a", 1), "domains holds a int, not only texts"),
        ("domains", ("a\0",), "domains holds a NUL character"),
        ("domains", ("\ud83d",), "domains holds half a character (a lone surrogate)"),
        ("domains", "a.example", "domains is str, not list"),
        ("renewal_date", AT, "renewal_date is a time, not a date"),
        ("renewal_date", "2026-04-01", "renewal_date is str, not date"),
        ("created_at", AT.replace(tzinfo=None), "created_at is a time without a zone"),
        ("created_at", date(2026, 4, 1), "created_at is date, not time"),
        ("changed_at", "2026", "changed_at is str, not time"),
        ("id", "", "id is empty"),
        ("id", None, "id is missing"),
        ("id", 7, "id is int, not text"),
        ("extra", {"tier": 7}, "tier is int, not text"),
        ("extra", {"tire": "gold"}, "the extra field 'tire' is not declared"),
        ("extra", {"tier": "a\0"}, "tier holds a NUL character"),
        ("extra", {"tier": "\ud83d"}, "an extra field holds half a character (a lone surrogate)"),
        ("extra", {"seats": 2**63}, "seats needs more than 64 bits"),
        ("extra", "gold", "extra is str, not a mapping"),
    ],
)
def test_a_value_that_does_not_fit_is_a_reason(column: str, value: object, reason: str) -> None:
    assert rejected(account(**{column: value}), ACCOUNT).reason == reason


def test_an_enumeration_takes_its_own_texts_only() -> None:
    good = DEAL.row(id="1", changed_at=AT, purpose="renewal")
    bad = DEAL.row(id="1", changed_at=AT, purpose="resale")
    assert encoded(good, DEAL).cells[1] == "renewal"
    assert rejected(bad, DEAL).reason == "purpose is 'resale', not one of new, renewal, expansion"


def test_flags_become_numbers() -> None:
    cells = encoded(DEAL.row(id="1", changed_at=AT, is_closed=True, is_won=False), DEAL).cells
    assert cells[5:7] == [1, 0]


def test_extra_fields_become_one_document_with_sorted_keys_and_no_nulls() -> None:
    extra = {"vip": False, "tier": None, "seats": 3, "since": AT, "tags": ("b", "a")}
    assert encoded(account(extra=extra), ACCOUNT).cells[-1] == (
        '{"seats":3,"since":1772323200000,"tags":["b","a"],"vip":0}'
    )


@pytest.mark.parametrize("extra", [None, {}, {"tier": None}])
def test_no_extra_fields_are_no_document(extra: object) -> None:
    assert encoded(account(extra=extra), ACCOUNT).cells[-1] is None


def test_the_hash_says_what_a_row_means_and_not_when_it_changed() -> None:
    first, later, other = account(name="Ada"), account(name="Ada", changed_at=None), account(name="Bea")
    assert encoded(first, ACCOUNT).hash == encoded(later, ACCOUNT).hash != encoded(other, ACCOUNT).hash


@pytest.mark.parametrize(("one", "other"), [(5, 5.0), ("gold", Tier.GOLD)])
def test_equal_values_of_different_types_hash_alike(one: object, other: object) -> None:
    column = "name" if isinstance(one, str) else "mrr"
    assert encoded(account(**{column: one}), ACCOUNT).hash == encoded(account(**{column: other}), ACCOUNT).hash


def test_a_row_of_another_length_is_refused_with_both_lengths() -> None:
    assert rejected(("1", AT), CONTACT).reason == "the row has 2 values where its kind has 11"


def test_a_reject_names_the_record_and_shows_it() -> None:
    reject = rejected(account(id="77", name=7), ACCOUNT)
    assert reject.id == "77"
    assert reject.payload.startswith("('77', datetime.datetime(2026")


def test_bad_rows_do_not_keep_good_ones_from_fitting() -> None:
    fit, unfit = Encoder(ACCOUNT, {}).encode([account(id="1"), account(id="2", name=7), account(id="3")])
    assert ([row.id for row in fit], [reject.id for reject in unfit]) == (["1", "3"], ["2"])
