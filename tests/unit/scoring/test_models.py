from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.model import Bands, Group, ModelFunction, Reading, Scorecard, Scored, Shape, Signal, Status
from cshub.scoring import additive, finish, weighted
from tests.unit.scoring.making import card, micro, readings, signal

Made = tuple[Scorecard, dict[str, Reading]]

POLICIES = ("skip", "neutral", "worst", "best")


def one(card: Scorecard, readings: Mapping[str, Reading]) -> Scored:
    return weighted(card, [("acme", readings)])[0]


def four(missing: str) -> Scorecard:
    return card(
        signal("usage", 40), signal("billing", 25), signal("relationship", 20, missing=missing), signal("account", 15)
    )


@pytest.mark.parametrize(
    ("missing", "score"), [("skip", 78.4375), ("neutral", 72.75), ("worst", 62.75), ("best", 82.75)]
)
def test_a_missing_signal_counts_as_its_policy_says(missing: str, score: float) -> None:
    scored = one(four(missing), readings(usage=70, billing=85, relationship=None, account=90))
    assert scored.micro == micro(score)
    assert scored.coverage == 0.8
    assert sum(driver.micro for driver in scored.drivers) == scored.micro


def test_a_missing_signal_that_must_not_be_missing_leaves_no_score() -> None:
    scored = one(four("fail"), readings(usage=70, billing=85, relationship=None, account=90))
    assert scored.micro is None
    assert scored.reason == "relationship is missing, and without it there is no score"
    assert [driver.micro for driver in scored.drivers] == [0] * 5


def test_too_little_data_gives_no_number() -> None:
    scored = one(card(signal("a", 59), signal("b", 41)), readings(a=50, b=None))
    assert (scored.micro, scored.reason) == (None, "data for 59 % of the weight, 60 % are needed")
    assert one(card(signal("a", 60), signal("b", 40)), readings(a=50, b=None)).micro == 50_000_000


def test_an_assumed_value_is_no_data() -> None:
    scored = one(card(signal("a", missing="neutral")), readings(a=None))
    assert (scored.coverage, scored.micro) == (0.0, None)


def test_a_required_group_without_data_gives_no_number() -> None:
    groups = (
        Group(name="usage", weight=80, signals=(signal("logins"),)),
        Group(name="voice", weight=20, signals=(signal("nps", missing="worst"),), required=True),
    )
    scored = one(card(groups=groups), readings(logins=90, nps=None))
    assert (scored.micro, scored.reason) == (None, "no data in voice, which is required")


def test_data_deep_inside_a_required_group_is_enough() -> None:
    inner = Group(name="inner", signals=(signal("nps"),))
    scored = one(card(groups=(Group(name="voice", groups=(inner,), required=True),)), readings(nps=80))
    assert scored.micro == 80_000_000


def test_what_does_not_apply_leaves_the_denominator() -> None:
    scored = one(card(signal("a", 30), signal("b", 70)), readings(a=50, b=Status.NOT_APPLICABLE))
    assert (scored.micro, scored.coverage) == (50_000_000, 1.0)


def test_outside_a_bounded_shape_a_signal_does_not_apply() -> None:
    bounded = Shape(name="linear_bounded", options={"from": [0, 0], "to": [10, 100]})
    scored = one(card(signal("a", 30), signal("b", 70, shape=bounded, missing="worst")), readings(a=50, b=11))
    assert (scored.micro, scored.coverage) == (50_000_000, 1.0)
    assert scored.drivers[2].status is Status.NOT_APPLICABLE


@pytest.mark.parametrize("status", [Status.MISSING, Status.STALE, Status.SOURCE_DOWN, Status.ERROR])
def test_the_different_ways_of_missing_stay_apart(status: Status) -> None:
    scored = one(card(signal("a", 3), signal("b", 1)), readings(a=50, b=status))
    assert scored.drivers[2].status is status
    assert scored.coverage == 0.75


def test_a_metric_that_was_not_read_is_missing() -> None:
    scored = one(card(signal("a", 3), signal("b", 1)), readings(a=50))
    assert scored.drivers[2].text == "it was not read"


def test_a_value_that_is_no_number_is_missing_with_its_reason() -> None:
    scored = one(card(signal("a", 3), signal("b", 1)), readings(a=50, b=float("nan")))
    assert (scored.drivers[2].status, scored.drivers[2].text) == (
        Status.MISSING,
        "the number is not finite or too large",
    )


