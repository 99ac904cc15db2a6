"""Ways to combine (SCORING §3): their vectors, what is missing in them, and lines that add up to the score exactly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from cshub.model import Group, Reading, Scorecard, Scored, Shape, Signal, Status
from cshub.scoring import finish, weighted
from tests.unit.scoring.making import card, micro, readings, signal


def combined(combine: str, *signals: Signal, **more: float | None) -> Scorecard:
    """A card whose root combines in this way."""
    plan = card(*signals, min_coverage=0.0)
    return replace(plan, root=replace(plan.root, combine=combine, **more))


def one(plan: Scorecard, known: Mapping[str, Reading]) -> Scored:
    scored = weighted(plan, [("acme", known)])[0]
    assert sum(line.micro for line in scored.drivers) == (scored.micro or 0)
    return scored


def earns(most: float, least: float = 0) -> Shape:
    """Points as they are, from `least` to `most`."""
    return Shape(name="linear", options={"from": [least, least], "to": [most, most]}, out=(least, most))


#: (how, the values of a, b and c, the score)
VECTORS = [
    ("mean", (10, 10, 0), 6.666667), ("mean", (9.8, 9.4, 7), 8.733333), ("min", (9.8, 9.4, 7), 7), ("max", (9.8, 9.4, 7), 9.8),
    ("product", (80, 50), 40), ("geometric", (80, 50), 63.245553), ("mean", (80, 50), 65), ("min", (80, 50), 50),
    ("product", (80, 50, 25), 10), ("geometric", (80, 50, 25), 46.415888), ("product", (0, 100), 0), ("geometric", (0, 100), 0),
    ("geometric", (100, 100, 100), 100), ("product", (33.333333, 33.333333), 11.111111), ("geometric", (49,), 49),
    ("worst_of", (80, 90), 100), ("worst_of", (80, 69.999999), 50), ("worst_of", (39.999999, 100), 0), ("worst_of", (40, 70), 50),
    ("worst_of", (80, None), 100), ("worst_of", (30, None), 0), ("min", (80, None), 80), ("max", (None, 20), 20),
    ("mean", (80, None, 50), 65), ("product", (80, None), None), ("geometric", (None, 50), None), ("min", (None, None), None),
    ("product", (80, Status.NOT_APPLICABLE), 80), ("min", (80, Status.STALE), 80),
]  # fmt: skip


@pytest.mark.parametrize(("how", "values", "score"), VECTORS)
def test_a_group_combines_as_it_says(how: str, values: tuple[float | Status | None, ...], score: float | None) -> None:
    names = "abc"[: len(values)]
    plan = combined(how, *[signal(name) for name in names], poor=40, good=70)
    scored = one(plan, readings(**dict(zip(names, values, strict=True))))
    assert scored.micro == (None if score is None else micro(score))
    assert (scored.reason is None) is (score is not None)


def test_without_a_score_the_reason_is_the_true_one() -> None:
    product = combined("product", signal("a"), signal("b"))
    assert one(product, readings(a=80, b=None)).reason == "a product needs all its inputs, and one is missing"
    assert one(product, readings(a=None, b=None)).reason == "no data at all"
    assert one(combined("min", signal("a")), readings(a=None)).reason == "no data at all"


def test_a_product_on_another_scale_is_a_product_of_shares() -> None:
    plan = replace(combined("product", signal("a"), signal("b")), high=10.0)
    assert one(plan, readings(a=80, b=50)).micro == micro(4)


def test_a_mean_ignores_weights() -> None:
    assert one(combined("mean", signal("a", 9), signal("b", 1)), readings(a=100, b=0)).micro == micro(50)


def voiced() -> Scorecard:
    """A third for the lowest of two inputs, the rest for logins."""
    voice = Group(name="voice", weight=1, combine="min", signals=(signal("csat"), signal("ces")))
    return card(groups=(Group(name="usage", weight=2, signals=(signal("logins"),)), voice), min_coverage=0.0)


def test_a_part_that_does_not_add_up_has_one_line_and_lists_its_inputs() -> None:
    scored = one(voiced(), readings(logins=80, csat=20, ces=90))
    assert scored.micro == micro(60)
    assert [(line.sort, line.name, line.group, line.micro) for line in scored.drivers] == [
        ("base", "base", None, 50_000_000), ("signal", "logins", "usage", 20_000_000), ("part", "voice", None, -10_000_000),
        ("input", "csat", "voice", 0), ("input", "ces", "voice", 0),
    ]  # fmt: skip
    part = scored.drivers[2]
    assert part.text == "not additive: the lowest of csat 20, ces 90"
    assert (part.shaped_micro, part.status) == (micro(20), Status.OK)
    assert part.weight_share == pytest.approx(1 / 3)


def test_a_part_says_which_inputs_are_missing() -> None:
    part = one(voiced(), readings(logins=80, csat=20, ces=Status.STALE)).drivers[2]
    assert part.text == "not additive: the lowest of csat 20, ces stale"


def test_a_part_without_data_shares_its_weight_out() -> None:
    scored = one(voiced(), readings(logins=80, csat=None, ces=None))
    assert (scored.micro, scored.drivers[2].micro, scored.drivers[2].status) == (micro(80), 0, Status.MISSING)
    outside = one(voiced(), readings(logins=80, csat=Status.NOT_APPLICABLE, ces=Status.NOT_APPLICABLE))
    assert (outside.drivers[2].status, outside.coverage) == (Status.NOT_APPLICABLE, 1.0)


def test_ways_to_combine_nest_to_any_depth() -> None:
    worst = Group(name="worst", combine="min", signals=(signal("a"), signal("b")))
    mean = Group(name="mean", combine="mean", signals=(signal("c"),), groups=(worst,))
    plan = card(groups=(Group(name="top", combine="max", signals=(signal("d"),), groups=(mean,)),), min_coverage=0.0)
    scored = one(plan, readings(a=10, b=90, c=60, d=20))
    assert scored.micro == micro(35)
    assert scored.drivers[1].text == "not additive: the highest of d 20, c 60, a 10, b 90"


def test_the_published_levels_are_rounded_one_by_one() -> None:
    """70.5 becomes 71 before it is weighed, so 74.76… becomes 74.87 and then 75."""
    halves = Group(name="b", weight=5, combine="mean", signals=(signal("x"), signal("y")))
    plan = card(signal("a", 7), signal("c", 8), signal("d", 3), groups=(halves,), step=1.0)
    known = readings(a=83, c=78, d=54, x=70, y=71)
    assert one(plan, known).micro == 74_760_870
    level = one(replace(plan, round_levels=True), known)
    assert level.micro == micro(75)
    assert [(line.sort, line.name, line.micro) for line in level.drivers if line.sort == "rounding"] == [
        ("rounding", "levels", 239_130)
    ]


@pytest.mark.parametrize(("values", "score"), [((10, 5, 5, 5), 6), ((0, 5, 5, 5), 4)])
def test_a_mean_is_rounded_half_up_as_planhat_does(values: tuple[int, ...], score: int) -> None:
    names = "abcd"
    shape = Shape(name="linear", options={"from": [0, 0], "to": [10, 10]}, out=(0, 10))
    plan = replace(combined("mean", *[signal(name, shape=shape) for name in names]), high=10.0, step=1.0)
    known = readings(**dict(zip(names, values, strict=True)))
    assert finish(plan, one(plan, known)).micro == micro(score)
    assert finish(plan, one(replace(plan, round_levels=True), known)).micro == micro(score)


# --- points -----------------------------------------------------------------------------------------------------------


def points() -> Scorecard:
    """40 points at most for visits and clicks, 60 for what was bought."""
    clicks = Group(
        name="clicks", combine="points", cap=40.0,
        signals=(signal("visits", shape=earns(30)), signal("mails", shape=earns(30))),
    )  # fmt: skip
    plan = card(signal("bought", shape=earns(60)), groups=(clicks,), min_coverage=0.0, step=1.0)
    return replace(plan, root=replace(plan.root, combine="points"))


@pytest.mark.parametrize(
    ("known", "score", "cut"),
    [
        ({"visits": 10, "mails": 20, "bought": 50}, 80, []), ({"visits": 30, "mails": 30, "bought": 60}, 100, [-20_000_000]),
        ({"visits": 30, "mails": 11, "bought": 5}, 45, [-1_000_000]), ({"visits": None, "mails": 11, "bought": 5}, 16, []),
    ],
)  # fmt: skip
def test_points_are_capped_by_group_first(known: dict[str, float | None], score: float, cut: list[int]) -> None:
    scored = one(points(), readings(**known))
    assert scored.micro == micro(score)
    assert [line.micro for line in scored.drivers if line.sort == "cap"] == cut


def test_then_points_are_capped_in_total() -> None:
    plan = points()
    plan = replace(plan, root=replace(plan.root, signals=(signal("bought", shape=earns(80)),)))
    done = finish(plan, one(plan, readings(visits=30, mails=30, bought=80)))
    assert [(line.sort, line.micro) for line in done.drivers[-2:]] == [("cap", -20_000_000), ("clamp", -20_000_000)]
    assert done.micro == micro(100) == sum(line.micro for line in done.drivers)


def test_coverage_of_points_counts_by_the_most_points() -> None:
    assert one(points(), readings(visits=1, mails=1, bought=None)).coverage == 0.4
    assert one(points(), readings(visits=1, mails=None, bought=9)).coverage == 0.8


def test_points_inside_a_weighted_card_are_one_part() -> None:
    clicks = Group(
        name="clicks", combine="points", cap=100.0, signals=(signal("x", shape=earns(70)), signal("y", shape=earns(70)))
    )
    scored = one(card(signal("a"), groups=(clicks,)), readings(a=50, x=70, y=70))
    assert scored.micro == micro(75)
    assert scored.drivers[2].text == "not additive: capped points of x 70, y 70"


def test_the_middle_is_neutral_for_points_as_well() -> None:
    plan = combined("points", signal("a", shape=earns(60), missing="neutral"), signal("b", shape=earns(40)))
    assert one(plan, readings(a=None, b=40)).micro == micro(70)


def test_an_unknown_way_is_refused() -> None:
    with pytest.raises(ValueError, match="combine is one of weighted, mean"):
        one(combined("median", signal("a")), {})
