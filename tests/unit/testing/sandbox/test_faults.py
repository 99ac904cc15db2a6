from __future__ import annotations

import pytest

from cshub.errors import ConfigError
from cshub.testing.sandbox import PROFILES, Fault, FaultKind, FaultPlan, profile


def struck(plan: FaultPlan, calls: int, path: str = "/a") -> list[bool]:
    return [plan.draw("GET", path) is not None for _ in range(calls)]


def test_a_fault_skips_then_strikes_as_often_as_told() -> None:
    plan = FaultPlan()
    plan.add(Fault(kind=FaultKind.RESET, skip=2, times=1))
    assert struck(plan, 5) == [False, False, True, False, False]
    assert plan.struck(FaultKind.RESET) == plan.struck() == 1


@pytest.mark.parametrize(("on", "hit"), [("/a*", True), ("GET /a", True), ("POST /a", False), ("*/search", False)])
def test_a_fault_strikes_only_what_it_fits(on: str, hit: bool) -> None:
    plan = FaultPlan()
    plan.add(Fault(kind=FaultKind.EMPTY, on=on))
    assert struck(plan, 1) == [hit]


def test_equal_seeds_strike_equally() -> None:
    plans = [FaultPlan(seed) for seed in (3, 3, 4)]
    for plan in plans:
        plan.add(Fault(kind=FaultKind.EMPTY, probability=0.3))
    one, two, other = (struck(plan, 200) for plan in plans)
    assert one == two != other
    assert 40 < sum(one) < 80


def test_clearing_ends_all_faults() -> None:
    plan = FaultPlan()
    plan.add(Fault(kind=FaultKind.EMPTY))
    plan.clear()
    assert struck(plan, 2) == [False, False]


@pytest.mark.parametrize("name", list(PROFILES))
def test_every_profile_holds_faults(name: str) -> None:
    assert profile(name)


def test_an_unknown_profile_names_those_there_are() -> None:
    with pytest.raises(ConfigError, match="flaky"):
        profile("nosuch")
