from __future__ import annotations

from datetime import timedelta

from cshub.store import Store
from tests.contract.store.world import NOW

LATER = NOW + timedelta(hours=1)


def untold(store: Store) -> list[tuple[str, bool]]:
    return [(condition.key, condition.is_failing) for condition in store.conditions.untold()]


def tell(store: Store) -> None:
    for condition in store.conditions.untold():
        store.conditions.told(condition, now=NOW)


def test_a_failure_is_told_once(store: Store) -> None:
    store.conditions.fails("stream crm.companies", "down", now=NOW)
    assert untold(store) == [("stream crm.companies", True)]
    tell(store)
    store.conditions.fails("stream crm.companies", "still down", now=LATER)
    assert untold(store) == []


def test_a_failure_that_lasts_keeps_its_beginning_and_shows_its_newest_message(store: Store) -> None:
    store.conditions.fails("x", "first", now=NOW)
    store.conditions.fails("x", "second", now=LATER)
    (condition,) = store.conditions.failing()
    assert (condition.since, condition.message) == (NOW, "second")


def test_a_recovery_is_told_once(store: Store) -> None:
    store.conditions.fails("x", "down", now=NOW)
    tell(store)
    store.conditions.recovers("x", "up again", now=LATER)
    assert untold(store) == [("x", False)]
    tell(store)
    store.conditions.recovers("x", "up again", now=LATER)
    assert (untold(store), list(store.conditions.failing())) == ([], [])


def test_a_failure_after_a_recovery_is_told_again(store: Store) -> None:
    store.conditions.fails("x", "down", now=NOW)
    tell(store)
    store.conditions.recovers("x", "up", now=NOW)
    store.conditions.fails("x", "down again", now=LATER)
    assert [(found.since, found.message) for found in store.conditions.untold()] == [(LATER, "down again")]


def test_a_failure_that_was_over_before_anybody_heard_of_it_is_never_told(store: Store) -> None:
    store.conditions.fails("x", "down", now=NOW)
    store.conditions.recovers("x", "up", now=LATER)
    assert untold(store) == []


def test_what_never_failed_cannot_recover(store: Store) -> None:
    store.conditions.recovers("x", "up", now=NOW)
    assert untold(store) == []
