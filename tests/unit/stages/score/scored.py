"""A world with a scorecard: land rows, link, score, look at the scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from cshub.config import ConfiguredMetric, Outputs, PlacementRules, QueryMetric
from cshub.model import (
    Adjustment,
    Aggregate,
    Bands,
    CustomerView,
    FunctionMetric,
    Group,
    Model,
    ModelFunction,
    Priority,
    Query,
    SavedScore,
    Scorecard,
    Shape,
    Signal,
    Type,
)
from cshub.model import Scored as ModelScored
from cshub.plugins import Owner, Registry
from cshub.plugins.registry import Adjuster
from cshub.scoring import weighted
from cshub.stages.score import Scoring, Tally, score
from cshub.store.database import Lease
from tests.unit.stages.link.world import World, make_world

DAY1 = datetime(2026, 1, 2, 9, tzinfo=UTC)
LEASE = Lease(name="score", token=1)


def query(name: str, finish: str = "x", **aggregate: object) -> QueryMetric:
    """A query metric with one aggregate called `x`."""
    asked = Aggregate(**aggregate)  # type: ignore[arg-type]  # the fields of Aggregate
    return QueryMetric(name=name, form="count", query=Query(aggregates={"x": asked}, finish=finish), text="")


def quiet(view: CustomerView) -> float:
    """How many contacts were never seen."""
    return float(sum(row["last_seen_at"] is None for row in view.rows["contact"]))


METRICS: Mapping[str, ConfiguredMetric] = {
    "urgent_open": query("urgent_open", kind="ticket", function="count", where="is_open and priority == 'urgent'"),
    "last_event": query("last_event", "days_since(x)", kind="event", function="max", value="at"),
    "unseen": FunctionMetric(name="unseen", doc="", needs=("contact",), function=quiet),
}
LINEAR = {"bad": 5, "good": 0}


def card(**changes: object) -> Scorecard:
    """Urgent tickets weigh 60, silence 40."""
    signals = (
        Signal(metric="urgent_open", shape=Shape(name="linear", options={"from": (5, 0), "to": (0, 100)}), weight=60),
        Signal(metric="unseen", shape=Shape(name="linear", options={"from": (10, 0), "to": (0, 100)}), weight=40),
    )
    made = Scorecard(
        name="default",
        model="weighted",
        root=Group(name="all", signals=signals),
        bands=Bands(edges=(("critical", 0.0), ("at_risk", 50.0), ("healthy", 75.0))),
        text="{}",
        hash="abc",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # fields of Scorecard


def registry(
    *metrics: FunctionMetric,
    model: ModelFunction = weighted,
    adjust: Callable[[Sequence[ModelScored]], Sequence[Adjustment] | None] | None = None,
) -> Registry:
    """A model called weighted, these metrics and an adjuster."""
    owner = Owner(name="test", distribution="test", version="1")
    return Registry(
        plugins=(owner,),
        connectors={},
        metrics=MappingProxyType({metric.name: metric for metric in metrics}),
        models={"weighted": Model(name="weighted", doc="", score=model)},
        adjusters=() if adjust is None else (Adjuster(owner=owner, call=adjust),),
        identity_rules={},
        actions={},
        owners={("model", "weighted"): owner},
    )


@dataclass
class Scored:
    """A world whose customers can be scored."""

    world: World
    card: Scorecard = field(default_factory=card)
    as_of: datetime = DAY1
    run: int = 1
    metrics: dict[str, ConfiguredMetric] = field(default_factory=lambda: dict(METRICS))
    registry: Registry = field(default_factory=registry)
    streams: frozenset[str] | None = None
    connections: tuple[str, ...] = ("crm",)
    fields: dict[str, Priority] = field(default_factory=dict)
    outputs: Outputs = field(default_factory=Outputs)
    others: tuple[Scorecard, ...] = ()
    rules: PlacementRules | None = None

    def score(self, **options: object) -> Tally:
        """Link and score."""
        self.world.link()
        scoring = Scoring(
            card=self.card,
            others=self.others,
            rules=self.rules,
            outputs=self.outputs,
            metrics=self.metrics,
            connections=self.connections,
            extras={"account": {"tier": Type.TEXT}},
            streams=self.streams,
            fields=self.fields,
        )
        return score(
            self.world.store,
            self.registry,
            scoring,
            run=self.run,
            as_of=self.as_of,
            lease=LEASE,
            **options,  # type: ignore[arg-type]  # options of score
        )

    def of(self, customer: str) -> SavedScore:
        """The score in force."""
        found = self.world.store.scores.in_force(customer)
        assert found is not None, f"{customer} has no score"
        return found

    def ticket(self, id: str, account: str, **values: object) -> None:
        """An urgent open ticket, unless told otherwise."""
        defaults = {"is_open": True, "priority": "urgent", "opened_at": DAY1 - timedelta(days=3)}
        self.world.row("crm", "ticket", id, account_id=account, **{**defaults, **values})


def make_scored(folder: Path) -> Scored:
    """An empty world with a scorecard."""
    world = make_world(folder)
    with world.store.db.transaction() as tx:
        for lease in ("score", "act", "publish"):
            tx.run(
                "insert into lease (name, token, holder, host, pid, taken_at) values (:name, 1, 'test', '', 0, 0)",
                {"name": lease},
            )
    return Scored(world=world)


def fail_tickets(scored: Scored, *, worked: bool = True) -> None:
    """The ticket stream has failed since DAY1."""
    since = int(DAY1.timestamp() * 1000)
    with scored.world.store.db.transaction() as tx:
        tx.run(
            "insert into stream_state (connection, stream, kind, shape, last_ok_at, failing_since) "
            "values ('crm', 'ticket', 'ticket', '', :ok, :since)",
            {"ok": since if worked else None, "since": since},
        )
