from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub.model import Bands, BandState
from cshub.scoring import next_state, streak_end
from cshub.scoring.bands import check
from tests.unit.scoring.making import THREE_BANDS

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
DAY = timedelta(days=1)


def daily(bands: Bands, scores: list[float]) -> list[BandState]:
    states: list[BandState] = []
    for day, score in enumerate(scores):
        states.append(next_state(bands, states[-1] if states else None, score, START + day * DAY))
    return states


def test_the_published_vector_comes_out_day_by_day() -> None:
    scores = [76, 74, 73, 72, 71, 70, 74, 76, 77, 78, 79, 40, 41, 60]
    assert "".join(state.band for state in daily(THREE_BANDS, scores)) == "GGGGGYYYYYGGRR"


def test_the_first_band_is_immediate_and_has_no_margin() -> None:
    assert [next_state(THREE_BANDS, None, score, START).band for score in (49.9, 50, 74.9, 75, -5)] == list("RYYGR")


def test_time_counts_and_runs_do_not() -> None:
    state = next_state(THREE_BANDS, None, 80, START)
    for minutes in range(0, 24 * 60, 30):
        state = next_state(THREE_BANDS, state, 60, START + timedelta(minutes=minutes))
        assert state.band == "G"
    assert next_state(THREE_BANDS, state, 60, START + DAY).band == "Y"


def test_a_score_back_inside_breaks_the_streak() -> None:
    states = daily(THREE_BANDS, [80, 60, 72, 60, 60])
    assert [state.band for state in states] == list("GGGGY")
    assert states[2].streak_since is None


def test_the_new_band_is_the_nearest_reached() -> None:
    states = daily(THREE_BANDS, [80, 60, 40, 40])
    assert [state.band for state in states] == list("GGYR")


def test_a_streak_in_the_other_direction_begins_anew() -> None:
    states = daily(THREE_BANDS, [60, 40, 90, 90])
    assert [state.band for state in states] == list("YYYG")
    assert (states[1].streak_up, states[2].streak_up) == (False, True)
    assert states[2].streak_since == START + 2 * DAY


def test_a_jump_of_two_bands_may_skip_the_dwell() -> None:
    jumping = replace(THREE_BANDS, jump_immediate=True)
    assert [state.band for state in daily(jumping, [80, 40, 60, 90])] == list("GRRG")
    assert [state.band for state in daily(THREE_BANDS, [80, 40])] == list("GG")


def test_a_veto_may_skip_the_dwell_as_a_jump_may() -> None:
    state = next_state(THREE_BANDS, None, 80, START)
    jumping = replace(THREE_BANDS, jump_immediate=True)
    assert next_state(jumping, state, 60, START + DAY, veto="Y").band == "Y"
    assert next_state(jumping, state, 60, START + DAY).band == "G"
    assert next_state(THREE_BANDS, state, 60, START + DAY, veto="Y").band == "G"
    assert next_state(jumping, state, 74, START + DAY, veto="Y").band == "Y"


def test_a_band_that_came_with_a_changed_scorecard_says_so_until_the_next_one() -> None:
    state = next_state(THREE_BANDS, None, 80, START)
    changed = next_state(THREE_BANDS, state, 60, START + DAY, config_changed=True)
    assert (state.cause, changed.cause) == (None, "config")
    assert next_state(THREE_BANDS, changed, 61, START + 2 * DAY).cause == "config"
    assert next_state(THREE_BANDS, state, 80, START + DAY, config_changed=True).cause is None
    moved = next_state(THREE_BANDS, next_state(THREE_BANDS, changed, 90, START + 2 * DAY), 90, START + 3 * DAY)
    assert (moved.band, moved.cause) == ("G", None)


