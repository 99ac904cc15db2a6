"""A portfolio out of the store: who counts at which end, in which currency, and what cannot be said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from cshub.config import PortfolioRules
from cshub.engine.portfolio import portfolio
from cshub.errors import ConfigError
from cshub.model import Priority
from cshub.scoring.portfolio import Figure, known, undefined
from cshub.scoring.portfolio.book import Money
from tests.unit.engine.books import CLOSING, OPENING, Books, make_books

F = Fraction


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = make_books(tmp_path)
    yield made
    made.world.store.close()


def euros(books: Books, **options: object) -> Money:
    (money,) = books.report(**options).total.money
    return money


def test_the_published_vector_out_of_what_was_read_over_time(books: Books) -> None:
    for id, mrr in {"lost": 8_000, "less": 10_000, "more": 20_000, "same": 62_000}.items():
        books.pays(id, mrr)
    books.on(OPENING + timedelta(days=40))
    books.leaves("lost")
    books.pays("less", 6_000)
    books.pays("more", 35_000)
    books.pays("new", 5_000)
    books.on(CLOSING)
    books.rules = PortfolioRules(margin=F("0.8"))
    found = books.report()
    (money,) = found.total.money
    assert (money.grr, money.nrr) == (known(F("0.88")), known(F("1.03")))
    assert (money.mrr, money.movement.closing, money.paying) == (108_000, 108_000, 4)
    assert money.arppu == known(27_000)
    total = found.total
    assert (total.opening, total.closing, total.new, total.lost) == (4, 4, 1, 1)
    assert (total.churn, total.crr) == (known(F("0.25")), known(F("0.75")))
    days = F(int((CLOSING - OPENING) / timedelta(milliseconds=1)), 86_400_000)
    assert money.ltv.value == pytest.approx(27_000 * F("0.8") / (F("0.25") * 30 / days), rel=1e-6)


def test_an_earlier_day_is_told_by_what_had_been_read_by_then(books: Books) -> None:
    books.pays("1", 100)
    books.on(OPENING + timedelta(days=30))
    books.pays("1", 70)
    books.on(CLOSING)
    assert euros(books, at=OPENING + timedelta(days=29)).mrr == 100
    assert euros(books).mrr == 70
    assert euros(books).grr == known(F("0.7"))


def test_a_customer_that_pays_nothing_any_more_is_lost_and_one_whose_revenue_is_unknown_is_not(books: Books) -> None:
    for id in "123":
        books.pays(id, 100)
    books.on(OPENING + timedelta(days=1))
    books.pays("2", 0)
    books.pays("3", None)
    books.on(CLOSING)
    found = books.report()
    assert (found.total.opening, found.total.closing, found.total.lost, found.total.incomparable) == (3, 2, 1, 1)
    (money,) = found.total.money
    assert (money.movement.opening, money.movement.churned, money.grr) == (200, 100, known(F("0.5")))
    assert found.notes[-1].startswith("customers left out of GRR and NRR")


def test_currencies_are_never_added_up_without_a_rate(books: Books) -> None:
    books.pays("1", 100)
    books.pays("2", 100, "usd")
    books.pays("3", 7, None)
    books.on(CLOSING)
    found = books.report()
    assert [(one.currency, one.mrr) for one in found.total.money] == [("EUR", 100), ("USD", 100), (None, 7)]
    assert any("EUR, USD, no currency are not added up" in note for note in found.notes)
    books.rules = PortfolioRules(currency="EUR", rates={"USD": F("0.9")})
    found = books.report()
    assert [(one.currency, one.mrr) for one in found.total.money] == [("EUR", 190), (None, 7)]
    assert "USD is converted at 0.9 EUR" in found.notes
    books.rules = replace(books.rules, default_currency="USD")
    found = books.report()
    assert [(one.currency, one.mrr) for one in found.total.money] == [("EUR", F("196.3"))]
    assert "customers whose currency nobody tells, taken for USD: 1" in found.notes


def test_a_customer_that_changed_its_currency_is_in_no_movement(books: Books) -> None:
    books.pays("1", 100)
    books.pays("2", 50)
    books.on(OPENING + timedelta(days=1))
    books.pays("1", 110, "USD")
    books.on(CLOSING)
    found = books.report()
    assert [(one.currency, one.mrr, one.movement.opening) for one in found.total.money] == [
        ("EUR", 50, 50), ("USD", 110, 0),
    ]  # fmt: skip
    assert found.total.incomparable == 1
    books.rules = PortfolioRules(currency="EUR", rates={"USD": F("0.9")})
    assert euros(books).nrr == known(F(149, 150))


def test_a_revenue_below_zero_is_taken_for_unknown_and_told(books: Books) -> None:
    books.pays("1", -5)
    books.pays("2", 100)
    books.on(CLOSING)
    found = books.report()
    assert found.total.money[0].mrr == 100
    assert "customers with a revenue below 0, which is taken for unknown: 1" in found.notes


def test_two_customers_that_turn_out_to_be_one_lose_no_revenue(books: Books) -> None:
    books.pays("1", 100, external_id="A")
    books.pays("sales:8", 90)
    books.on(OPENING + timedelta(days=1))
    assert [one.id for one in books.world.store.links.customers()] == ["crm:1", "sales:8"]
    books.pays("sales:8", 90, external_id="A")
    books.on(CLOSING)
    money = euros(books)
    assert (money.movement.opening, money.mrr, money.grr, money.paying) == (100, 100, known(1), 1)


def test_the_account_that_is_declared_gives_the_revenue_as_in_scores(books: Books) -> None:
    books.pays("1", 100, external_id="A")
    books.pays("sales:8", 90, "USD", external_id="A")
    books.on(CLOSING)
    assert [(one.currency, one.mrr) for one in books.report().total.money] == [("EUR", 100)]
    books.fields = {"mrr": Priority(connections=("sales", "crm"))}
    assert [(one.currency, one.mrr) for one in books.report().total.money] == [("USD", 90)]


def test_what_customers_have_brought_so_far_counts_while_they_were_customers(books: Books) -> None:
    books.rules = PortfolioRules(margin=F("0.5"))
    books.pays("1", 100)
    books.world.link()
    start = books.world.now
    books.on(start + timedelta(days=30, seconds=-1))
    books.pays("1", 200)
    books.world.now = start + timedelta(days=60)
    books.on(books.world.now)
    found = euros(books, at=start + timedelta(days=60), since=start)
    assert found.realised_ltv == known(F("0.5") * 300)
    assert found.ltv == undefined("no customer churned")


def test_nobody_at_the_opening_leaves_rates_undefined_and_says_since_when_customers_are_known(books: Books) -> None:
    books.on(OPENING + timedelta(days=1))
    books.pays("1", 100)
    books.on(CLOSING)
    found = books.report()
    assert found.total.churn == undefined("there was no customer at the opening")
    assert found.total.money[0].grr == undefined("nobody paid at the opening")
    assert found.total.money[0].ltv == undefined("there was no customer at the opening")
    assert found.notes[0].startswith("customers are known since 2026-01-02")
    assert found.green_at_churn == undefined("no customer churned")


def test_an_empty_store_says_so_and_invents_nothing(books: Books) -> None:
    found = books.report(at=CLOSING)
    assert found.notes == ("no account was ever linked to a customer: `cshub run` does it",)
    assert found.total.money == ()
    assert found.total.nps == undefined("nobody answered")
    assert found.total.quality.value is None


def test_nps_counts_the_latest_answer_of_each_person_in_90_days(books: Books) -> None:
    books.pays("1", 100)
    books.on(CLOSING)
    books.answers("1", 2, days_ago=20, contact_email="Ada@a.com")
    books.answers("1", 9, days_ago=10, contact_email="ada@a.com ")
    books.answers("1", 3, days_ago=5, contact_email="bea@a.com")
    books.answers("1", 3, days_ago=91, contact_email="cy@a.com")
    books.answers("1", 12, days_ago=3, contact_email="dan@a.com")
    books.answers("1", 10, days_ago=3)
    books.answers("1", 10, days_ago=3)
    found = books.report()
    assert (found.total.nps, found.total.answers["nps"].answers) == (known(50), 4)
    assert "answers to nps that are off its scale and are not counted: 1" in found.notes


def test_csat_counts_every_answer_and_ces_only_once_its_direction_is_declared(books: Books) -> None:
    books.pays("1", 100)
    books.on(CLOSING)
    for value in (5, 4, 3, 5):
        books.answers("1", value, metric="csat", contact_email="ada@a.com")
    books.answers("1", 6, metric="ces")
    assert books.report().total.csat == known(F("0.75"))
    assert books.report().total.ces.value is None
    books.rules = PortfolioRules(ces="high_is_easy")
    assert books.report().total.ces == known(6)


def test_an_answer_to_come_and_one_of_a_stranger_do_not_count(books: Books) -> None:
    books.pays("1", 100)
    books.on(CLOSING)
    books.answers("1", 9, days_ago=-3)
    books.answers("nobody", 9)
    assert books.report().total.answers["nps"].answers == 0


def test_bands_by_customers_and_revenue_and_the_quality_of_it_all(books: Books) -> None:
    for number, band in enumerate(["healthy"] * 5 + ["at_risk"] * 3 + ["critical"] * 2):
        books.pays(str(number), 10)
        books.scored(str(number), band, 0.5)
    books.pays("10", 10)
    books.on(CLOSING)
    found = books.report().total
    told = [(one.band, one.customers, one.share.value, one.mrr) for one in found.bands]
    assert told == [
        ("healthy", 5, F(5, 11), {"EUR": 50}), ("at_risk", 3, F(3, 11), {"EUR": 30}),
        ("critical", 2, F(2, 11), {"EUR": 20}), (None, 1, F(1, 11), {"EUR": 10}),
    ]  # fmt: skip
    assert (found.quality, found.coverage) == (known(76), known(F("0.5")))


def test_bands_are_those_of_the_day(books: Books) -> None:
    books.pays("1", 10)
    books.scored("1", "healthy")
    books.on(OPENING + timedelta(days=9))
    books.scored("1", "critical")
    books.on(CLOSING)
    assert [one.band for one in books.report(at=OPENING + timedelta(days=8)).total.bands if one.customers] == [
        "healthy"
    ]
    assert [one.band for one in books.report().total.bands if one.customers] == ["critical"]


def test_lost_customers_with_their_last_band_and_the_causes_people_wrote_down(books: Books) -> None:
    books.rules = PortfolioRules(root="stage", function="tier")
    for id in "123":
        books.pays(id, 100.0 * int(id))
        books.scored(id, "healthy" if id == "1" else "at_risk")
    books.on(OPENING + timedelta(days=5))
    books.pays("1", 100, type="Former", stage="price", extra={"tier": "sales"})
    books.world.land("crm", "account", gone=["2"])
    books.on(CLOSING)
    found = books.report()
    assert [(one.customer, one.band, one.is_green, one.root, one.function) for one in found.losses] == [
        ("crm:2", "at_risk", False, None, None), ("crm:1", "healthy", True, "price", "sales"),
    ]  # fmt: skip
    assert all(one.at and one.at.date() == (OPENING + timedelta(days=5)).date() for one in found.losses)
    assert found.green_at_churn == known(F("0.5"))


def test_renewals_have_the_grade_of_their_segment(books: Books) -> None:
    books.rules = PortfolioRules(segment="tier")
    for id, tier in {"1": "SMB", "2": "Enterprise", "3": "other", "4": None}.items():
        books.pays(id, 100, extra={"tier": tier})
    books.on(CLOSING)
    for id in "1234":
        for won in (True, True, True, False):
            books.renewal(id, won=won)
    found = {one.segment: (one.rate, one.grade) for one in books.report().renewals}
    rate = known(F("0.75"))
    assert found == {
        "SMB": (rate, "pass"), "Enterprise": (rate, "pass"), "other": (rate, None), "(none)": (rate, None),
    }  # fmt: skip


def test_by_owner_partner_and_segment(books: Books) -> None:
    for id, name in {"1": "Ada", "2": "Bea", "3": "Ada"}.items():
        books.world.row("crm", "owner", id, name=name)
    books.pays("1", 100, owner="1", extra={"tier": "gold"})
    books.pays("2", 50, owner="2", extra={"tier": "gold"})
    books.pays("3", 50, owner="3")
    books.pays("4", 5)
    books.on(CLOSING)
    books.answers("1", 10)
    books.answers("2", 0)
    found = {one.name: one.money[0].mrr for one in books.report(by="owner").groups}
    assert found == {"Ada (crm:1)": 100, "Bea": 50, "Ada (crm:3)": 50, "(none)": 5}
    books.rules = replace(books.rules, partner="tier")
    assert {one.name: one.closing for one in books.report(by="partner").groups} == {"gold": 2, "(none)": 2}
    by_segment = books.report(by="segment", segments=lambda customer: ("big", "old") if customer == "crm:1" else ())
    assert {one.name: (one.closing, one.nps, one.nps_shrunk) for one in by_segment.groups} == {
        "big": (1, known(100), known(25)),
        "old": (1, known(100), known(25)),
        "(none)": (3, known(-100), known(-25)),
    }


def test_who_changed_hands_stands_where_it_is_now_at_both_ends(books: Books) -> None:
    books.world.row("crm", "owner", "1", name="Ada")
    books.world.row("crm", "owner", "2", name="Bea")
    books.pays("1", 100, owner="1")
    books.on(OPENING + timedelta(days=3))
    books.pays("1", 80, owner="2")
    books.on(CLOSING)
    assert [(one.name, one.opening, one.money[0].grr) for one in books.report(by="owner").groups] == [
        ("Bea", 1, Figure(value=F("0.8")))
    ]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"since": CLOSING + timedelta(days=1)}, "the period ends before it begins"),
        ({"by": "partner"}, "nothing says which partner"),
        ({"by": "segment"}, "nothing says which segment"),
    ],
)
def test_a_question_without_sense_is_refused(books: Books, options: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        books.report(at=CLOSING, **options)


def test_the_number_of_statements_does_not_depend_on_the_number_of_customers(books: Books) -> None:
    def statements() -> int:
        books.world.link()
        books.world.statements.clear()
        portfolio(books.hub, at=CLOSING, since=OPENING, by="owner")
        return len(books.world.statements)

    books.pays("0", 100)
    few = statements()
    for number in range(1, 40):
        books.pays(str(number), 100)
        books.scored(str(number), "healthy")
    assert statements() == few > 5
