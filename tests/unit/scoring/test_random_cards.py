"""What holds for any scorecard: lines and changes add up exactly, scores stay in range and move in the declared direction.

`make test` tries some hundred; the test marked `torture` tries ten thousand of every property.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cshub.model import MICRO, Group, Reading, Scorecard, Scored, Status
from cshub.scoring import finish
from cshub.scoring.adjust import vetoed
from cshub.scoring.change import ChangePart, split
from tests.unit.scoring.random_cards import Maker, customer

TORTURE = 10_000
some_hundred = settings(max_examples=150, deadline=None)


def check_lines(random: Random) -> None:
    maker = Maker(random)
    card, model = maker.card()
    card = maker.ruled(card)
    (raw,) = model(card, [("acme", customer(random, card))])
    done = finish(card, raw)
    for scored in (raw, done):
        assert sum(line.micro for line in scored.drivers) == (scored.micro or 0)
        assert (scored.micro is None) == (scored.reason is not None)
        assert 0 <= scored.coverage <= 1
    if done.micro is not None:
        assert card.low * MICRO <= done.micro <= card.high * MICRO + 1
        check_limits(card, done)


def check_limits(card: Scorecard, done: Scored) -> None:
    """No cap and no veto is passed."""
    assert done.micro is not None
    band = vetoed(card.bands, done.drivers)
    if band is not None:
        edges = dict(card.bands.edges)
        following = min(edge for edge in edges.values() if edge > edges[band])
        assert done.micro < following * MICRO or done.micro == round(card.low * MICRO)


def check_direction(random: Random) -> None:
    maker = Maker(random)
    card, model = maker.card()
    names = [name for name, rising in maker.rising.items() if rising is not None]
    if not names:
        return
    name = random.choice(names)
    known = customer(random, card, hostile=0.0)
    value = random.uniform(0, 100)
    more = value + random.choice([0.0, 0.001, 1.0, random.uniform(0, 100)])
    worse, better = (value, more) if maker.rising[name] else (more, value)
    (before,), (after,) = (
        model(card, [("acme", {**known, name: Reading(metric=name, value=one)})]) for one in (worse, better)
    )
    if before.micro is None or after.micro is None or _line(before, name) != _line(after, name):
        return
    assert before.micro <= after.micro
    first, second = finish(card, before).micro, finish(card, after).micro
    assert first is not None
    assert second is not None
    assert first <= second


def _line(scored: Scored, name: str) -> Status:
    return next(line.status for line in scored.drivers if line.name == name)


def check_change(random: Random) -> None:
    maker, other = Maker(random), Maker(random)
    card, model = maker.card()
    card = maker.ruled(card)
    second, second_model = other.card()
    known = {**customer(random, second), **customer(random, card)}
    moved = {**known, **{name: found for name, found in customer(random, card).items() if random.random() < 0.5}}
    before, aged, after = (
        finish(card, model(card, [("acme", facts)])[0]) for facts in (known, {**moved, **known}, moved)
    )
    changed = finish(second, second_model(second, [("acme", moved)])[0])
    shown = random.choice([None, 50 * MICRO])
    for now, rescored in ((after, None), (changed, after)):
        change = split(before, now, aged=aged, rescored=rescored, shown_after=shown)
        if change is None:
            assert before.micro is None or now.micro is None
            continue
        assert now.micro is not None
        assert before.micro is not None
        assert change.micro == (now.micro if shown is None else shown) - before.micro
        assert sum(line.micro for line in change.lines) == change.micro
        assert sum(change.total(part) for part in ChangePart) == change.micro


def check_order(random: Random) -> None:
    card, model = Maker(random).card()
    known = customer(random, card)

    def shuffled(group: Group) -> Group:
        signals, groups = list(group.signals), [shuffled(inner) for inner in group.groups]
        random.shuffle(signals)
        random.shuffle(groups)
        return replace(group, signals=tuple(signals), groups=tuple(groups))

    (one,), (other,) = (model(plan, [("acme", known)]) for plan in (card, replace(card, root=shuffled(card.root))))
    assert (one.micro, one.coverage) == (other.micro, other.coverage)
    assert {(d.sort, d.name): d.micro for d in one.drivers} == {(d.sort, d.name): d.micro for d in other.drivers}


CHECKS = (check_lines, check_direction, check_change, check_order)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
@some_hundred
@given(seed=st.integers(0, 2**32))
def test_it_holds_for_some_hundred_scorecards(check: Callable[[Random], None], seed: int) -> None:
    check(Random(seed))


@pytest.mark.torture
@pytest.mark.timeout(900)
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__.removeprefix("check_"))
def test_it_holds_for_ten_thousand_scorecards(check: Callable[[Random], None]) -> None:
    for seed in range(TORTURE):
        try:
            check(Random(seed))
        except AssertionError as error:
            raise AssertionError(f"seed {seed}: {error}") from error
