"""Seeded moments of a run, and the situations in which it is disturbed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from cshub.engine import Options
from tests.faults.company import Company
from tests.faults.moments import Moments

#: Every run of a trial also lists living ids, so that what was removed is found.
OPTIONS = Options(sweep=True)
SITUATIONS = ("first", "later")


@dataclass(frozen=True, slots=True)
class Trial:
    """Where to strike: at a share of the events of a stage, in the first run of a company or in a later one."""

    number: int
    stage: str
    situation: str
    share: float

    def __str__(self) -> str:
        return f"{self.number}-{self.stage}-{self.situation}"

    def event(self, counts: Mapping[str, int]) -> int:
        """The number of the event. Pages come and are committed together as it happens, so not every pull has as many."""
        known = counts[self.stage] * (0.7 if self.stage == "pull" else 1.0)
        return 1 + int(self.share * known)


def trials(seed: int, by_stage: Mapping[str, int]) -> list[Trial]:
    """So many trials of each stage, half of them in each situation."""
    chance = random.Random(seed)
    stages = [stage for stage, count in by_stage.items() for _ in range(count)]
    return [
        Trial(number, stage, SITUATIONS[number % len(SITUATIONS)], chance.random())
        for number, stage in enumerate(stages)
    ]


def prepare(company: Company, situation: str) -> None:
    """Bring a company into a situation; in the later one, much happened in the CRM since its first run."""
    if situation == "later":
        assert company.run().state == "ok"
        live_on(company)


def live_on(company: Company) -> None:
    """A day in the life of a CRM: edits, new urgent tickets, a new customer, deletions, somebody's hand in our fields."""
    portal = company.portal
    companies, tickets = portal.records("companies"), sorted(portal.records("tickets"))
    customers = sorted(id for id, one in companies.items() if one["lifecyclestage"] == "customer")
    others = sorted(id for id, one in companies.items() if one["lifecyclestage"] == "lead")
    for place, id in enumerate(customers[:-5][:20]):
        portal.edit("companies", id, {"name": f"Renamed {place}", "mrr": str(100 * place)})
    for id in others[:2]:
        portal.edit("companies", id, {"lifecyclestage": "customer"})
    for id in tickets[::4]:
        portal.edit("tickets", id, {"hs_ticket_priority": "URGENT", "hs_pipeline_stage": "1"})
    for id in customers[-4:-1]:
        portal.edit("companies", id, {"cshub_health_score": "1"})
    for id in tickets[1:30:10]:
        portal.remove("tickets", id)
    portal.remove("companies", customers[-1])


def count_events(company: Company, *, outside: bool = False) -> Counter[str]:
    """How many events each stage of the next run has. It is carried out for that."""
    moments = Moments(outside=outside)
    company.run(options=OPTIONS, statement=moments.statement, request=moments.request)
    return moments.counts
