"""A company under test: its folder with the configuration, its CRM, and runs of cshub over both, here or as processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cshub.config import STANDARD_FIELDS, field_spec, load
from cshub.engine import STAGES, Hub, Options, Surroundings, open_hub, run
from cshub.http import Clock, Transport
from cshub.model import RunReport
from cshub.plugins import Registry
from cshub.testing.sandbox import SandboxClock
from tests.faults.portal import Portal

#: Where a clock that stands still begins.
START = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
YAML = """
store: sqlite:///cshub.db
connections:
  crm:
    connector: hubspot
    token: env:HUBSPOT_TOKEN
    base_url: "{url}"
    accounts: {{external_id: customer_id, mrr: mrr, renewal_date: renewal_date}}
identity:
  customers: {{crm: {{where: "stage == 'customer'"}}}}
  rules: [email_domain]
metrics:
  urgent_open: {{count: ticket, where: "priority == 'urgent' and is_open"}}
  tickets: {{count: ticket, window: 90d}}
scorecards:
  default:
    model: weighted
    groups:
      support:
        weight: 100
        signals:
          urgent_open: {{shape: linear, bad: 3, good: 0, because: "{{value}} urgent tickets"}}
          tickets: {{shape: linear, bad: 10, good: 0}}
    bands: {{critical: 0, at_risk: 50, healthy: 75}}
    hysteresis: {{margin: 3, dwell: 2d, jump: immediate}}
triggers: {{went_critical: {{when: "band == 'critical'", log: {{}}, cooldown: 14d}}}}
publish: {{crm: {{fields: standard, approve: auto}}}}
"""


class Impatient:
    """The machine's clock, on which waiting takes no time."""

    def __init__(self) -> None:
        self._skipped_s = 0.0

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic() + self._skipped_s

    def sleep(self, seconds: float) -> None:
        self._skipped_s += seconds
        time.sleep(0.001)


@dataclass(frozen=True, slots=True)
class Hand:
    """A sandbox's clock as cshub's own: it moves when a test moves it, and when somebody waits."""

    sandbox: SandboxClock

    def now(self) -> datetime:
        return self.sandbox.now()

    def monotonic(self) -> float:
        return self.sandbox.now_ms() / 1000

    def sleep(self, seconds: float) -> None:
        self.sandbox.advance(seconds)


def _network(connection: str) -> Transport | None:
    return None


@dataclass(kw_only=True)
class Company:
    """`yaml` is the configuration with the CRM's address left open; `url` the address."""

    folder: Path
    portal: Portal
    url: str
    yaml: str = YAML
    clock: Clock = field(default_factory=Impatient)
    transport: Callable[[str], Transport | None] = _network
    registry: Registry | None = None

    @property
    def store(self) -> Path:
        """The file of the store."""
        return self.folder / "cshub.db"

    @property
    def environ(self) -> dict[str, str]:
        """The environment of a process of cshub."""
        return {**os.environ, **self.portal.credentials, "NO_COLOR": "1"}

    @contextmanager
    def hub(
        self,
        *,
        statement: Callable[[str], None] | None = None,
        request: Callable[[str], None] | None = None,
    ) -> Iterator[Hub]:
        """A hub in this process, as a command would open it."""
        around = Surroundings(clock=self.clock, transport=self.transport, observer=request)
        config = load(self.written(), self.registry, environ=self.environ)
        with open_hub(config, around, observer=statement) as hub:
            yield hub

    def run(
        self,
        *stages: str,
        options: Options | None = None,
        statement: Callable[[str], None] | None = None,
        request: Callable[[str], None] | None = None,
    ) -> RunReport:
        """One run in this process."""
        with self.hub(statement=statement, request=request) as hub:
            return run(hub, stages or STAGES, options=options)

    def later(self, **time: float) -> None:
        """Let time pass, where the clock stands still."""
        self.clock.sleep(timedelta(**time).total_seconds())

    def set_up(self) -> None:
        """Make the fields in the CRM, as `cshub setup` does."""
        with self.hub() as hub:
            opened = hub.connections.get("crm")
            named, card = opened.connection.connector.field_name, hub.config.scorecards["default"]
            specs = [field_spec(standard, named(standard.name), card) for standard in STANDARD_FIELDS.values()]
            opened.destination().provision("companies", specs)

    def written(self) -> Path:
        """The configuration as a file."""
        path = self.folder / "cshub.yaml"
        path.write_text(self.yaml.format(url=self.url), encoding="utf-8")
        return path

    def start(self, *arguments: str, fate: str | None) -> subprocess.Popen[str]:
        """`cshub ARGUMENT…` as a process with the given fate (see `child.py`), or as it is."""
        program = ["cshub"] if fate is None else ["tests.faults.child", fate]
        command = [sys.executable, "-m", *program, "--config", str(self.written()), *arguments]
        return subprocess.Popen(
            command, cwd=ROOT, env=self.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def command(self, *arguments: str, fate: str | None = None) -> subprocess.CompletedProcess[str]:
        """`cshub ARGUMENT…` from beginning to end."""
        process = self.start(*arguments, fate=fate)
        try:
            out, err = process.communicate(timeout=50)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)
