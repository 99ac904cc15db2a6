"""The kit finds what is wrong, whatever it is, and nothing where nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from cshub.store import Store
from cshub.testing.mutation import ALL_VERBS, Move, MutationTrial, Round, random_history, scratch_stores
from cshub.testing.sandbox import Fault, FaultKind
from tests.unit.testing.mutation.toy import PEOPLE, Flaw, toy

Fresh = Callable[[], Store]


@pytest.fixture(scope="module")
def fresh() -> Iterator[Fresh]:
    with scratch_stores() as fresh:
        yield fresh


def move(verb: str, *, pick: int = 0, other: int = 0, pause_ms: int = 0) -> Move:
    return Move(object=0, verb=verb, pick=pick, other=other, pause_ms=pause_ms)  # type: ignore[arg-type]  # one of the verbs


def test_a_connector_that_reads_everything_agrees_after_every_history(fresh: Fresh) -> None:
    for seed in range(5):
        trial = MutationTrial(toy(), fresh())
        trial.play(random_history(seed, moves=200))
        trial.settle(sweep=seed % 2 == 0)
        assert trial.differences() == []
        assert {verb for _, verb in trial.hands.done} == ALL_VERBS
        assert sum(trial.hands.done.values()) + trial.hands.refused == 200


@pytest.mark.parametrize(
    ("flaw", "words"),
    [
        ("misses", "is not stored"),
        ("keeps", "is stored and no longer there"),
        ("old", "is 'as ever', not"),
        ("silent", "the store has None"),
    ],
)
def test_every_flaw_of_a_connector_is_named(fresh: Fresh, flaw: Flaw, words: str) -> None:
    trial = MutationTrial(toy(flaw), fresh())
    trial.play(random_history(1, moves=300))
    trial.settle(sweep=False)
    found = trial.differences()
    assert found
    assert all(words in text for text in found)


def test_equal_seeds_give_equal_histories_of_the_size_asked_for() -> None:
    assert random_history(3, moves=500) == random_history(3, moves=500) != random_history(4, moves=500)
    assert sum(len(one.between) + len(one.during) for one in random_history(3, moves=500)) == 500


def test_moves_happen_after_the_answers_of_a_pull_and_the_rest_after_it(fresh: Fresh) -> None:
    trial = MutationTrial(toy(), fresh())
    trial.play([Round(between=(move("create"),), during=(move("edit"), move("edit")), every=1, gap_s=0.0)])  # type: ignore[arg-type]  # a list will do
    assert trial.differences() == ["people 1.name is 'new 1', not 'changed 3'"]
    trial.pull()
    assert trial.differences() == []


def test_a_move_without_a_record_for_it_makes_one_and_a_refused_one_is_counted(fresh: Fresh) -> None:
    trial = MutationTrial(toy(), fresh())
    for verb in ("restore", "merge", "remove", "edit"):
        trial.hands.make(move(verb))
    assert trial.hands.done == {("people", "create"): 2, ("people", "remove"): 1, ("people", "edit"): 1}
    for _ in range(5):
        trial.hands.make(move("create"))
    for _ in range(3):
        trial.hands.make(move("remove"))
    trial.hands.make(move("restore"))
    assert trial.hands.refused == 1


def test_a_record_that_went_along_with_another_is_left_alone_from_then_on(fresh: Fresh) -> None:
    trial = MutationTrial(toy(), fresh())
    trial.hands.make(move("create"))
    (id,) = trial.hands.living["people"]
    del trial.sandbox.vendor.people[id]
    trial.hands.make(move("remove"))
    assert (trial.hands.refused, trial.hands.living) == (1, {"people": []})


def test_a_mistake_of_whoever_declares_the_vendor_is_not_hidden(fresh: Fresh) -> None:
    trial = MutationTrial(toy("none", replace(PEOPLE, create=lambda n, living: {"nom": "x"})), fresh())
    with pytest.raises(KeyError, match="name"):
        trial.hands.make(move("create"))


def test_merges_are_followed_to_the_last_survivor(fresh: Fresh) -> None:
    trial = MutationTrial(toy(), fresh())
    for verb in ("create", "create", "create", "merge"):
        trial.hands.make(move(verb))
    trial.hands.make(move("merge", pick=1))
    trial.settle(sweep=False)
    assert trial.hands.survivor("people", "2") == "3"
    assert trial.differences() == []


def test_old_records_are_left_alone_where_the_connector_promises_no_more(fresh: Fresh) -> None:
    trial = MutationTrial(toy("none", replace(PEOPLE, young=timedelta(hours=1))), fresh())
    trial.hands.make(move("create", pause_ms=4_000_000))
    for verb in ("edit", "edit", "remove"):
        trial.hands.make(move(verb))
    assert trial.sandbox.vendor.people == {"1": "new 1"}
    assert trial.hands.done == {("people", "create"): 2, ("people", "edit"): 1, ("people", "remove"): 1}


def test_a_pull_that_fails_is_told(fresh: Fresh) -> None:
    trial = MutationTrial(toy(), fresh())
    trial.sandbox.faults.add(Fault(kind=FaultKind.EMPTY))
    with pytest.raises(AssertionError, match="people ended failed: "):
        trial.pull()
