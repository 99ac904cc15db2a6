from __future__ import annotations

import threading
from itertools import pairwise

import pytest

from cshub.errors import Interrupted, PluginError, RateLimited
from cshub.http import SYSTEM_CLOCK, Budget, Window

from .conftest import ManualClock


def moments(budget: Budget, clock: ManualClock, count: int, group: str = "default") -> list[float]:
    """When each of `count` requests in a row may go."""
    taken = []
    for _ in range(count):
        budget.take(group)
        taken.append(clock.monotonic())
    return taken


def test_without_windows_nobody_waits(clock: ManualClock) -> None:
    assert moments(Budget(clock=clock), clock, 1000)[-1] == 0


def test_a_window_lets_its_limit_through_and_then_waits_for_the_oldest(clock: ManualClock) -> None:
    budget = Budget({"default": [Window(3, 10)]}, clock)
    assert moments(budget, clock, 7) == [0, 0, 0, 10, 10, 10, 20]


def test_several_windows_hold_together(clock: ManualClock) -> None:
    budget = Budget({"default": [Window(2, 1), Window(5, 60)]}, clock)
    assert moments(budget, clock, 8) == [0, 0, 1, 1, 2, 60, 60, 61]


def test_no_window_is_ever_exceeded(clock: ManualClock) -> None:
    budget = Budget({"default": [Window(190, 10)]}, clock)
    taken = moments(budget, clock, 2000)
    assert all(later - earlier >= 10 for earlier, later in zip(taken, taken[190:], strict=False))
    assert taken[-1] == 100


def test_groups_do_not_wait_for_each_other(clock: ManualClock) -> None:
    budget = Budget({"default": [Window(100, 10)], "search": [Window(1, 60)]}, clock)
    budget.take("search")
    budget.pause("search", 600)
    assert moments(budget, clock, 100)[-1] == 0


def test_an_unknown_group_is_the_plugins_mistake() -> None:
    with pytest.raises(PluginError, match="'serach'"):
        Budget({"search": [Window(1, 1)]}).take("serach")


def test_a_pause_holds_everybody_until_it_ends(clock: ManualClock) -> None:
    budget = Budget({"default": [Window(100, 10)]}, clock)
    budget.pause("default", 30)
    budget.pause("default", 5)
    assert moments(budget, clock, 2) == [30, 30]


def test_a_pause_that_begins_while_somebody_waits_holds_him_too(clock: ManualClock) -> None:
    budget = Budget({"default": [Window(1, 10)]}, clock)
    budget.take()
    plain_sleep = clock.sleep

    def sleep_and_be_told(seconds: float) -> None:
        if not clock.slept:
            budget.pause("default", 100)
        plain_sleep(seconds)

    clock.sleep = sleep_and_be_told  # type: ignore[method-assign]  # the wire's answer to another thread
    budget.take()
    assert clock.monotonic() == 100


def test_a_pause_longer_than_anybody_waits_fails_at_once_for_15_minutes(clock: ManualClock) -> None:
    budget = Budget(clock=clock)
    budget.pause("default", 20_000)
    with pytest.raises(RateLimited) as caught:
        budget.take(where="crm: contacts list")
    assert caught.value.retry_after_s == 20_000
    assert clock.waited_s == 0
    clock.sleep(900)
    budget.take()
    assert clock.waited_s == 900


def test_stopping_ends_the_wait(clock: ManualClock) -> None:
    budget = Budget(clock=clock)
    budget.pause("default", 600)
    with pytest.raises(Interrupted):
        budget.take(stopping=lambda: clock.waited_s > 2)
    assert clock.waited_s < 3


def test_threads_share_one_window() -> None:
    budget = Budget({"default": [Window(5, 0.2)]}, SYSTEM_CLOCK)
    taken: list[float] = []

    def work() -> None:
        for _ in range(3):
            budget.take()
            taken.append(SYSTEM_CLOCK.monotonic())

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken.sort()
    assert taken[-1] - taken[0] == pytest.approx(0.4, abs=0.15)
    assert all(later >= earlier for earlier, later in pairwise(taken))


def test_no_more_than_the_agreed_number_are_under_way() -> None:
    budget = Budget(concurrency=2)
    under_way = threading.Semaphore(2)
    crowded: list[bool] = []

    def work() -> None:
        for _ in range(20):
            with budget.slot():
                free = under_way.acquire(blocking=False)
                crowded.append(not free)
                if free:
                    under_way.release()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert crowded == [False] * 120


def test_waiting_for_a_slot_can_be_stopped() -> None:
    budget = Budget(concurrency=1)
    with budget.slot(), pytest.raises(Interrupted), budget.slot(stopping=lambda: True):
        pytest.fail("two at once")
