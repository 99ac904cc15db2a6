"""Rolling scores up: the four ways, the parent's own score, and lines that add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.model import MICRO
from cshub.scoring.rollup import Input, Rolled, Scale, rollup

WAYS = ("mean", "mrr_weighted", "worst", "share_above")
PARENTS = ("include", "exclude", "fallback")


def given_score(customer: str, points: float | None, mrr: float | None = None, currency: str | None = "EUR") -> Input:
    micro = None if points is None else round(points * MICRO)
    return Input(customer=customer, name=customer.upper(), micro=micro, mrr=mrr, currency=currency)


OWN = given_score("p", 40, 100)
CHILDREN = [given_score("a", 90, 300), given_score("b", 50, 100), given_score("c", None, 500)]


def points(found: Rolled) -> float | None:
    return None if found.micro is None else found.micro / MICRO


@pytest.mark.parametrize(
    ("by", "parent", "expected"),
    [
        ("mean", "include", 60),
        ("mean", "exclude", 70),
        ("mean", "fallback", 70),
        ("mrr_weighted", "include", 72),
        ("mrr_weighted", "exclude", 80),
        ("worst", "include", 40),
        ("worst", "exclude", 50),
        ("share_above", "include", 33.333333),
        ("share_above", "exclude", 50),
    ],
)
def test_each_way_with_and_without_the_parent(by: str, parent: str, expected: float) -> None:
    assert points(rollup(OWN, CHILDREN, by=by, parent=parent, scale=Scale(above=70 * MICRO))) == expected


def test_the_parent_steps_in_where_no_child_has_a_score() -> None:
    silent = [given_score("c", None)]
    assert points(rollup(OWN, silent, by="mean", parent="fallback")) == 40
    alone = rollup(OWN, silent, by="mean", parent="exclude")
    assert (alone.micro, alone.reason, alone.coverage) == (None, "no score to roll up", 0)


def test_coverage_is_the_share_of_inputs_with_a_score() -> None:
    assert rollup(OWN, CHILDREN, by="mean", parent="include").coverage == 0.75


def test_revenue_in_several_currencies_cannot_be_weighed() -> None:
    mixed = [*CHILDREN[:2], given_score("d", 10, 5, "USD")]
    found = rollup(OWN, mixed, by="mrr_weighted", parent="include")
    assert (found.micro, found.reason) == (None, "revenue in several currencies: EUR, USD")
    assert points(rollup(OWN, mixed, by="mean", parent="exclude")) == 50


@pytest.mark.parametrize("mrr", [None, 0, -5, float("nan"), float("inf")])
def test_one_without_revenue_has_no_say(mrr: float | None) -> None:
    found = rollup(OWN, [given_score("a", 90, mrr)], by="mrr_weighted", parent="include")
    assert points(found) == 40
    assert (
        rollup(OWN, [given_score("a", 90, mrr)], by="mrr_weighted", parent="exclude").reason == "no revenue to weigh by"
    )


def test_every_input_has_a_line_with_its_own_score() -> None:
    found = rollup(OWN, CHILDREN, by="mean", parent="exclude")
    assert [(line.name, line.text, line.shaped_micro, line.micro) for line in found.drivers] == [
        ("base", None, None, 50 * MICRO),
        ("a", "A", 90 * MICRO, 20 * MICRO),
        ("b", "B", 50 * MICRO, 0),
        ("c", "C: no score", None, 0),
    ]


scores = st.none() | st.integers(0, 100 * MICRO)
inputs = st.lists(
    st.builds(
        Input, customer=st.sampled_from("abcdef"), name=st.just("x"), micro=scores, mrr=st.none() | st.floats(0, 1e9)
    ),
    max_size=6,
    unique_by=lambda one: one.customer,
)
owns = st.builds(Input, customer=st.just("p"), name=st.just("own"), micro=scores, mrr=st.none() | st.floats(0, 1e9))


@given(owns, inputs, st.sampled_from(WAYS), st.sampled_from(PARENTS), st.integers(0, 100 * MICRO))
def test_it_is_in_range_its_lines_add_up_and_no_order_matters(
    own: Input, children: list[Input], by: str, parent: str, above: int
) -> None:
    found = rollup(own, children, by=by, parent=parent, scale=Scale(above=above))
    assert found == rollup(own, children[::-1], by=by, parent=parent, scale=Scale(above=above))
    assert 0 <= found.coverage <= 1
    if found.micro is None:
        assert found.reason
        assert sum(line.micro for line in found.drivers) == 0
        return
    assert 0 <= found.micro <= 100 * MICRO
    assert sum(line.micro for line in found.drivers) == found.micro


@given(owns, inputs, st.sampled_from(WAYS), st.sampled_from(PARENTS), st.integers(0, 5), st.integers(0, 100 * MICRO))
def test_it_never_falls_when_an_input_gets_better(
    own: Input, children: list[Input], by: str, parent: str, place: int, gain: int
) -> None:
    if place >= len(children) or children[place].micro is None:
        return
    better = list(children)
    old = children[place]
    better[place] = Input(
        customer=old.customer, name=old.name, micro=min((old.micro or 0) + gain, 100 * MICRO), mrr=old.mrr
    )
    scale = Scale(above=50 * MICRO)
    before, after = (rollup(own, some, by=by, parent=parent, scale=scale).micro for some in (children, better))
    assert (before is None) == (after is None)
    assert (after or 0) >= (before or 0)


def test_a_card_of_points_has_its_own_scale() -> None:
    scale = Scale(low=0, high=10 * MICRO, above=6 * MICRO)
    children = [given_score("a", 7), given_score("b", 4)]
    assert points(rollup(OWN, children, by="mean", parent="exclude", scale=scale)) == 5.5
    found = rollup(OWN, children, by="share_above", parent="exclude", scale=scale)
    assert points(found) == 5
