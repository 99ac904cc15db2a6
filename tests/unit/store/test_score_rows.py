"""A score goes into the store and comes back as it was, so an unchanged one is never saved again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cshub.model import BandState, Driver, Override, Reading, Risk, SavedScore, Status
from cshub.store.score_rows import Encoded, decode, encode

AT = datetime(2026, 1, 2, 9, tzinfo=UTC)
instants = st.timedeltas(timedelta(0), timedelta(days=36_525)).map(lambda age: AT + age)
whole_ms = instants.map(lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000))
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
    instants,
)
readings = st.dictionaries(
    st.sampled_from(["a", "b", "c"]),
    st.builds(
        Reading,
        metric=st.just(""),
        value=scalars,
        status=st.sampled_from(Status),
        valid_until=st.none() | whole_ms,
        note=st.none() | texts,
    ),
).map(lambda found: {name: replace(one, metric=name) for name, one in found.items()})
drivers = st.lists(
    st.builds(
        Driver,
        sort=st.sampled_from(["signal", "base", "cap"]),
        name=st.sampled_from(["a", "b", "z"]),
        micro=st.integers(-(10**9), 10**9),
        group=st.none() | texts,
        value=scalars,
        shaped_micro=st.none() | st.integers(0, 10**8),
        weight_share=st.none() | st.floats(0, 1),
        status=st.sampled_from(Status),
        text=st.none() | texts,
        owner=st.none() | texts,
    ),
    max_size=4,
).map(tuple)
states = st.builds(
    BandState,
    band=texts,
    since=whole_ms,
    streak_up=st.none() | st.booleans(),
    streak_since=st.none() | whole_ms,
    streak_band=st.none() | texts,
)
risks = st.builds(
    Risk,
    micro=st.none() | st.integers(0, 10**8),
    drivers=drivers,
    reason=st.none() | texts,
)
overrides = st.builds(
    Override,
    value=texts,
    connection=texts,
    at=st.none() | whole_ms,
    band=st.none() | texts,
    micro=st.none() | st.integers(0, 10**8),
    reason=st.none() | texts,
    until=st.none() | st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    trouble=st.none() | texts,
)
scores = st.builds(
    SavedScore,
    customer=st.just("crm:1"),
    as_of=whole_ms,
    scorecard=texts,
    scorecard_hash=texts,
    micro=st.none() | st.integers(-(10**9), 10**9),
    band=st.none() | texts,
    band_state=st.none() | states,
    previous_band=st.none() | texts,
    coverage=st.floats(0, 1),
    reason=st.none() | texts,
    data_as_of=st.none() | whole_ms,
    valid_until=st.none() | whole_ms,
    drivers=drivers,
    readings=readings,
    stale=st.lists(texts, max_size=2).map(tuple),
    risk=st.none() | risks,
    trend=st.none() | st.sampled_from(["improving", "stable", "declining", "new"]),
    change_micro=st.none() | st.integers(-(10**8), 10**8),
    dimensions=st.dictionaries(st.sampled_from(["experience", "maturity"]), st.integers(0, 10**8)),
    override=st.none() | overrides,
    children=st.integers(0, 3),
    is_frozen=st.booleans(),
)


def back(encoded: Encoded) -> SavedScore:
    """What is read again."""
    return decode((*encoded.cells, encoded.detail()))


@given(scores)
def test_every_score_comes_back_as_it_was(score: SavedScore) -> None:
    assert back(encode(score)) == score


@given(scores)
def test_a_score_that_came_back_has_the_same_digest(score: SavedScore) -> None:
    assert encode(back(encode(score))).digest == encode(score).digest


@given(scores, st.none() | whole_ms)
def test_times_alone_do_not_change_the_digest(score: SavedScore, at: datetime | None) -> None:
    later = {name: replace(one, valid_until=at) for name, one in score.readings.items()}
    again = replace(score, as_of=score.as_of + timedelta(hours=1), data_as_of=at, valid_until=at, readings=later)
    assert encode(again).digest == encode(score).digest


@given(scores, scores)
def test_what_people_see_changes_the_digest(one: SavedScore, other: SavedScore) -> None:
    untimed = [
        replace(
            score,
            as_of=AT,
            data_as_of=None,
            valid_until=None,
            readings={name: replace(found, valid_until=None) for name, found in score.readings.items()},
        )
        for score in (one, other)
    ]
    same = encode(untimed[0]).digest == encode(untimed[1]).digest
    assert same is (repr(untimed[0]) == repr(untimed[1]))


def test_half_characters_and_huge_numbers_of_plugins_can_be_stored() -> None:
    score = SavedScore(
        customer="crm:1",
        as_of=AT,
        scorecard="default",
        scorecard_hash="a",
        micro=0,
        band=None,
        band_state=None,
        previous_band=None,
        coverage=1.0,
        reason="\ud800",
        data_as_of=None,
        valid_until=None,
        drivers=(Driver(sort="cap", name="x\udfff", micro=0, text="\ud83d!"),),
        readings={"n": Reading(metric="n", value=10**30, note="\ud800")},
    )
    found = back(encode(score))
    assert found.readings["n"].value == 1e30
    assert found.reason == "\\ud800"
    assert encode(found).digest == encode(score).digest
