"""Replays a day of many customers, beside scoring that day itself: seconds, peak memory, and whether the scores are the same.

Run it as `python -m tests.bench.replay_customers [CUSTOMERS]`; the rows are those of `score_customers`, with a link each.
"""

from __future__ import annotations

import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from cshub.stages.score import Scoring, score
from cshub.store import Cut, Store, open_store
from cshub.store.replay import replayed
from tests.bench.score_customers import AS_OF, COLUMNS, LEASE, card, fill, metrics, peak_mb, registry, scored

LINK = """insert into link (kind, connection, id, customer, rule, run, seq, linked_at)
    select '{kind}', connection, id, customer, 'reference', 1, 1, 0 from {kind} where customer is not null"""
SUM = "select count(*), sum(micro), max(hex(detail_hash)) from score_history where as_of = :at"


def main(customers: int) -> None:
    """Print a line for the day itself, and one for its replay."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store("sqlite:///bench.db", folder=Path(folder))
        fill(store, customers)
        with store.db.transaction() as tx:
            for kind in COLUMNS:
                tx.run(LINK.format(kind=kind))
        began = time.perf_counter()
        scored(store, AS_OF)
        print(f"{customers} customers: the day itself {time.perf_counter() - began:.2f} s, {peak_mb():.0f} MB")
        began = time.perf_counter()
        same = again(store) == kept(store)
        print(
            f"  replayed {time.perf_counter() - began:.2f} s, {peak_mb():.0f} MB, {'the same' if same else 'OTHER'} scores"
        )
        store.close()


def again(store: Store) -> object:
    """What a replay of that day saves."""
    scoring = Scoring(card=card(), metrics=metrics(), connections=("crm",), extras={})
    with replayed(store, Cut(at=AS_OF + timedelta(hours=1)), as_of=AS_OF) as then:
        score(then, registry(), scoring, run=0, as_of=AS_OF, lease=LEASE, everybody=True)
        return kept(then)


def kept(store: Store) -> object:
    """What was saved for that hour, in short."""
    with store.db.read() as reader:
        return reader.one(SUM, {"at": int(AS_OF.timestamp() * 1000)})


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
