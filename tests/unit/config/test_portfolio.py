"""The section `portfolio`: exact numbers, and each mistake where it stands."""

from __future__ import annotations

from fractions import Fraction

import pytest

from cshub.config import PortfolioRules
from cshub.scoring.portfolio import Grades
from tests.unit.config.conftest import Load, Mistakes
from tests.unit.config.world import GOOD

F = Fraction
FULL = """\
portfolio:
  margin: 33.3%
  currency: EUR
  rates: {USD: 0.92}
  segment: tier
  partner: owner
  ces: high_is_easy
  renewal: {SMB: {pass: 55%, excellent: 0.8}}
  quality: {healthy: 100, at_risk: 50}
  default_currency: USD
  churn: {root: tier, proximate: stage, function: type}
"""
LAST = GOOD.count("\n")


def test_every_number_is_exactly_what_is_written(read: Load) -> None:
    assert read(GOOD + FULL).portfolio == PortfolioRules(
        margin=F("0.333"),
        currency="EUR",
        default_currency="USD",
        rates={"USD": F("0.92")},
        segment="tier",
        partner="owner",
        ces="high_is_easy",
        grades={"smb": Grades(passes=F("0.55"), excellent=F("0.8"))},
        quality={"healthy": F(100), "at_risk": F(50)},
        root="tier",
        proximate="stage",
        function="type",
    )


def test_nothing_declared_leaves_what_is_usual(read: Load) -> None:
    found = read(GOOD).portfolio
    assert found == PortfolioRules()
    assert found.grades["enterprise"] == Grades(passes=F("0.7"), excellent=F("0.9"))


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "message", "hint"),
    [
        ("margin: 33.3%", "margn: 33.3%", 2, 3, "is no known key", "did you mean margin?"),
        ("margin: 33.3%", "margin: 120%", 2, 11, "needs a share from 0% to 100%", None),
        ("currency: EUR", "currency: euro", 3, 13, "euro is no code of a currency", "like EUR"),
        ("USD: 0.92", "Dollar: 0.92", 4, 19, "Dollar is no code of a currency", "like EUR"),
        ("  currency: EUR\n", "", 3, 10, "convert into what?", "add `currency: EUR`"),
        ("USD: 0.92", "USD: 0", 4, 16, "0 is no rate", "above 0"),
        ("USD: 0.92", "EUR: 0.92", 4, 16, "one EUR is one EUR", "delete"),
        ("segment: tier", "segment: teir", 5, 12, "teir is no field of an account", "did you mean tier?"),
        ("partner: owner", "partner: domains", 6, 12, "domains holds several values", "one"),
        ("root: tier", "root: reason", 11, 17, "reason is no field of an account", None),
        ("ces: high_is_easy", "ces: high_is_eazy", 7, 8, "needs one of high_is_easy, high_is_hard", "high_is_easy?"),
        ("pass: 55%, ", "", 8, 18, "is missing", None),
        ("pass: 55%", "pass: 80%", 8, 41, "is not above `pass`", "excellent"),
        ("at_risk: 50", "at_rsk: 50", 9, 35, "no scorecard has a band at_rsk", "did you mean at_risk?"),
        ("at_risk: 50", "at_risk: 500", 9, 36, "needs points from 0 to 100", None),
    ],
)
def test_a_mistake_is_told_where_it_stands(
    mistakes: Mistakes, old: str, new: str, line: int, column: int, message: str, hint: str | None
) -> None:
    assert old in FULL
    (found,) = mistakes(GOOD + FULL.replace(old, new, 1))
    assert (found.line - LAST, found.column) == (line, column)
    assert message in found.message
    assert hint is None or hint in (found.hint or "")
