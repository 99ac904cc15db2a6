"""Customers over time for the tests of portfolios: what they pay, answer and are scored, landed and linked as in a run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cshub.config import Config, Identity, Listed, PortfolioRules
from cshub.engine import Hub, Surroundings
from cshub.engine.connections import Connections
from cshub.engine.portfolio import Portfolio, portfolio
from cshub.http import SYSTEM_CLOCK
from cshub.model import Bands, Group, Priority, Scorecard
from cshub.plugins import discover
from tests.unit.stages.link.world import World, make_world

OPENING = datetime(2026, 1, 1, 12, tzinfo=UTC)
CLOSING = datetime(2026, 4, 1, 12, tzinfo=UTC)
CARD = Scorecard(
    name="default",
    model="weighted",
    root=Group(name="default"),
    bands=Bands(edges=(("critical", 0), ("at_risk", 40), ("healthy", 70))),
)


@dataclass
class Books:
    """`book.pays(…)` says what a customer pays from now on; `book.on(day)` moves to a day and links what came."""

    world: World
    rules: PortfolioRules = field(default_factory=PortfolioRules)
    fields: Mapping[str, Priority] = field(default_factory=dict)

    def pays(self, customer: str, mrr: float | None, currency: str | None = "EUR", **values: object) -> None:
        connection, _, id = customer.rpartition(":")
        self.world.account(connection or "crm", id, mrr=mrr, currency=currency, **values)

    def leaves(self, id: str) -> None:
        """The account is no customer's any more, and keeps what it paid."""
        self.pays(id, 1.0, type="Former")

    def on(self, day: datetime) -> None:
        self.world.link()
        self.world.now = day

    def answers(self, customer: str, value: float, *, metric: str = "nps", days_ago: int = 1, **values: object) -> None:
        number = len(self.world.all("select 1 from response"))
        at = self.world.now - timedelta(days=days_ago)
        self.world.row(
            "crm", "response", f"r{number}", metric=metric, value=value, answered_at=at, account_id=customer, **values
        )

    def renewal(self, customer: str, *, won: bool) -> None:
        number, day = len(self.world.all("select 1 from deal")), self.world.now.date()
        self.world.row(
            "crm",
            "deal",
            f"d{number}",
            purpose="renewal",
            is_closed=True,
            is_won=won,
            close_date=day,
            account_id=customer,
        )

    def scored(self, customer: str, band: str | None, coverage: float = 1.0) -> None:
        with self.world.store.db.transaction() as tx:
            tx.run(
                "insert into score_history (customer, as_of, scorecard, scorecard_hash, band, coverage, detail_number, detail_hash, run, seq)"
                " values (:customer, :at, 'default', 'x', :band, :coverage, 1, x'00', 1, 1)",
                {
                    "customer": f"crm:{customer}",
                    "at": int(self.world.now.timestamp() * 1000),
                    "band": band,
                    "coverage": coverage,
                },
            )

    @property
    def hub(self) -> Hub:
        config = Config(
            path=Path("cshub.yaml"),
            folder=Path(),
            profile=None,
            registry=discover(plugins=[]),
            store="",
            identity=Identity(
                customers=tuple(Listed(connection=name, where=None) for name in ("crm", "sales")), fields=self.fields
            ),
            scorecards={"default": CARD},
            portfolio=self.rules,
        )
        around = Surroundings(clock=SYSTEM_CLOCK)
        return Hub(
            config=config,
            store=self.world.store,
            connections=Connections(config=config, surroundings=around),
            surroundings=around,
        )

    def report(self, **options: object) -> Portfolio:
        """The portfolio of now, against the opening."""
        self.world.link()
        given = {"at": self.world.now, "since": OPENING, **options}
        return portfolio(self.hub, **given)  # type: ignore[arg-type]  # as the test says


def make_books(folder: Path) -> Books:
    """Nobody yet, an hour before the opening."""
    world = make_world(folder)
    world.now = OPENING - timedelta(hours=1)
    return Books(world)
