"""People change everything at Salesforce, all the time: what is stored in the end is what stands there."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cshub.store import Store
from cshub.testing.mutation import Changing, History, MutationTrial, random_history, scratch_stores
from cshub.testing.mutation.strategies import histories
from plugins.salesforce.tests.mutable import (
    ACCOUNTS,
    CONTACTS,
    DEALS,
    EVENTS,
    FOLLOWED,
    FORMULA,
    OBJECTS,
    TICKETS,
    salesforce,
)

MOVES = 2_000
SHORT, MANY = 300, 5_000
#: One object by itself, and accounts with what hangs on them and goes with them.
GROUPS = ((ACCOUNTS,), (ACCOUNTS, CONTACTS), (ACCOUNTS, DEALS, TICKETS), (EVENTS,))
#: What Salesforce leaves open or an org has its own way in, drawn anew for each history.
SWITCHES = st.fixed_dictionaries(
    {
        "page_rows": st.sampled_from([2, 5, 2_000]),
        "visibility_lag_s": st.sampled_from([0, 2, 300]),
        "locator_s": st.sampled_from([0.5, 5, 172_800]),
        "bulk_above": st.sampled_from([1, 50_000]),
        "merge_stamps_children": st.booleans(),
        "undelete_stamps": st.booleans(),
    }
)
#: Without the phase that explains, which traces every line there is.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]


def names(group: tuple[Changing, ...]) -> str:
    return "+".join(map(operator.attrgetter("object"), group))


@pytest.fixture(scope="module")
def fresh() -> Iterator[Callable[[], Store]]:
    """Makes a store for each history."""
    with scratch_stores() as fresh:
        yield fresh


def trial_of(fresh: Callable[[], Store], *objects: Changing, **account: object) -> MutationTrial:
    """An org with these switches."""
    return MutationTrial(salesforce(*objects, **account), fresh())  # type: ignore[arg-type]  # switches by name


def play(trial: MutationTrial, history: History, *, sweep: bool, unstamped: bool = False) -> list[str]:
    """What is wrong after a history and the time after which everything is known.

    Looked at before a sweep in any case: for it waits alone what came back from the recycle bin, by itself or with its
    account, where it keeps its old stamp (`unstamped`). And after the sweep, if there is one.
    """
    trial.play(history)
    trial.settle(sweep=False)
    waits = unstamped and any(trial.hands.restored.values())
    wrong = [text for text in trial.differences() if not (waits and text.endswith(" is not stored"))]
    if sweep or unstamped:
        trial.sweep()
        wrong += trial.differences()
    return wrong


@pytest.mark.parametrize(
    ("seed", "sweep", "switches"),
    [
        (1, False, {"page_rows": 20}),
        (2, True, {"page_rows": 7, "locator_s": 3, "bulk_above": 5, "undelete_stamps": False}),
    ],
)
def test_two_thousand_changes_end_up_stored(
    fresh: Callable[[], Store], seed: int, sweep: bool, switches: dict[str, object]
) -> None:
    trial = trial_of(fresh, customers=20, **switches)
    unstamped = not switches.get("undelete_stamps", True)
    assert play(trial, random_history(seed, moves=MOVES), sweep=sweep, unstamped=unstamped) == []
    assert sum(trial.hands.done.values()) + trial.hands.refused == MOVES
    assert {(each.object, verb) for each in OBJECTS for verb in each.verbs} == set(trial.hands.done)


def test_a_reader_that_never_looks_back_is_found(fresh: Callable[[], Store]) -> None:
    """Otherwise nothing here would prove that rows of long transactions arrive."""
    history = random_history(1, moves=600)
    trial = trial_of(fresh, customers=20, overlap="0s")
    assert any("is not stored" in each for each in play(trial, history, sweep=False))


@pytest.mark.parametrize("keeps", [True, False])
def test_what_was_merged_and_came_back_is_stored(fresh: Callable[[], Store], keeps: bool) -> None:
    trial = MutationTrial(salesforce(ACCOUNTS, customers=5, undelete_keeps_master=keeps), fresh())
    vendor = trial.sandbox.vendor
    loser, winner = (str(each["id"]) for each in vendor.dump("Account")[:2])
    for step in (vendor.merge, vendor.restore):
        trial.pull()
        trial.clock.advance(3_600)
        step("Account", loser, *([winner] if step == vendor.merge else []))
    trial.pull()
    trial.settle(sweep=False)
    assert trial.differences() == []


def test_children_are_followed_where_a_merge_moves_their_stamp(fresh: Callable[[], Store]) -> None:
    history = random_history(3, moves=300)
    switches = {"merge_stamps_children": True, "page_rows": 20}
    assert play(trial_of(fresh, ACCOUNTS, FOLLOWED, **switches), history, sweep=False) == []


def test_formulas_are_right_within_a_day(fresh: Callable[[], Store]) -> None:
    assert play(trial_of(fresh, FORMULA, formula=True), random_history(4, moves=300), sweep=False) == []


def check(
    fresh: Callable[[], Store], group: tuple[Changing, ...], history: History, switches: dict[str, object], sweep: bool
) -> None:
    unstamped = not switches["undelete_stamps"]
    assert play(trial_of(fresh, *group, **switches), history, sweep=sweep, unstamped=unstamped) == []


@pytest.mark.parametrize("group", GROUPS, ids=names)
@settings(max_examples=SHORT // len(GROUPS), phases=PHASES)
@given(history=histories(), switches=SWITCHES, sweep=st.booleans())
def test_short_histories_end_up_stored(
    fresh: Callable[[], Store], group: tuple[Changing, ...], history: History, switches: dict[str, object], sweep: bool
) -> None:
    check(fresh, group, history, switches, sweep)


@pytest.mark.torture
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("group", GROUPS, ids=names)
@settings(max_examples=MANY // len(GROUPS), phases=PHASES)
@given(history=histories(rounds=5, size=6), switches=SWITCHES, sweep=st.booleans())
def test_thousands_of_histories_end_up_stored(
    fresh: Callable[[], Store], group: tuple[Changing, ...], history: History, switches: dict[str, object], sweep: bool
) -> None:
    check(fresh, group, history, switches, sweep)
