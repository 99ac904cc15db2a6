"""A generated company out of files, pulled every other month for a year: customers log in, and some fall silent before they leave."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
from click.testing import CliRunner, Result

from cshub.cli import program
from cshub.cli.invocation import Invocation
from cshub.config import load
from cshub.engine import Hub, Surroundings, open_hub, run

BEGIN = datetime(2025, 1, 1, 8, 20, tzinfo=UTC)
MONTH = timedelta(days=30)
YAML = """
store: sqlite:///cshub.db
connections:
  crm:
    connector: file
    path: accounts.csv
    kind: account
    key: id
    columns: {name: name, external_id: id, stage: stage, mrr: {column: mrr, type: number}, tier: tier,
              left_on: {column: left_on, type: date}}
  usage:
    connector: file
    path: logins.csv
    kind: event
    key: [company, day]
    columns: {account.external_id: company, name: what, at: day}
identity:
  customers: {crm: {where: all}}
  rules: [external_id]
metrics:
  logins_30d: {count: event, where: "name == 'login'", window: 30d}
  stage: {value: account.stage}
scorecards:
  default:
    model: weighted
    signals:
      logins_30d: {weight: 1, bad: 0, good: 10}
    bands: {critical: 0, at_risk: 35, healthy: 70}
backtest:
  churned: {when: "stage == 'churned'", date: left_on}
  leads: [60d]
  every: 60d
"""


@dataclass
class StillClock:
    """Stands still until it is moved."""

    instant: datetime = BEGIN

    def now(self) -> datetime:
        return self.instant

    def monotonic(self) -> float:
        return self.instant.timestamp()

    def sleep(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)


@dataclass
class Village:
    """`customers` of them; every `leaving`-th leaves, silent for `silence` days before it does (None: as lively as all others)."""

    folder: Path
    customers: int = 80
    leaving: int = 2
    silence: int | None = 75
    yaml: str = YAML
    clock: StillClock = field(default_factory=StillClock)
    left: dict[int, datetime] = field(default_factory=dict)
    logins: list[tuple[int, datetime]] = field(default_factory=list)

    def __post_init__(self) -> None:
        chance = random.Random(11)
        for number in range(0, self.customers, self.leaving):
            self.left[number] = BEGIN + timedelta(days=chance.randrange(60, 355))
        for number in range(self.customers):
            rate = chance.uniform(0.15, 0.6)
            for day in range(-40, 366):
                at = BEGIN + timedelta(days=day)
                if self._is_lively(number, at) and chance.random() < rate:
                    self.logins.append((number, at))

    def _is_lively(self, number: int, at: datetime) -> bool:
        left = self.left.get(number)
        return left is None or at < left - timedelta(days=self.silence or 0)

    def live(self) -> None:
        """A pull every other month, for a year."""
        for month in range(0, 13, 2):
            self.clock.instant = BEGIN + month * MONTH
            self.pull()
        self.clock.instant += timedelta(hours=1)

    def pull(self) -> None:
        """Write the files as they are now, and read them."""
        now = self.clock.instant
        self._write(
            "accounts.csv", "id name stage mrr tier left_on", [self._account(n, now) for n in range(self.customers)]
        )
        seen = [(f"C{n}", "login", f"{at:%Y-%m-%d}") for n, at in self.logins if at <= now]
        self._write("logins.csv", "company what day", seen)
        with self.hub() as hub:
            report = run(hub, ("pull", "link"))
            assert report.state == "ok", report.errors

    def _account(self, number: int, now: datetime) -> Sequence[object]:
        at = self.left.get(number)
        is_gone = at is not None and at <= now
        stage, day = ("churned", f"{at:%Y-%m-%d}") if is_gone else ("customer", "")
        return f"C{number}", f"Customer {number}", stage, 100 + number, "big" if number % 2 else "small", day

    def _write(self, name: str, columns: str, lines: Sequence[Sequence[object]]) -> None:
        with (self.folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([columns.split(), *lines])

    @contextmanager
    def hub(self) -> Iterator[Hub]:
        (self.folder / "cshub.yaml").write_text(self.yaml, encoding="utf-8")
        config = load(self.folder / "cshub.yaml", environ={})
        with open_hub(config, Surroundings(clock=self.clock)) as hub:
            yield hub

    def edit(self, old: str, new: str) -> None:
        """Change the configuration; the old text has to be there."""
        assert old in self.yaml
        self.yaml = self.yaml.replace(old, new, 1)

    def cshub(self, *arguments: str) -> Result:
        (self.folder / "cshub.yaml").write_text(self.yaml, encoding="utf-8")
        around = Surroundings(clock=self.clock)
        invocation = Invocation(config=self.folder / "cshub.yaml", environ={}, surroundings=around)
        return CliRunner().invoke(program, arguments, obj=invocation, prog_name="cshub", catch_exceptions=False)

    def json(self, *arguments: str) -> Mapping[str, object]:
        found = orjson.loads(self.cshub(*arguments, "--json").stdout)
        assert isinstance(found, dict)
        return found
