"""A daemon in a process of its own, between HubSpot's double and the operators' address, both on ports of this process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

import orjson

from cshub.config import STANDARD_FIELDS, field_spec, load
from cshub.engine import open_hub
from cshub.testing.sandbox import Sandbox, serve
from cshub_hubspot.sandbox import HubSpot, create

PERIOD_S = 2.0
LAG_S = 1.0
#: The stage of HubSpot's own ticket pipeline that is closed.
CLOSED = "4"
YAML = """
store: sqlite:///cshub.db
connections: {crm: {connector: hubspot, token: env:HUBSPOT_TOKEN, base_url: env:HUBSPOT_URL}}
identity: {customers: {crm: {where: "stage == 'customer'"}}}
metrics: {urgent_open: {count: ticket, where: "priority == 'urgent' and is_open"}}
scorecards:
  default:
    model: weighted
    signals: {urgent_open: {shape: linear, bad: 20, good: 0}}
    bands: {critical: 0, at_risk: 50, healthy: 75}
publish: {crm: {fields: standard, approve: auto}}
schedule: {pull: 2s, score: 2s}
notify: env:HOOK
"""


@dataclass
class Hook:
    """The operators' address: a WSGI application that keeps what is posted."""

    posted: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
        body = environ["wsgi.input"].read()  # type: ignore[attr-defined]  # a WSGI input
        self.posted.append(str(orjson.loads(body)["text"]))
        start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
        return [b"ok"]


@dataclass
class DaemonDesk:
    """`start` gives a daemon's process; `until` waits for something to become true."""

    folder: Path
    sandbox: Sandbox[HubSpot]
    hook: Hook
    environ: dict[str, str]

    def write(self, yaml: str) -> None:
        (self.folder / "cshub.yaml").write_text(yaml, encoding="utf-8")

    def set_up(self) -> None:
        """Create the fields, as `cshub setup` does."""
        with open_hub(load(self.folder / "cshub.yaml", environ=self.environ)) as hub:
            opened, card = hub.connections.get("crm"), hub.config.scorecards["default"]
            named = opened.connection.connector.field_name
            specs = [field_spec(standard, named(standard.name), card) for standard in STANDARD_FIELDS.values()]
            opened.destination().provision("companies", specs)

    @contextmanager
    def start(self) -> Iterator[subprocess.Popen[str]]:
        """A daemon, ended at the end whatever happens; what it says goes to `log`."""
        with (self.folder / "daemon.log").open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "cshub", "daemon"],
                cwd=self.folder,
                env=self.environ,
                text=True,
                stdout=log,
                stderr=log,
            )
            try:
                yield process
            finally:
                if process.poll() is None:
                    process.kill()
                process.wait()

    def log(self) -> str:
        return (self.folder / "daemon.log").read_text(encoding="utf-8")

    def until(self, true: Callable[[], object], seconds: float) -> float:
        """Wait for it, at most so long; the seconds it took."""
        began, pause = time.monotonic(), Event()
        while not true():
            assert time.monotonic() - began < seconds, self.log()[-4000:]
            pause.wait(0.02)
        return time.monotonic() - began

    def scores(self) -> dict[str, str | None]:
        """The health score of each customer as the CRM holds it."""
        with self.sandbox.lock:
            return {
                record["id"]: record["properties"].get("cshub_health_score")
                for record in self.sandbox.vendor.dump("companies")
                if record["properties"].get("lifecyclestage") == "customer"
            }

    def flip_ticket(self) -> None:
        """A person makes the first open ticket urgent, or takes that back."""
        with self.sandbox.lock:
            tickets = self.sandbox.vendor.dump("tickets")
            first = next(one for one in tickets if one["properties"].get("hs_pipeline_stage") != CLOSED)
            priority = "LOW" if first["properties"].get("hs_ticket_priority") == "URGENT" else "URGENT"
            self.sandbox.vendor.edit("tickets", first["id"], {"hs_ticket_priority": priority})

    def stop(self, process: subprocess.Popen[str]) -> float:
        """SIGTERM; the seconds until the end."""
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.wait(20)
        return time.monotonic() - began


@contextmanager
def daemon_desk(folder: Path, *, customers: int = 20) -> Iterator[DaemonDesk]:
    """The desk, with fields in the CRM and a configuration of 2 s periods."""
    sandbox, hook = create(seed=7, customers=customers, limits="off", search_lag_s=LAG_S), Hook()
    with serve(sandbox) as crm, serve(hook) as operators:
        environ = {**os.environ, **sandbox.credentials, "HUBSPOT_URL": crm.url, "HOOK": f"{operators.url}/hook"}
        desk = DaemonDesk(folder=folder, sandbox=sandbox, hook=hook, environ=environ)
        desk.write(YAML)
        desk.set_up()
        yield desk
