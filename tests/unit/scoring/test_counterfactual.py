"""The values that would move the band, against trying every value."""

from __future__ import annotations

import random
from collections.abc import Mapping

import pytest

from cshub.model import Bands, Group, Reading, Scalar, Scorecard, Shape, Signal, Status
from cshub.scoring import finish, weighted
from cshub.scoring.counterfactual import Turns, reached, turns

BANDS = Bands(edges=(("critical", 0.0), ("at_risk", 40.0), ("healthy", 70.0)))
SHAPES = {
    "tickets": Shape(name="linear", options={"from": (8, 0), "to": (0, 100)}),
    "logins": Shape(name="tiers", options={"tiers": [[0, 3, 0], [3, 9, 55], [9, 100, 100]]}),
    "plan": Shape(name="enum", options={"values": {"free": 10, "team": 60, "whole": 100}}),
    "usage": Shape(name="linear_bounded", options={"from": (0, 0), "to": (1, 100)}),
}


def card(weights: Mapping[str, int], bands: Bands = BANDS, step: float = 1.0) -> Scorecard:
    signals = tuple(Signal(metric=name, shape=SHAPES[name], weight=weight) for name, weight in weights.items())
    return Scorecard(
        name="x", model="weighted", root=Group(name="all", signals=signals), bands=bands, step=step, min_coverage=0.1
    )


def readings(**values: Scalar) -> dict[str, Reading]:
    return {
        name: Reading(metric=name, value=value, status=Status.MISSING if value is None else Status.OK)
        for name, value in values.items()
    }


def ask(card: Scorecard, known: Mapping[str, Reading]) -> int | None:
    return finish(card, weighted(card, [("c", known)])[0]).micro


def found(card: Scorecard, **values: Scalar) -> tuple[str, Turns]:
    known = readings(**values)
    micro = ask(card, known)
    assert micro is not None
    band = [name for name, edge in card.bands.edges if micro >= edge * 1_000_000][-1]
    return band, turns(card, band, known, lambda one: ask(card, one))


@pytest.mark.parametrize("seed", range(15))
def test_no_nearer_whole_number_moves_the_band_and_this_one_does(seed: int) -> None:
    chance = random.Random(seed)
    made = card({name: chance.randrange(1, 9) for name in ("tickets", "logins", "plan")})
    values: dict[str, Scalar] = {
        "tickets": chance.randrange(11), "logins": chance.randrange(13), "plan": chance.choice(["free", "team", "whole"]),
    }  # fmt: skip
    band, told = found(made, **values)
    order = [name for name, _ in BANDS.edges]
    for is_better, ones in ((True, told.better), (False, told.worse)):
        by_name = {turn.metric: turn for turn in ones}
        for name in ("tickets", "logins"):
            moving = []
            for value in range(101 if name == "logins" else 110):
                micro = ask(made, readings(**{**values, name: value}))
                after = order.index(reached(BANDS, band, micro)) - order.index(band) if micro is not None else 0
                if after and (after > 0) is is_better:
                    moving.append(value)
            turn = by_name.get(name)
            if turn is None:
                assert moving == []
            else:
                now = int(str(values[name]))
                assert abs(int(str(turn.value)) - now) == min(abs(value - now) for value in moving)


def test_a_number_with_decimals_is_exact_to_the_ninth() -> None:
    made = card({"usage": 1}, step=0.000001)
    _, told = found(made, usage=0.123)
    (turn,) = told.better
    assert (turn.value, turn.band) == (0.399999995, "at_risk")  # rounded half-up to the millionth of a point: 40
    assert ask(made, readings(usage=float(str(turn.value)) - 1e-9)) < 40_000_000  # type: ignore[operator]  # there is a score


def test_the_margin_has_to_be_passed() -> None:
    bands = Bands(edges=BANDS.edges, margin=5.0)
    _, told = found(card({"usage": 1}, bands), usage=0.5)
    assert told.better[0].value == pytest.approx(0.745)
    assert told.worse[0].value == pytest.approx(0.345, abs=1e-6)


def test_a_category_that_moves_the_band_with_the_least_effort_is_named() -> None:
    _, told = found(card({"plan": 1}), plan="free")
    assert [(turn.metric, turn.value, turn.band) for turn in told.better] == [("plan", "team", "at_risk")]


def test_a_signal_that_cannot_do_it_alone_is_named_as_such() -> None:
    band, told = found(card({"tickets": 90, "logins": 10}), tickets=6, logins=2)
    assert band == "critical"
    assert [turn.metric for turn in told.better] == ["tickets"]
    assert told.unable_better == ("logins",)


def test_a_signal_without_data_is_not_known() -> None:
    _, told = found(card({"tickets": 5, "logins": 5}), tickets=6, logins=None)
    assert told.unknown == ("logins",)
    assert [turn.metric for turn in told.better] == ["tickets"]


def test_the_highest_band_has_no_better_one() -> None:
    _, told = found(card({"tickets": 1}), tickets=0)
    assert (told.better, told.unable_better) == ((), ())
    assert told.worse[0].value == 3


def test_the_least_effort_comes_first() -> None:
    _, told = found(card({"tickets": 80, "plan": 20}), tickets=5, plan="free")
    assert told.better == tuple(sorted(told.better, key=lambda turn: turn.effort))
    assert len(told.better) >= 1
