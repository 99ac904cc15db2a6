"""What a shape is said to give is what it gives: held against the arithmetic of the shapes for every value of a metric."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cshub.config.lint.domains import COUNT, FLAG, Domain
from cshub.config.lint.signals import points_of, unreached
from cshub.model import MICRO, Scalar, Shape
from cshub.scoring.shapes import points, shaper

domains = st.sampled_from([Domain(), COUNT, Domain(low=-100, high=100), Domain(low=0, high=1), Domain(is_whole=True)])
edges = st.lists(
    st.sampled_from([-150.0, -1.0, -0.5, 0.0, 0.2, 0.8, 1.0, 2.5, 100.0, 150.0]), min_size=2, max_size=5, unique=True
)


def values(domain: Domain) -> Iterator[float]:
    """Values on, between and beyond the edges above, as far as the metric can have them."""
    for number in (
        *range(-200, 201, 10),
        *(number / 10 for number in range(-30, 31)),
        -151,
        -149,
        -99,
        99,
        101,
        149,
        151,
    ):
        if domain.low <= number <= domain.high and not (domain.is_whole and number != int(number)):
            yield number


@hypothesis_settings(max_examples=60, deadline=None)
@given(domains, edges, st.data())
def test_an_unreached_tier_is_never_reached_and_points_stay_inside(
    domain: Domain, ends: list[float], data: st.DataObject
) -> None:
    lows = sorted(ends)
    tiers: list[list[float | None]] = [[low, high, number * 10.0] for number, (low, high) in enumerate(pairwise(lows))]
    if data.draw(st.booleans()):
        tiers[0][0] = None
    if data.draw(st.booleans()):
        tiers[-1][1] = None
    shape = Shape(name="tiers", options={"tiers": tiers})
    given_points = given_by(shape, domain)
    dead = {tiers[step[1]][2] for step, _ in unreached(shape, domain) if isinstance(step[1], int)}
    assert not dead & given_points
    _check_inside(shape, domain, given_points)


@hypothesis_settings(max_examples=60, deadline=None)
@given(domains, edges, st.integers(0, 100), st.integers(0, 100))
def test_a_line_stays_inside_what_is_said_of_it(domain: Domain, ends: list[float], low: int, high: int) -> None:
    shape = Shape(name="linear", options={"from": [ends[0], low], "to": [ends[1], high]})
    given_points = given_by(shape, domain)
    _check_inside(shape, domain, given_points)


def given_by(shape: Shape, domain: Domain) -> set[float]:
    """Every number of points that the values give."""
    ready = shaper(shape)
    return {found.micro / MICRO for value in values(domain) if (found := ready(value)).micro is not None}


def _check_inside(shape: Shape, domain: Domain, given_points: set[float]) -> None:
    found = points_of(shape, domain)
    assert given_points == set() or found is not None
    assert all(found[0] - 1e-6 <= one <= found[1] + 1e-6 for one in given_points if found)


def test_a_category_is_compared_as_the_shape_does() -> None:
    shape = Shape(name="enum", options={"values": {True: 10, "false": 20, "maybe": 30}})
    assert [name for _, name in unreached(shape, FLAG)] == ["maybe"]
    assert points_of(shape, FLAG) == (10, 20)
    usable: list[Scalar] = [True, False]
    assert [points(shape, value) for value in usable] == [10 * MICRO, 20 * MICRO]


def test_a_shape_that_is_not_known_here_has_no_range() -> None:
    assert points_of(Shape(name="steps", options={"steps": []}), COUNT) is None