@given(st.lists(st.tuples(st.floats(0, 100), st.booleans(), st.booleans()), min_size=1, max_size=12))
def test_a_changed_scorecard_and_a_veto_asked_twice_change_nothing_either(days: list[tuple[float, bool, bool]]) -> None:
    for bands in (THREE_BANDS, replace(THREE_BANDS, jump_immediate=True)):
        state = None
        for day, (score, config, vetoed) in enumerate(days):
            at = START + day * DAY
            veto = "Y" if vetoed else None
            state = next_state(bands, state, score, at, config_changed=config, veto=veto)
            assert next_state(bands, state, score, at, veto=veto) == state


def test_without_dwell_and_margin_the_band_follows_the_score() -> None:
    plain = Bands(edges=(("R", 0.0), ("Y", 50.0), ("G", 75.0)))
    assert [state.band for state in daily(plain, [80, 74.9, 75, 0, 50])] == list("GYGRY")


def test_a_changed_scorecard_bands_anew_at_once() -> None:
    held = BandState(band="G", since=START, streak_up=False, streak_since=START, streak_band="Y")
    fresh = next_state(THREE_BANDS, held, 74, START + DAY, config_changed=True)
    assert fresh == BandState(band="Y", since=START + DAY, cause="config")
    assert next_state(THREE_BANDS, held, 76, START + DAY, config_changed=True) == BandState(band="G", since=START)


def test_a_band_that_no_longer_exists_is_replaced() -> None:
    gone = BandState(band="purple", since=START)
    assert next_state(THREE_BANDS, gone, 60, START + DAY) == BandState(band="Y", since=START + DAY, cause="config")


def test_the_end_of_a_streak_is_known_ahead() -> None:
    going = daily(THREE_BANDS, [80, 60])[-1]
    assert streak_end(THREE_BANDS, going) == START + 2 * DAY
    assert streak_end(THREE_BANDS, daily(THREE_BANDS, [80])[-1]) is None
    assert next_state(THREE_BANDS, going, 60, START + 2 * DAY - timedelta(hours=1)).band == "G"


@pytest.mark.parametrize(
    ("bands", "mistake"),
    [
        (Bands(edges=()), "there is no band"),
        (Bands(edges=(("a", 0.0), ("a", 5.0))), "two bands are called a"),
        (Bands(edges=(("a", 5.0), ("b", 5.0))), "b must begin above a"),
        (Bands(edges=(("a", float("nan")),)), "nan is too large or too small"),
        (Bands(edges=(("a", 0.0),), margin=-1.0), "margin and dwell cannot be negative"),
    ],
)
def test_a_mistake_in_the_bands_is_said_in_a_sentence(bands: Bands, mistake: str) -> None:
    assert mistake in check(bands)


def test_good_bands_have_no_mistakes() -> None:
    assert check(THREE_BANDS) == []


bands = st.builds(
    Bands,
    edges=st.just((("R", 0.0), ("O", 25.0), ("Y", 50.0), ("G", 75.0))),
    margin=st.sampled_from((0.0, 0.5, 3.0, 20.0)),
    dwell=st.sampled_from((timedelta(0), DAY, 2 * DAY, timedelta(hours=30))),
    jump_immediate=st.booleans(),
)
scores = st.lists(st.integers(0, 1000).map(lambda tenths: tenths / 10), min_size=1, max_size=30)


@given(bands, scores)
def test_asking_twice_at_the_same_instant_changes_nothing(chosen: Bands, history: list[float]) -> None:
    states = daily(chosen, history)
    again = next_state(chosen, states[-1], history[-1], START + (len(history) - 1) * DAY)
    assert again == states[-1]


@given(bands, scores)
def test_a_score_that_stays_settles_in_a_band_that_fits_it(chosen: Bands, history: list[float]) -> None:
    states = daily(chosen, history + [history[-1]] * 12)
    edges = dict(chosen.edges)
    names = list(edges)
    place = names.index(states[-1].band)
    assert history[-1] >= edges[names[place]] - chosen.margin
    assert place + 1 == len(names) or history[-1] < edges[names[place + 1]] + chosen.margin
