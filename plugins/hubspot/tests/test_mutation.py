"""People change everything at HubSpot, all the time: what is stored in the end is what stands there."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cshub.store import Store
from cshub.testing.mutation import ALL_VERBS, Changing, History, MutationTrial, random_history, scratch_stores
from cshub.testing.mutation.strategies import histories
from cshub_hubspot import query, search
from cshub_hubspot.api import Api
from plugins.hubspot.tests.mutable import COMPANIES, CONTACTS, DEALS, TICKETS, hubspot

MOVES = 2_000
SHORT, MANY = 300, 5_000
OBJECTS = (COMPANIES, CONTACTS, DEALS, TICKETS)
#: What HubSpot does not document, both ways, drawn anew for each history.
SWITCHES = st.fixed_dictionaries(
    {
        "restored": st.sampled_from(["unstamped", "stamped"]),
        "merge_ids": st.sampled_from(["new", "same"]),
        "stray_results": st.booleans(),
        "restless": st.booleans(),
    }
)
#: Without the phase that explains, which traces every line there is.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]
NAME_OF = operator.attrgetter("object")


@pytest.fixture(scope="module")
def fresh() -> Iterator[Callable[[], Store]]:
    """Makes a store for each history."""
    with scratch_stores() as fresh:
        yield fresh


def trial_of(fresh: Callable[[], Store], *objects: Changing, **account: object) -> MutationTrial:
    """An account with these switches."""
    return MutationTrial(hubspot(*objects, **account), fresh())  # type: ignore[arg-type]  # switches by name


def play(trial: MutationTrial, history: History, *, sweep: bool, unstamped: bool = False) -> list[str]:
    """What is wrong after a history and the time after which everything is known.

    Looked at before a sweep in any case: for it waits alone what was archived before the first reading, and came back within a
    day of it as if nothing had happened, where HubSpot is `unstamped`; and with it what it tells of merges. And after the sweep,
    if there is one.
    """
    trial.play(history)
    trial.settle(sweep=False)
    wrong = trial.differences()
    if unstamped:
        back = {f"{name} {id}" for name, ids in trial.hands.restored.items() for id in ids}
        missing = {record for record in back if f"{record} is not stored" in wrong}
        wrong = [text for text in wrong if not is_of(text, missing)]
    if sweep or unstamped:
        trial.sweep()
        wrong += trial.differences()
    return wrong


def is_of(text: str, missing: set[str]) -> bool:
    """Whether this says that one of these records is missing, or a merge that it alone tells of."""
    record, _, survivor = text.removesuffix("; the store has None").partition(" became ")
    if survivor:
        record = f"{record.partition(' ')[0]} {survivor}"
    return record.removesuffix(" is not stored") in missing


@pytest.mark.parametrize(
    ("seed", "sweep", "switches"),
    [
        (1, False, {"restored": "unstamped"}),
        (2, True, {"restored": "stamped", "merge_ids": "same", "stray_results": True, "restless": True}),
    ],
)
def test_two_thousand_changes_end_up_stored(
    fresh: Callable[[], Store], seed: int, sweep: bool, switches: dict[str, object]
) -> None:
    trial = trial_of(fresh, customers=20, **switches)
    assert play(trial, random_history(seed, moves=MOVES), sweep=sweep) == []
    assert sum(trial.hands.done.values()) + trial.hands.refused == MOVES
    assert {(each.object, verb) for each in OBJECTS for verb in ALL_VERBS} == set(trial.hands.done)


@pytest.mark.parametrize("seed", range(2))
def test_small_pages_lose_nothing(fresh: Callable[[], Store], monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(query, "SEARCH_LIMIT", 5)
    monkeypatch.setattr(search, "SEARCH_LIMIT", 5)
    monkeypatch.setitem(Api.page.__kwdefaults__, "limit", 7)
    switches = {"restored": "stamped", "stray_results": True, "restless": True, "search_cap": 50}
    assert play(trial_of(fresh, **switches), random_history(seed, moves=300), sweep=False) == []


def check(
    fresh: Callable[[], Store], one: Changing, history: History, switches: dict[str, object], sweep: bool
) -> None:
    unstamped = switches["restored"] == "unstamped"
    assert play(trial_of(fresh, one, **switches), history, sweep=sweep, unstamped=unstamped) == []


@pytest.mark.parametrize("one", OBJECTS, ids=NAME_OF)
@settings(max_examples=SHORT // len(OBJECTS), phases=PHASES)
@given(history=histories(), switches=SWITCHES, sweep=st.booleans())
def test_short_histories_end_up_stored(
    fresh: Callable[[], Store], one: Changing, history: History, switches: dict[str, object], sweep: bool
) -> None:
    check(fresh, one, history, switches, sweep)


@pytest.mark.torture
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("one", OBJECTS, ids=NAME_OF)
@settings(max_examples=MANY // len(OBJECTS), phases=PHASES)
@given(history=histories(rounds=5, size=6), switches=SWITCHES, sweep=st.booleans())
def test_thousands_of_histories_end_up_stored(
    fresh: Callable[[], Store], one: Changing, history: History, switches: dict[str, object], sweep: bool
) -> None:
    check(fresh, one, history, switches, sweep)
