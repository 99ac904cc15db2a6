from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest

from cshub.errors import LeaseHeld, LeaseLost
from cshub.store import Store
from cshub.testing.clock import ManualClock


def test_the_token_grows_with_each_holder(store: Store) -> None:
    tokens = []
    for _ in range(3):
        with store.leases.take("score") as lease:
            tokens.append(lease.token)
    assert tokens == [1, 2, 3]


def test_leases_of_different_names_do_not_meet(store: Store) -> None:
    with store.leases.take("score") as one, store.leases.take("link") as other:
        assert (one.token, other.token) == (1, 1)


def test_a_held_lease_is_waited_for_and_then_refused_with_its_holder(opened: Callable[[], Store]) -> None:
    one, other, clock = opened(), opened(), ManualClock()
    with one.leases.take("score"):
        with pytest.raises(LeaseHeld) as refusal, other.leases.take("score", wait_s=60, clock=clock):
            pass
        assert re.search(f"score: process {os.getpid()} on .* since 20", str(refusal.value))
        assert (refusal.value.exit_code, 60 <= clock.waited_s < 61) == (6, True)


def test_a_lease_that_is_let_go_in_time_is_given_to_who_waits(opened: Callable[[], Store]) -> None:
    one, other = opened(), opened()
    held = one.leases.take("score")
    held.__enter__()

    class LetsGo(ManualClock):
        def sleep(self, seconds: float) -> None:
            held.__exit__(None, None, None)

    with other.leases.take("score", clock=LetsGo()) as lease:
        assert lease.token == 2


def test_waiting_ends_when_somebody_asks_to_stop(opened: Callable[[], Store]) -> None:
    one, other, clock = opened(), opened(), ManualClock()
    with (
        one.leases.take("score"),
        pytest.raises(LeaseHeld),
        other.leases.take("score", clock=clock, stopping=lambda: True),
    ):
        pass
    assert clock.waited_s == 0


def test_a_takeover_gets_the_lease_and_the_old_holder_commits_nothing(opened: Callable[[], Store]) -> None:
    one, other = opened(), opened()
    with one.leases.take("score") as old, other.leases.take("score", takeover=True) as new:
        with pytest.raises(LeaseLost), one.db.transaction(old) as transaction:
            transaction.next_seq()
        with other.db.transaction(new) as transaction:
            assert transaction.next_seq() == 1


def test_after_a_takeover_the_new_holder_is_the_one_to_wait_for(opened: Callable[[], Store]) -> None:
    one, other, third = opened(), opened(), opened()
    with one.leases.take("score"):
        with (
            other.leases.take("score", takeover=True),
            pytest.raises(LeaseHeld),
            third.leases.take("score", wait_s=0, clock=ManualClock()),
        ):
            pass
        with third.leases.take("score", wait_s=0, clock=ManualClock()) as lease:
            assert lease.token == 3
