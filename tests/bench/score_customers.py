"""Scores 100 000 customers by 12 query metrics and saves them: seconds and peak memory of a first, a quiet and a small scoring.

Run it as `python -m tests.bench.score_customers [CUSTOMERS]`. The rows are put into the store directly; landing and linking are measured elsewhere.
"""

from __future__ import annotations

import random
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cshub.config import QueryMetric
from cshub.model import Aggregate, Bands, Group, Model, Query, Scorecard, Shape, Signal
from cshub.plugins import Owner, Registry
from cshub.scoring import weighted
from cshub.stages.score import Scoring, Tally, score
from cshub.store import Lease, Store, open_store
from cshub.store.database import Cell
from cshub.store.values import to_ms

AS_OF = datetime(2026, 6, 1, 9, tzinfo=UTC)
LEASE = Lease(name="score", token=1)
DAY = 86_400_000

AGGREGATES: Mapping[str, Aggregate] = {
    "urgent_open": Aggregate(kind="ticket", function="count", where="priority == 'urgent' and is_open"),
    "tickets": Aggregate(kind="ticket", function="count", window=timedelta(days=30)),
    "rating": Aggregate(kind="ticket", function="avg", value="rating", window=timedelta(days=90)),
    "last_ticket": Aggregate(kind="ticket", function="max", value="opened_at"),
    "calls": Aggregate(kind="event", function="count", where="name == 'call'", window=timedelta(days=30)),
    "logins": Aggregate(kind="event", function="sum", value="value", window=timedelta(days=30)),
    "nps": Aggregate(kind="response", function="latest", value="value", where="metric == 'nps'"),
    "answers": Aggregate(kind="response", function="count", window=timedelta(days=90)),
    "open_deals": Aggregate(kind="deal", function="sum", value="amount", where="not is_closed"),
    "people": Aggregate(kind="contact", function="count"),
    "mrr": Aggregate(kind="account", function="any", value="mrr"),
    "renewal": Aggregate(kind="account", function="any", value="renewal_date"),
}
FINISH = {"last_ticket": "days_since(x)", "renewal": "days_until(x)"}


def main(customers: int) -> None:
    """Print a line per scoring."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store("sqlite:///bench.db", folder=Path(folder))
        fill(store, customers)
        print(f"{customers} customers, {len(AGGREGATES)} metrics, {peak_mb():.0f} MB before")
        told("first", store, AS_OF)
        told("same hour", store, AS_OF)
        touch(store, customers, 0.01)
        told("1 % touched", store, AS_OF)
        told("next day", store, AS_OF + timedelta(days=1))
        size = sum(file.stat().st_size for file in Path(folder).iterdir() if file.is_file())
        print(f"store {size / 2**20:.0f} MB")
        store.close()


def told(what: str, store: Store, as_of: datetime) -> None:
    """One scoring in one line."""
    began = time.perf_counter()
    tally = scored(store, as_of)
    seconds = time.perf_counter() - began
    print(f"{what:>12}: {seconds:6.2f} s, due {tally.due}, saved {tally.saved}, kept {tally.kept}, {peak_mb():.0f} MB")


def scored(store: Store, as_of: datetime) -> Tally:
    """Score what is due."""
    scoring = Scoring(card=card(), metrics=metrics(), connections=("crm",), extras={})
    return score(store, registry(), scoring, run=1, as_of=as_of, lease=LEASE)


def peak_mb() -> float:
    """The most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def metrics() -> dict[str, QueryMetric]:
    """Each aggregate as a metric."""
    return {
        name: QueryMetric(name=name, form="", query=Query(aggregates={"x": one}, finish=FINISH.get(name, "x")), text="")
        for name, one in AGGREGATES.items()
    }


def card() -> Scorecard:
    """Every metric with the same weight on a straight line."""
    line = Shape(name="linear", options={"from": (0, 0), "to": (100, 100)})
    signals = tuple(Signal(metric=name, shape=line) for name in AGGREGATES)
    bands = Bands(edges=(("critical", 0.0), ("at_risk", 25.0), ("healthy", 50.0)), margin=3)
    return Scorecard(
        name="default", model="weighted", root=Group(name="all", signals=signals), bands=bands, min_coverage=0, hash="a"
    )


def registry() -> Registry:
    """The weighted model alone."""
    owner = Owner(name="bench", distribution="bench", version="1")
    models = {"weighted": Model(name="weighted", doc="", score=weighted)}
    return Registry(
        plugins=(owner,),
        connectors={},
        metrics={},
        models=models,
        identity_rules={},
        actions={},
        owners={("model", "weighted"): owner},
    )


def fill(store: Store, customers: int) -> None:
    """About nine rows a customer, seeded."""
    chance = random.Random(7)
    with store.db.transaction() as tx:
        tx.run("insert into lease (name, token, holder, host, pid, taken_at) values ('score', 1, 'bench', '', 0, 0)")
        tx.run("update sequence set value = 1 where name = 'seq'")
        tx.many(
            "insert into customer (id, connection, account_id, name, state, first_seen_at, run, seq) "
            "values ('crm:' || ?, 'crm', ?, 'Company ' || ?, 'active', 0, 1, 1)",
            ((str(n), str(n), n) for n in range(customers)),
        )
        for kind, columns in COLUMNS.items():
            names = ", ".join((*columns, *FIXED))
            marks = ", ".join("?" * (len(columns) + len(FIXED)))
            tx.many(f"insert into {kind} ({names}) values ({marks})", rows(kind, customers, chance))


COLUMNS: Mapping[str, tuple[str, ...]] = {
    "account": ("mrr", "renewal_date"),
    "contact": ("email",),
    "ticket": ("is_open", "priority", "opened_at", "rating"),
    "event": ("name", "at", "value"),
    "response": ("metric", "value", "answered_at"),
    "deal": ("amount", "is_closed"),
}
FIXED = ("connection", "stream", "id", "observed_at", "run", "seq", "hash", "customer")


def rows(kind: str, customers: int, chance: random.Random) -> Iterator[tuple[Cell, ...]]:
    """Two rows a customer and kind, one account."""
    for number in range(customers):
        for turn in range(1 if kind == "account" else 2):
            own = values(kind, chance)
            yield (*own, "crm", kind, f"{number}-{turn}", 0, 1, 1, b"", f"crm:{number}")


def values(kind: str, chance: random.Random) -> tuple[Cell, ...]:
    """The columns of one row."""
    at = to_ms(AS_OF) - chance.randrange(200 * DAY)
    match kind:
        case "account":
            return chance.randrange(10_000) / 10, f"2027-0{chance.randrange(1, 10)}-15"
        case "contact":
            return (f"{chance.randrange(10**6)}@example.com",)
        case "ticket":
            return chance.randrange(2), chance.choice(("low", "normal", "urgent")), at, chance.randrange(1, 6)
        case "event":
            return chance.choice(("call", "login")), at, chance.randrange(100)
        case "response":
            return "nps", chance.randrange(11), at
        case _:
            return chance.randrange(10**6) / 100, chance.randrange(2)


def touch(store: Store, customers: int, share: float) -> None:
    """A ticket of some customers is closed."""
    with store.db.transaction() as tx:
        seq = tx.next_seq()
        for number in range(int(customers * share)):
            tx.run(
                "update ticket set is_open = 0, seq = :seq where connection = 'crm' and id = :id",
                {"seq": seq, "id": f"{number * 7}-0"},
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
