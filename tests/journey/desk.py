"""A person at the command line: HubSpot's double in process, a folder of their own, and a clock that stands still until it is moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson
from click.testing import CliRunner, Result

from cshub.cli import program
from cshub.cli.invocation import Invocation
from cshub.cli.tutorial import tutorial
from cshub.engine import Surroundings
from cshub.http import WSGITransport
from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_hubspot.sandbox import HubSpot, create

START = datetime(2026, 3, 2, 9, 20, tzinfo=UTC)


@dataclass(frozen=True)
class FollowingClock:
    """The sandbox's time; waiting moves it on and takes none."""

    clock: SandboxClock

    def now(self) -> datetime:
        return self.clock.now()

    def monotonic(self) -> float:
        return self.clock.now_ms() / 1000

    def sleep(self, seconds: float) -> None:
        self.clock.advance(seconds)


@dataclass
class Desk:
    """`cshub("status")` runs a command there and gives what it printed."""

    folder: Path
    customers: int = 40
    yaml: str = field(default_factory=tutorial)
    clock: SandboxClock = field(default_factory=lambda: SandboxClock(START, ticking=False))
    sandbox: Sandbox[HubSpot] = field(init=False)

    def __post_init__(self) -> None:
        self.sandbox = create(seed=7, customers=self.customers, clock=self.clock, limits="off", search_lag_s=0)
        self.environ = dict(self.sandbox.credentials)
        self.write(self.yaml)

    @property
    def config(self) -> Path:
        return self.folder / "cshub.yaml"

    def write(self, yaml: str) -> None:
        self.config.write_text(yaml, encoding="utf-8")

    def replace(self, old: str, new: str) -> None:
        """Change the configuration; the old text has to be there."""
        text = self.config.read_text(encoding="utf-8")
        assert old in text
        self.write(text.replace(old, new, 1))

    def cshub(self, *arguments: str) -> Result:
        around = Surroundings(
            clock=FollowingClock(self.clock),
            transport=lambda connection: WSGITransport(self.sandbox),  # type: ignore[arg-type]  # a WSGI application
        )
        invocation = Invocation(config=self.config, environ=self.environ, surroundings=around)
        return CliRunner().invoke(program, arguments, obj=invocation, prog_name="cshub")

    def ok(self, *arguments: str) -> str:
        """What a command that succeeds prints to stdout."""
        result = self.cshub(*arguments)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str) -> dict[str, object]:
        """What a reading command gives with `--json`, whatever its exit code."""
        result = self.cshub(*arguments, "--json")
        found = orjson.loads(result.stdout)
        assert isinstance(found, dict)
        assert found["schema_version"] == 1
        return found

    def set_up(self) -> None:
        """Create the CRM fields and do everything once."""
        self.ok("setup", "crm", "--apply", "--yes")
        self.ok("run")
