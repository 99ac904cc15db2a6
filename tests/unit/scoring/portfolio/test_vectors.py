"""SCORING §9 to the last digit."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.scoring.portfolio import (
    Figure,
    Grades,
    Movement,
    Tally,
    arppu,
    ces,
    churn,
    crr,
    csat,
    csi,
    grade,
    grr,
    known,
    ltv,
    nps,
    nrr,
    quality,
    ratio,
    shrunk,
    thirty_days,
    undefined,
)
from cshub.scoring.portfolio.grades import USUAL
from cshub.scoring.portfolio.surveys import tallied

F = Fraction
PUBLISHED = Movement(opening=F(100_000), churned=F(8_000), contraction=F(4_000), expansion=F(15_000))


@pytest.mark.parametrize(
    ("found", "value"),
    [
        (grr(PUBLISHED), "0.88"),
        (nrr(PUBLISHED), "1.03"),
        (crr(105, 20, 100), "0.85"),
        (ltv(known(50), F("0.8"), known(F("0.02"))), "2000"),
        (nps(Tally(good=6, bad=2, answers=10)), "40"),
        (quality({"good": 5, "average": 3, "poor": 2}, {"good": F(100), "average": F(60), "poor": F(40)}), "76"),
        (churn(3, 60), "0.05"),
        (arppu(F("150.3"), 3), "50.1"),
        (csat(Tally(good=3, answers=4)), "0.75"),
        (csi([(F(4), F(3)), (F(2), F(1))]), "3.5"),
        (ces(Tally(total=F(12), answers=4), "easy"), "3"),
        (shrunk(known(100), 2, known(40)), "64"),
        (shrunk(known(100), 2, known(40), k=0), "100"),
        (thirty_days(known(F("0.06")), 90), "0.02"),
    ],
)
def test_a_vector_is_exact(found: Figure, value: str) -> None:
    assert found == Figure(value=F(value))


@pytest.mark.parametrize(
    ("segment", "rate", "word"),
    [
        ("smb", "0.5999", "fail"), ("smb", "0.6", "pass"), ("smb", "0.7999", "pass"), ("smb", "0.8", "excellent"),
        ("enterprise", "0.6999", "fail"), ("enterprise", "0.7", "pass"), ("enterprise", "0.8999", "pass"),
        ("enterprise", "0.9", "excellent"),
    ],
)  # fmt: skip
def test_a_renewal_rate_has_the_grade_of_its_segment(segment: str, rate: str, word: str) -> None:
    assert grade(known(F(rate)), USUAL[segment]) == word


NOTHING = undefined("no data")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (grr(Movement()), "nobody paid at the opening"),
        (nrr(Movement()), "nobody paid at the opening"),
        (churn(0, 0), "there was no customer at the opening"),
        (crr(0, 0, 0), "there was no customer at the opening"),
        (arppu(0, 0), "no customer pays"),
        (ltv(known(50), F("0.8"), known(0)), "no customer churned"),
        (ltv(known(50), None, known(F("0.02"))), "no margin is declared"),
        (ltv(arppu(0, 0), F("0.8"), known(F("0.02"))), "no customer pays"),
        (ltv(known(50), F("0.8"), churn(0, 0)), "there was no customer at the opening"),
        (nps(Tally()), "nobody answered"),
        (csat(Tally()), "nobody answered"),
        (ces(Tally(), "easy"), "nobody answered"),
        (ces(Tally(total=F(12), answers=4), None), "it is not declared whether a high answer is easy or hard"),
        (csi([]), "no attribute has a weight"),
        (quality({"new": 3}, {"good": F(100)}), "no customer stands in a band that has points"),
        (shrunk(NOTHING, 0, known(40)), "no data"),
        (shrunk(known(40), 3, NOTHING), "no data"),
        (thirty_days(NOTHING, 90), "no data"),
        (thirty_days(known(1), 0), "the period is empty"),
        (ratio(0, 0, "why"), "why"),
    ],
)
def test_what_is_undefined_says_why_and_is_never_0(found: Figure, reason: str) -> None:
    assert found == Figure(value=None, reason=reason)


def test_a_rate_without_a_value_has_no_grade() -> None:
    assert grade(NOTHING, Grades(passes=F("0.6"), excellent=F("0.8"))) is None


def test_each_customer_moves_in_one_way() -> None:
    pairs = [(F(100), F(0)), (F(100), F(60)), (F(100), F(130)), (F(0), F(70)), (F(50), F(50)), (F(0), F(0))]
    found = Movement.of(pairs)
    assert found == Movement(opening=F(350), churned=F(100), contraction=F(40), expansion=F(30), new=F(70))
    assert found.closing == 310


money = st.decimals(0, 10_000, places=2).map(F)


@given(st.lists(st.tuples(money, money)))
def test_what_moved_adds_up_exactly_and_keeping_is_never_more_than_everything(pairs: list[tuple[F, F]]) -> None:
    found = Movement.of(pairs)
    assert found.closing == sum((after for _, after in pairs), F(0))
    kept, net = grr(found).value, nrr(found).value
    if kept is not None and net is not None:
        assert 0 <= kept <= 1
        assert kept <= net


@pytest.mark.parametrize(
    ("metric", "values", "tally"),
    [
        ("nps", {9: 4, 10: 2, 7: 2, 6: 1, 0: 1}, Tally(good=6, bad=2, answers=10, total=F(76))),
        ("nps", {11: 1, -1: 2}, Tally(unusable=3)),
        ("csat", {5: 1, 4: 2, 3: 1}, Tally(good=3, bad=1, answers=4, total=F(16))),
        ("csat", {0: 1, 6: 1}, Tally(unusable=2)),
        ("ces", {1: 1, 7: 1, 8: 5}, Tally(answers=2, total=F(8), unusable=5)),
    ],
)
def test_answers_are_tallied_and_those_off_the_scale_are_told(
    metric: str, values: dict[int, int], tally: Tally
) -> None:
    assert tallied(metric, {F(value): count for value, count in values.items()}) == tally
