"""How well the health score tells who left: the AUC against the churn column of the public data set, ties counting half.

`python tests/bench/telco_auc.py STORE.db`, after `cshub --config config/examples/telco.yaml run`; the data set is found by CSHUB_SHARED.
"""

from __future__ import annotations

import csv
import os
import sqlite3
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

SCORES = """
select a.external_id, s.micro
from score as s
inner join customer as c on c.id = s.customer
inner join account as a on a.connection = c.connection and a.id = c.account_id
"""


def auc(churned: Sequence[float], stayed: Sequence[float]) -> float:
    """The chance that one who left scored lower than one who stayed (Mann and Whitney 1947)."""
    ranked = sorted([(score, True) for score in churned] + [(score, False) for score in stayed])
    ranks, start = 0.0, 0
    while start < len(ranked):
        end = start
        while end < len(ranked) and ranked[end][0] == ranked[start][0]:
            end += 1
        middle = (start + 1 + end) / 2  # the mean rank of equal scores
        ranks += middle * sum(left for _, left in ranked[start:end])
        start = end
    below = len(churned) * len(stayed) + len(churned) * (len(churned) + 1) / 2 - ranks
    return below / (len(churned) * len(stayed))


def labels(path: Path) -> Mapping[str, bool]:
    """Who left, by customer id."""
    with path.open(encoding="utf-8", newline="") as file:
        return {row["customerID"]: row["Churn"] == "Yes" for row in csv.DictReader(file)}


def main(store: Path) -> None:
    """Print the figure."""
    shared = os.environ.get("CSHUB_SHARED")
    if not shared:
        raise SystemExit("CSHUB_SHARED is not set: it names the folder that holds data/telco-customer-churn.csv")
    left = labels(Path(shared) / "data" / "telco-customer-churn.csv")
    scores = [(name, micro) for name, micro in sqlite3.connect(store).execute(SCORES) if micro is not None]
    churned = [micro for name, micro in scores if left[name]]
    stayed = [micro for name, micro in scores if not left[name]]
    print(f"{len(scores)} customers scored, {len(churned)} of them left: AUC {auc(churned, stayed):.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
