from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.model import Adjustment, Bands, Driver, Group, Scorecard, Scored, Status
from cshub.scoring import finish
from cshub.scoring.adjust import trouble

CARD = Scorecard(name="test", model="weighted", root=Group(name="root"), bands=Bands(edges=(("all", 0.0),)))


def scored(points: float) -> Scored:
    micro = round(points * 1_000_000)
    return Scored(
        customer="acme",
        micro=micro,
        coverage=1.0,
        readings={},
        drivers=(Driver(sort="base", name="base", micro=micro),),
    )


def change(name: str, *, customer: str = "acme", points: float | None = None, cap: float | None = None) -> Adjustment:
    return Adjustment(customer=customer, name=name, text=f"because of {name}", points=points, cap=cap)


def lines(done: Scored) -> list[tuple[str, str, int]]:
    return [(driver.sort, driver.name, driver.micro) for driver in done.drivers[1:]]


def test_points_come_before_caps_and_the_lowest_cap_wins() -> None:
    wanted = [("b", change("late", cap=40)), ("a", change("churn", cap=60)), ("a", change("boost", points=5))]
    done = finish(CARD, scored(70), wanted)
    assert done.micro == 40_000_000
    assert lines(done) == [("points", "boost", 5_000_000), ("cap", "churn", 0), ("cap", "late", -35_000_000)]
    assert [driver.owner for driver in done.drivers] == [None, "a", "a", "b"]


def test_the_order_in_which_plugins_answer_decides_nothing() -> None:
    wanted = [("b", change("x", cap=40)), ("a", change("y", cap=40)), ("c", change("z", points=-1.5))]
    assert len({repr(finish(CARD, scored(70), order)) for order in permutations(wanted)}) == 1


def test_a_cap_above_the_score_cuts_nothing_and_still_has_its_line() -> None:
    done = finish(CARD, scored(30), [("a", change("cap", cap=40))])
    assert (done.micro, lines(done)) == (30_000_000, [("cap", "cap", 0)])


def test_clamp_and_rounding_are_lines_of_their_own() -> None:
    assert lines(finish(CARD, scored(95), [("a", change("boost", points=10.25))]))[1:] == [
        ("clamp", "clamp", -5_250_000)
    ]
    done = finish(CARD, scored(78.4375))
    assert (done.micro, lines(done)) == (78_000_000, [("rounding", "rounding", -437_500)])


def test_without_a_score_there_is_nothing_to_adjust() -> None:
    nothing = Scored(customer="acme", micro=None, coverage=0.1, drivers=(), readings={}, reason="too little")
    assert finish(CARD, nothing, [("a", change("boost", points=5))]) is nothing


def test_an_adjustment_of_another_customer_is_left_out() -> None:
    assert lines(finish(CARD, scored(50), [("a", change("boost", customer="other", points=5))])) == []


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 1e300])
def test_an_adjustment_that_is_no_usable_number_changes_nothing_and_says_so(number: float) -> None:
    for wrong in (change("boost", points=number), change("cut", points=1, cap=number)):
        done = finish(CARD, scored(50), [("a", wrong)])
        assert done.micro == 50_000_000
        assert done.drivers[1].status is Status.ERROR
        assert "too large" in (done.drivers[1].text or "")
        assert trouble(wrong)


def test_a_scorecard_without_a_sensible_range_is_refused() -> None:
    for wrong in ({"step": 0.0}, {"low": 5.0, "high": 1.0}):
        card = Scorecard(name="x", model="weighted", root=Group(name="r"), bands=CARD.bands, **wrong)
        with pytest.raises(ValueError, match="lowest score"):
            finish(card, scored(5))


changes = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.builds(
            change,
            st.sampled_from("xyz"),
            points=st.none() | st.floats(-50, 50, allow_nan=False),
            cap=st.none() | st.floats(-10, 120, allow_nan=False),
        ),
    ),
    max_size=6,
)


@given(st.floats(0, 100, allow_nan=False), changes)
def test_the_lines_add_up_to_the_score_whatever_is_adjusted(
    points: float, wanted: list[tuple[str, Adjustment]]
) -> None:
    done = finish(CARD, scored(points), wanted)
    assert done.micro == sum(driver.micro for driver in done.drivers)
    assert done.micro is not None
    assert 0 <= done.micro <= 100_000_000
    assert done.micro % 1_000_000 == 0
    caps = [round(max(adjustment.cap, 0)) for _, adjustment in wanted if adjustment.cap is not None]
    assert all(done.micro <= (cap + 1) * 1_000_000 for cap in caps)