def test_an_empty_group_is_missing() -> None:
    groups = (
        Group(name="support", weight=75, signals=(signal("a"),)),
        Group(name="voice", weight=25, signals=(signal("b"), signal("c"))),
    )
    scored = one(card(groups=groups), readings(a=40, b=None, c=None))
    assert (scored.micro, scored.coverage) == (40_000_000, 0.75)


def test_groups_nest_to_any_depth() -> None:
    phone = Group(name="phone", weight=1, signals=(signal("calls"),))
    support = Group(name="support", weight=50, signals=(signal("tickets", 3),), groups=(phone,))
    voice = Group(name="voice", weight=50, signals=(signal("nps"),))
    scored = one(card(groups=(support, voice)), readings(tickets=100, calls=0, nps=50))
    assert scored.micro == 62_500_000
    assert [(d.name, d.group, d.weight_share, d.micro) for d in scored.drivers[1:]] == [
        ("tickets", "support", 0.375, 18_750_000), ("calls", "support/phone", 0.125, -6_250_000), ("nps", "voice", 0.5, 0),
    ]  # fmt: skip


def test_natero_weights_give_75() -> None:
    parts = [signal("a", 7), signal("b", 5), signal("c", 8), signal("d", 3)]
    scored = one(card(*parts, step=1.0), readings(a=83, b=71, c=78, d=54))
    assert scored.micro == 74_869_565
    assert finish(card(*parts, step=1.0), scored).micro == 75_000_000


@pytest.mark.parametrize(
    ("values", "step", "score"),
    [((10, 10, 0), 0.01, 6.67), ((10, 5, 5, 5), 1, 6), ((0, 5, 5, 5), 1, 4), ((9.8, 9.4, 7), 0.1, 8.7)],
)
def test_published_means_come_out_as_printed(values: tuple[float, ...], step: float, score: float) -> None:
    plan = card(*[signal(f"m{place}") for place in range(len(values))], step=step)
    known = readings(**{f"m{place}": value for place, value in enumerate(values)})
    assert finish(plan, one(plan, known)).micro == micro(score)


def test_additive_starts_at_its_base_and_adds_impacts() -> None:
    calls = Shape(name="tiers", options={"tiers": [[0, 20, 0], [20, 30, -1], [30, None, -2]]}, out=(-2, 0))
    nps = Shape(name="linear", options={"from": [0, -5], "to": [10, 5]}, out=(-5, 5))
    plan = card(signal("calls", shape=calls), signal("nps", shape=nps), base=5.0, high=10.0)
    scored = additive(plan, [("acme", readings(calls=35, nps=7))])[0]
    assert [(driver.sort, driver.micro) for driver in scored.drivers] == [
        ("base", 5_000_000), ("signal", -2_000_000), ("signal", 2_000_000),
    ]  # fmt: skip
    assert scored.micro == 5_000_000


def test_a_missing_impact_adds_nothing_but_lowers_coverage() -> None:
    plan = card(signal("a"), signal("b"), signal("c"), min_coverage=0.5, base=5.0)
    scored = additive(plan, [("acme", readings(a=2, b=None, c=1))])[0]
    assert scored.micro == 8_000_000
    assert round(scored.coverage, 6) == 0.666667


def test_additive_clamps_to_its_range_with_a_line_of_its_own() -> None:
    plan = card(signal("a"), base=5.0, high=10.0)
    scored = finish(plan, additive(plan, [("acme", readings(a=9))])[0])
    assert scored.micro == 10_000_000
    assert (scored.drivers[-1].sort, scored.drivers[-1].micro) == ("clamp", -4_000_000)


@pytest.mark.parametrize("model", [weighted, additive])
def test_without_signals_there_is_no_score(model: ModelFunction) -> None:
    scored = model(card(), [("acme", {})])[0]
    assert (scored.micro, scored.reason) == (None, "no data at all")


def test_a_card_whose_weights_are_all_nothing_has_no_score() -> None:
    assert one(card(signal("a", 0), min_coverage=0.0), readings(a=5)).reason == "no data at all"


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (signal("a", missing="lest"), "missing is one of"),
        (signal("a", -1), "negative"),
        (signal("a", shape=Shape(name="x")), "no shape x"),
    ],
)
def test_a_wrong_scorecard_is_refused(wrong: Signal, match: str) -> None:
    with pytest.raises(ValueError, match=match):
        weighted(card(wrong), [])


def test_customers_come_back_in_order() -> None:
    batch = [(name, readings(a=place)) for place, name in enumerate("zebra")]
    assert [scored.customer for scored in weighted(card(signal("a")), batch)] == list("zebra")


