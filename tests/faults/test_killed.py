"""F1: `cshub run` is killed with SIGKILL at seeded moments; the next run makes everything good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from tests.faults.company import Company
from tests.faults.conftest import MakeCompany
from tests.faults.invariants import after_a_crash, converge, ended, secrets
from tests.faults.trials import OPTIONS, SITUATIONS, Trial, count_events, prepare, trials

BY_STAGE = {"pull": 16, "link": 6, "score": 10, "act": 2, "deliver": 2, "plan": 2, "apply": 12}


@pytest.fixture(scope="session")
def counted() -> dict[str, Counter[str]]:
    """The events of an undisturbed run by situation, once they were counted."""
    return {}


@pytest.fixture
def counts(make_company: MakeCompany, counted: dict[str, Counter[str]]) -> Callable[[str], Mapping[str, int]]:
    """The number of events of each stage in a situation."""

    def of(situation: str) -> Counter[str]:
        if situation not in counted:
            company = make_company(name=f"reference-{situation}")
            prepare(company, situation)
            counted[situation] = count_events(company)
        return counted[situation]

    return of


def kill(company: Company, trial: Trial, counts: Mapping[str, int]) -> list[str]:
    """Everything that does not hold after a run was killed, run again and run once more."""
    prepare(company, trial.situation)
    killed = company.command("run", "--sweep", fate=f"SIGKILL:{trial.stage}:{trial.event(counts)}")
    assert killed.returncode == -9, f"the moment never came: {killed.stdout}{killed.stderr}"
    found = ended(company.store, killed.returncode) + after_a_crash(company.store, company.portal)
    found += converge(lambda: company.run(options=OPTIONS), company.store, company.portal)
    token = company.portal.credentials["HUBSPOT_TOKEN"]
    return found + secrets(company.folder, [killed.stdout, killed.stderr], [token])


@pytest.mark.parametrize("trial", trials(20260302, BY_STAGE), ids=str)
def test_a_killed_run_loses_nothing_and_doubles_nothing(
    trial: Trial,
    make_company: MakeCompany,
    counts: Callable[[str], Mapping[str, int]],
    record_property: Callable[[str, object], None],
) -> None:
    record_property("table: kill -9 inside", trial.stage)
    known = counts(trial.situation)
    # Searches lag as they do at the vendor's, where nothing was edited that the next run should find at once.
    company = make_company(search_lag_s=2 if trial.situation == "first" else 0)
    assert kill(company, trial, known) == []


@pytest.mark.parametrize("requests", [2, 9, 20, 30])
def test_the_plain_command_may_be_killed_from_outside(make_company: MakeCompany, requests: int) -> None:
    company = make_company()
    before = len(company.portal.requests())
    with company.start("run", fate=None) as process:
        while process.poll() is None and len(company.portal.requests()) < before + requests:
            pass
        process.kill()
        out, err = process.communicate()
    token = company.portal.credentials["HUBSPOT_TOKEN"]
    found = after_a_crash(company.store, company.portal) + secrets(company.folder, [out, err], [token])
    assert found + converge(lambda: company.run(options=OPTIONS), company.store, company.portal) == []


@pytest.mark.torture
@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", range(1, 21))
def test_killed_runs_by_the_hundred(
    seed: int,
    make_company: MakeCompany,
    counts: Callable[[str], Mapping[str, int]],
    record_property: Callable[[str, object], None],
) -> None:
    known = {situation: counts(situation) for situation in SITUATIONS}
    for trial in trials(seed, BY_STAGE):
        company = make_company(name=str(trial), seed=seed)
        assert kill(company, trial, known[trial.situation]) == [], f"{trial} of seed {seed}"
        record_property("table: kill -9 inside", trial.stage)
