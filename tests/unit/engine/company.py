"""A small company in the HubSpot sandbox, and a hub over it that never leaves the process."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cshub.config import STANDARD_FIELDS, field_spec, load
from cshub.engine import Hub, Options, Surroundings, open_hub, run
from cshub.engine.run import STAGES
from cshub.http import WSGITransport
from cshub.model import RunReport
from cshub.testing.sandbox import SandboxClock
from cshub_hubspot.sandbox import create

START = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)
YAML = """
store: sqlite:///cshub.db
connections:
  crm:
    connector: hubspot
    token: env:HUBSPOT_TOKEN
    accounts: {external_id: customer_id, mrr: mrr}
identity:
  customers: {crm: {where: "stage == 'customer'"}}
metrics:
  urgent_open: {count: ticket, where: "priority == 'urgent' and is_open"}
scorecards:
  default:
    model: weighted
    signals: {urgent_open: {shape: linear, bad: 5, good: 0, because: "{value} urgent tickets"}}
    bands: {critical: 0, at_risk: 50, healthy: 75}
triggers: {low: {when: "score < 75", log: {}, cooldown: 14d}}
publish: {crm: {fields: standard, approve: auto}}
"""


@dataclass
class Clockwork:
    """A clock for the hub that shows the sandbox's time and never sleeps."""

    clock: SandboxClock
    slept: float = 0.0

    def now(self) -> datetime:
        return self.clock.now()

    def monotonic(self) -> float:
        return self.clock.now().timestamp()

    def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)


@dataclass
class Company:
    """The sandbox, the folder of the configuration, and a way to open the hub again and again as processes would."""

    folder: Path
    yaml: str = YAML
    customers: int = 12
    clock: SandboxClock = field(default_factory=lambda: SandboxClock(START, ticking=False))

    def __post_init__(self) -> None:
        self.sandbox = create(seed=7, customers=self.customers, clock=self.clock, limits="off", search_lag_s=0)
        self.calls: list[str] = []
        self.statements: list[str] = []

    @contextmanager
    def hub(self, **environ: str) -> Iterator[Hub]:
        """A hub with the configuration as it is now written."""
        (self.folder / "cshub.yaml").write_text(self.yaml, encoding="utf-8")
        given: Mapping[str, str] = {**os.environ, **self.sandbox.credentials, **environ}
        around = Surroundings(
            clock=Clockwork(self.clock),
            transport=lambda connection: WSGITransport(self.sandbox),  # type: ignore[arg-type]  # a WSGI application
            observer=self.calls.append,
        )
        config = load(self.folder / "cshub.yaml", environ=given)
        with open_hub(config, around, observer=self.statements.append) as hub:
            yield hub

    def run(self, *stages: str, options: Options | None = None) -> RunReport:
        """One run, as the command would do it."""
        with self.hub() as hub:
            return run(hub, stages or STAGES, options=options)

    def set_up(self) -> None:
        """Create the fields, as `cshub setup` does."""
        with self.hub() as hub:
            opened = hub.connections.get("crm")
            named, card = opened.connection.connector.field_name, hub.config.scorecards["default"]
            specs = [field_spec(standard, named(standard.name), card) for standard in STANDARD_FIELDS.values()]
            opened.destination().provision("companies", specs)

    def later(self, **time: float) -> None:
        """Let time pass in the sandbox and here."""
        self.clock.advance(timedelta(**time).total_seconds())
