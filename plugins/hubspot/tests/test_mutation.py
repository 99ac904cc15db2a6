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


def played(
    fresh: Callable[[], Store], history: History, *objects: Changing, sweep: bool, **account: object
) -> MutationTrial:
    """The trial after a history and the time after which everything is known."""
    trial = MutationTrial(hubspot(*objects, **account), fresh())  # type: ignore[arg-type]  # switches by name
    trial.play(history)
    trial.settle(sweep=sweep)
    return trial


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
    trial = played(fresh, random_history(seed, moves=MOVES), sweep=sweep, customers=20, **switches)
    assert trial.differences() == []
    assert sum(trial.hands.done.values()) + trial.hands.refused == MOVES
    assert {(each.object, verb) for each in OBJECTS for verb in ALL_VERBS} == set(trial.hands.done)


@pytest.mark.parametrize("seed", range(2))
def test_small_pages_lose_nothing(fresh: Callable[[], Store], monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    monkeypatch.setattr(query, "SEARCH_LIMIT", 5)
    monkeypatch.setattr(search, "SEARCH_LIMIT", 5)
    monkeypatch.setitem(Api.page.__kwdefaults__, "limit", 7)
    switches = {"restored": "stamped", "stray_results": True, "restless": True, "search_cap": 50}
    assert played(fresh, random_history(seed, moves=300), sweep=False, **switches).differences() == []


def needs_a_sweep(switches: dict[str, object]) -> bool:
    """What was archived before the first reading, and came back unstamped within a day of it, is found by a sweep alone."""
    return switches["restored"] == "unstamped"


@pytest.mark.parametrize("one", OBJECTS, ids=NAME_OF)
@settings(max_examples=SHORT // len(OBJECTS), phases=PHASES)
@given(history=histories(), switches=SWITCHES, sweep=st.booleans())
def test_short_histories_end_up_stored(
    fresh: Callable[[], Store], one: Changing, history: History, switches: dict[str, object], sweep: bool
) -> None:
    needs = sweep or needs_a_sweep(switches)
    assert played(fresh, history, one, sweep=needs, **switches).differences() == []


@pytest.mark.torture
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("one", OBJECTS, ids=NAME_OF)
@settings(max_examples=MANY // len(OBJECTS), phases=PHASES)
@given(history=histories(rounds=5, size=6), switches=SWITCHES, sweep=st.booleans())
def test_thousands_of_histories_end_up_stored(
    fresh: Callable[[], Store], one: Changing, history: History, switches: dict[str, object], sweep: bool
) -> None:
    needs = sweep or needs_a_sweep(switches)
    assert played(fresh, history, one, sweep=needs, **switches).differences() == []
