"""F2: each statement of the store and each call to the vendor fails once, in turn; the next run makes everything good."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from cshub.errors import CshubError, VendorTrouble
from tests.faults.company import Company
from tests.faults.conftest import MakeCompany
from tests.faults.invariants import after_a_crash, converge
from tests.faults.moments import BETWEEN, STAGES, Moments
from tests.faults.trials import OPTIONS, SITUATIONS, count_events, prepare

SAMPLE = 40


def fail(moment: str) -> None:
    """What a failing disk or network raises at this moment."""
    if "HTTP " in moment:
        raise VendorTrouble("the network failed", where=moment)
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorcode = sqlite3.SQLITE_IOERR
    raise error


def fail_at(company: Company, stage: str, number: int) -> list[str]:
    """Everything that does not hold after one step of a run failed."""
    moments = Moments(fail, stage=stage, number=number)
    try:
        report = company.run(options=OPTIONS, statement=moments.statement, request=moments.request)
        silent = [f"the run said {report.state}"] if report.state == "ok" else []
    except CshubError:
        silent = []
    found = silent + after_a_crash(company.store, company.portal)
    return found + converge(lambda: company.run(options=OPTIONS), company.store, company.portal)


def steps(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Every step of a run with these counts."""
    return [(stage, number) for stage in (*STAGES, BETWEEN) for number in range(1, counts[stage] + 1)]


@pytest.fixture(scope="module")
def counted() -> dict[str, Counter[str]]:
    """The steps of an undisturbed run by situation, once they were counted."""
    return {}


@pytest.fixture
def counts(inside: MakeCompany, counted: dict[str, Counter[str]]) -> Callable[[str], Mapping[str, int]]:
    """The steps of each stage in a situation."""

    def of(situation: str) -> Counter[str]:
        if situation not in counted:
            company = inside(name=f"reference-{situation}")
            prepare(company, situation)
            counted[situation] = count_events(company)
        return counted[situation]

    return of


@pytest.mark.parametrize("situation", SITUATIONS)
@pytest.mark.parametrize("part", range(4))
def test_a_failing_step_is_told_and_made_good_by_the_next_run(
    inside: MakeCompany, counts: Callable[[str], Mapping[str, int]], situation: str, part: int
) -> None:
    known = steps(counts(situation))
    sample = random.Random(f"{situation} {part}").sample(known, SAMPLE // 8)
    for stage, number in sample:
        company = inside(name=f"{stage}-{number}")
        prepare(company, situation)
        assert fail_at(company, stage, number) == [], f"step {number} of {stage}"


@pytest.mark.torture
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_step_may_fail(inside: MakeCompany, counts: Callable[[str], Mapping[str, int]], situation: str) -> None:
    broken: dict[str, list[str]] = {}
    for stage, number in steps(counts(situation)):
        company = inside(name=f"{stage}-{number}")
        prepare(company, situation)
        broken[f"step {number} of {stage}"] = fail_at(company, stage, number)
    assert {step: found for step, found in broken.items() if found} == {}