# --- random scorecards ------------------------------------------------------------------------------------------------

values = st.none() | st.floats(-20, 120, allow_nan=False) | st.integers(-20, 120)
shapes = st.tuples(st.integers(-50, 50), st.integers(1, 90), st.booleans()).map(
    lambda ends: Shape(
        name="linear_bounded" if ends[2] else "linear", options={"from": [ends[0], 0], "to": [ends[0] + ends[1], 100]}
    )
)


@st.composite
def scorecards(draw: st.DrawFn) -> Made:
    names = iter(range(10_000))

    def signals(most: int) -> tuple[Signal, ...]:
        return tuple(
            Signal(
                metric=f"m{next(names)}",
                shape=draw(shapes),
                weight=draw(st.integers(0, 50)),
                missing=draw(st.sampled_from(POLICIES)),
            )
            for _ in range(draw(st.integers(0, most)))
        )

    def group(depth: int) -> Group:
        inner = tuple(group(depth - 1) for _ in range(draw(st.integers(0, 2)))) if depth else ()
        name = f"g{next(names)}"
        return Group(name=name, weight=draw(st.integers(0, 9)), signals=signals(3), groups=inner)

    root = group(2)
    plan = Scorecard(
        name="random", model="weighted", root=root, bands=Bands(edges=(("all", 0.0),)), min_coverage=0.0,
        step=draw(st.sampled_from((1.0, 0.1, 0.5, 3.0))), base=draw(st.sampled_from((0.0, 5.0, 33.3))),
    )  # fmt: skip
    known = {f"m{place}": Reading(metric=f"m{place}", value=draw(values)) for place in range(next(names))}
    return plan, known


@given(scorecards(), st.sampled_from((weighted, additive)))
def test_the_lines_of_any_scorecard_add_up_exactly(made: Made, model: ModelFunction) -> None:
    plan, known = made
    raw = model(plan, [("acme", known)])[0]
    done = finish(plan, raw)
    for scored in (raw, done):
        assert sum(driver.micro for driver in scored.drivers) == (scored.micro or 0)
        assert (scored.micro is None) == (scored.reason is not None)
    assert 0 <= raw.coverage <= 1
    assert done.micro is None or 0 <= done.micro <= 100_000_000


@given(scorecards())
def test_weighted_stays_between_its_worst_and_best_signal(made: Made) -> None:
    plan, known = made
    scored = weighted(plan, [("acme", known)])[0]
    points = [d.shaped_micro for d in scored.drivers if d.weight_share and d.shaped_micro is not None]
    if scored.micro is not None:
        assert min(points) <= scored.micro <= max(points)
        assert abs(sum(driver.weight_share or 0 for driver in scored.drivers) - 1) < 1e-9


@given(scorecards(), st.randoms(use_true_random=False))
def test_the_order_of_signals_and_groups_decides_nothing(made: Made, random: Random) -> None:
    plan, known = made

    def shuffled(group: Group) -> Group:
        signals, groups = list(group.signals), [shuffled(inner) for inner in group.groups]
        random.shuffle(signals)
        random.shuffle(groups)
        return Group(name=group.name, weight=group.weight, signals=tuple(signals), groups=tuple(groups))

    other = Scorecard(
        name=plan.name, model=plan.model, root=shuffled(plan.root), bands=plan.bands, min_coverage=0.0, step=plan.step
    )
    one_way, other_way = (weighted(one, [("acme", known)])[0] for one in (plan, other))
    assert one_way.micro == other_way.micro
    assert one_way.coverage == other_way.coverage
    assert {d.name: d.micro for d in one_way.drivers} == {d.name: d.micro for d in other_way.drivers}


@given(scorecards(), st.integers(0, 30), st.floats(0, 50, allow_nan=False))
def test_a_better_signal_never_lowers_the_score(made: Made, place: int, better: float) -> None:
    plan, known = made
    name = f"m{place}"
    worse = known.get(name)
    bounded = {d.name for d in weighted(plan, [("a", known)])[0].drivers if d.status is not Status.OK}
    if worse is None or worse.value is None or name in bounded:
        return
    assert isinstance(worse.value, int | float)
    improved = {**known, name: Reading(metric=name, value=worse.value + better)}
    before, after = (weighted(plan, [("acme", facts)])[0] for facts in (known, improved))
    moved = next((d for d in after.drivers if d.name == name), None)
    if moved is not None and moved.status is Status.OK and before.micro is not None:
        assert after.micro is not None
        assert after.micro >= before.micro
