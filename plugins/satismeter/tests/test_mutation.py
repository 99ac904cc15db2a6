"""People answer, go on, correct themselves and leave, all the time: what is stored in the end is what SatisMeter shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from cshub.store import Store
from cshub.testing.mutation import History, MutationTrial, random_history, scratch_stores
from cshub.testing.mutation.strategies import histories
from cshub_satismeter import client
from plugins.satismeter.tests.mutable import PEOPLE, VERBS, responses, satismeter

MOVES = 2_000
SHORT, MANY = 300, 5_000
#: What SatisMeter does not document, both ways, drawn anew for each history.
SWITCHES = st.fixed_dictionaries(
    {
        "bounds": st.sampled_from(["inclusive", "exclusive", "half_open"]),
        "order": st.sampled_from(["newest", "oldest", "mixed"]),
        "last_page": st.sampled_from(["null", "missing", "cursor", "promise"]),
        "no_metric": st.sampled_from(["null", "missing", "both"]),
        "v3_user": st.sampled_from(["documented", "full"]),
    }
)
#: Without the phase that explains, which traces every line there is.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]
#: So far back is read again that nothing these histories do is older.
FAR = {"reread": "90d"}


@pytest.fixture(scope="module")
def fresh() -> Iterator[Callable[[], Store]]:
    """Makes a store for each history."""
    with scratch_stores() as fresh:
        yield fresh


def play(trial: MutationTrial, history: History, *, page: int, sweep: bool = True) -> list[str]:
    """What is wrong after a history and the time after which everything is known, read in pages of so many responses.

    With `sweep` looked at twice: before it, but for rows that are gone, and after it. Of deleted responses nobody tells, nor of
    answers taken back from an old one.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client, "PAGE_SIZE", page)
        trial.play(history)
        trial.settle(sweep=False)
        wrong = trial.differences()
        if sweep:
            wrong = [text for text in wrong if not text.endswith("is stored and no longer there")]
            trial.sweep()
            wrong += trial.differences()
    return wrong


@pytest.mark.parametrize(
    ("seed", "page", "switches"),
    [
        (1, 100, {"order": "mixed", "bounds": "half_open", "last_page": "promise"}),
        (2, 7, {"order": "oldest", "cursors": "key", "bounds": "exclusive", "v3_user": "full"}),
    ],
)
def test_two_thousand_changes_end_up_stored(
    fresh: Callable[[], Store], seed: int, page: int, switches: dict[str, object]
) -> None:
    trial = MutationTrial(satismeter(customers=10, **switches), fresh())
    history = random_history(seed, moves=MOVES)
    for start in range(0, len(history), 20):
        assert play(trial, history[start : start + 20], page=page) == []
    assert sum(trial.hands.done.values()) + trial.hands.refused == MOVES
    assert {(name, verb) for name in ("users", "responses") for verb in VERBS} == set(trial.hands.done)


def check(fresh: Callable[[], Store], history: History, switches: dict[str, object], page: int) -> None:
    trial = MutationTrial(satismeter(**switches), fresh())
    assert play(trial, history, page=page) == []


def check_unswept(fresh: Callable[[], Store], history: History, switches: dict[str, object], page: int) -> None:
    objects = (PEOPLE, responses("create", "edit"))
    trial = MutationTrial(satismeter(*objects, given=FAR, **switches), fresh())
    assert play(trial, history, page=page, sweep=False) == []


CURSORS = ("place", "key")
PAGES = st.sampled_from([2, 3, 100])


@pytest.mark.parametrize("cursors", CURSORS)
@settings(max_examples=SHORT // 3, phases=PHASES)
@given(history=histories(), switches=SWITCHES, page=PAGES)
def test_short_histories_end_up_stored(
    fresh: Callable[[], Store], cursors: str, history: History, switches: dict[str, object], page: int
) -> None:
    check(fresh, history, {"cursors": cursors, **switches}, page)


@settings(max_examples=SHORT // 3, phases=PHASES)
@given(history=histories(), switches=SWITCHES, page=PAGES)
def test_nothing_but_deletions_needs_a_sweep(
    fresh: Callable[[], Store], history: History, switches: dict[str, object], page: int
) -> None:
    check_unswept(fresh, history, switches, page)


@pytest.mark.torture
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("cursors", CURSORS)
@settings(max_examples=MANY // 3 + 1, phases=PHASES)
@given(history=histories(rounds=5, size=6), switches=SWITCHES, page=PAGES)
def test_thousands_of_histories_end_up_stored(
    fresh: Callable[[], Store], cursors: str, history: History, switches: dict[str, object], page: int
) -> None:
    check(fresh, history, {"cursors": cursors, **switches}, page)


@pytest.mark.torture
@pytest.mark.timeout(1_800)
@settings(max_examples=MANY // 3, phases=PHASES)
@given(history=histories(rounds=5, size=6), switches=SWITCHES, page=PAGES)
def test_in_thousands_of_histories_nothing_but_deletions_needs_a_sweep(
    fresh: Callable[[], Store], history: History, switches: dict[str, object], page: int
) -> None:
    check_unswept(fresh, history, switches, page)
