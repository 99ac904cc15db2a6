"""A scored world with a CRM it is published to."""

from __future__ import annotations

from collections.abc import Iterable

from cshub.stages.publish import Applied, Mapped, Target, apply_plan, make_plan, read_back
from cshub.store.database import Lease
from cshub.store.plans import Plan
from tests.unit.stages.publish.crm import Crm
from tests.unit.stages.score.scored import Scored

LEASE = Lease(name="publish", token=1)
FIELDS = ("health", "health_score", "why", "data_as_of")


class Desk:
    """A scored world and a CRM it is published to."""

    def __init__(self, scored: Scored, fields: Iterable[str] = FIELDS, drift: str = "overwrite") -> None:
        self.scored = scored
        self.crm = Crm()
        self.target = Target(
            connection="crm", target="companies", fields={f: Mapped(name=f, drift=drift) for f in fields}
        )
        self.run = 1

    def customers(self, *ids: str) -> None:
        for id in ids:
            self.scored.world.account("crm", id, name=f"Company {id}")
            self.crm.records[id] = {}

    def plan(self, **options: object) -> Plan | None:
        self.run += 1
        store, as_of = self.scored.world.store, self.scored.as_of
        return make_plan(
            store,
            self.crm,
            self.target,
            run=self.run,
            as_of=as_of,
            now=as_of,
            lease=LEASE,
            **options,  # type: ignore[arg-type]  # options of make_plan
        )

    def apply(self, plan: Plan, **options: object) -> Applied:
        return apply_plan(
            self.scored.world.store,
            self.crm,
            plan,
            run=self.run,
            clock=lambda: self.scored.as_of,
            lease=LEASE,
            **options,  # type: ignore[arg-type]  # options of apply_plan
        )

    def publish(self) -> Applied | None:
        plan = self.plan()
        return self.apply(plan) if plan else None

    def due(self) -> bool:
        """Whether anybody is to be looked at."""
        return self.scored.world.store.due_writes.has_due("crm", "companies", self.target.scope)

    def read_back(self) -> int:
        return read_back(
            self.scored.world.store,
            self.crm,
            "crm",
            "companies",
            clock=lambda: self.scored.as_of,
            lease=LEASE,
        )


def observe(desk: Desk, id: str, field: str, value: str) -> None:
    """A pull sees this value."""
    with desk.scored.world.store.db.transaction() as tx:
        tx.run(
            "update crm_value set observed = :value, observed_at = 1 where id = :id and field = :field",
            {"value": value, "id": id, "field": field},
        )
