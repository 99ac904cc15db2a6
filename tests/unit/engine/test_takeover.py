"""What becomes of a run whose work another one has taken over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cshub.engine import Options
from cshub.engine.connections import DEADLINE_S
from cshub.errors import LeaseLost
from tests.unit.engine.company import Company

CALL = "crm companies batch update"


class Trap(list[str]):
    """Remembers calls as the company does, and does something right before the first that begins with a word."""

    def __init__(self, word: str, spring: Callable[[], None]) -> None:
        self._word = word
        self._spring: Callable[[], None] | None = spring

    def append(self, call: str) -> None:
        super().append(call)
        if call.startswith(self._word) and (spring := self._spring) is not None:
            self._spring = None
            spring()


@pytest.fixture
def company(tmp_path: Path) -> Company:
    company = Company(tmp_path)
    company.set_up()
    return company


def overtaken(company: Company, lease: str) -> Callable[[], None]:
    """Somebody else takes a lease, as `--takeover` does."""

    def take() -> None:
        with company.hub() as other, other.store.leases.take(lease, takeover=True):
            pass

    return take


def written(company: Company) -> int:
    return len(company.sandbox.writes.by("api"))


def test_a_call_to_the_crm_is_not_sent_once_somebody_else_writes_there(company: Company) -> None:
    before = written(company)
    company.calls = Trap(CALL, overtaken(company, "publish crm"))
    with pytest.raises(LeaseLost):
        company.run()
    assert written(company) == before


def test_a_run_that_lost_a_stream_leaves_the_later_stages_to_whoever_has_it(company: Company) -> None:
    company.calls = Trap("crm tickets list", overtaken(company, "pull crm.tickets"))
    with pytest.raises(LeaseLost, match=r"crm\.tickets"):
        company.run()
    with company.hub() as hub:
        newest = hub.store.runs.list(limit=1)[0]
    assert newest.state == "failed"
    assert newest.report is not None
    assert list(newest.report.stages) == ["pull"]


@pytest.mark.parametrize(("takeover", "waited"), [(True, DEADLINE_S), (False, 0)])
def test_who_takes_over_lets_a_call_under_way_end_before_reading_it_back(
    company: Company, takeover: bool, waited: float
) -> None:
    company.calls = Trap(CALL, overtaken(company, "publish crm"))
    with pytest.raises(LeaseLost):
        company.run()
    before = company.clock.now()
    assert company.run("publish", options=Options(takeover=takeover)).state == "ok"
    assert (company.clock.now() - before).total_seconds() == pytest.approx(waited, abs=1)
