from __future__ import annotations

import random

from tests.bench.telco_auc import auc


def test_the_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    assert auc([1, 2], [3, 4]) == 1.0
    assert auc([3, 4], [1, 2]) == 0.0
    assert auc([1, 1], [1, 1]) == 0.5
    assert auc([1, 3], [2, 3]) == (1 + 1 + 0 + 0.5) / 4


def test_the_auc_agrees_with_counting_every_pair() -> None:
    draw = random.Random(7)
    churned = [draw.randint(0, 20) for _ in range(60)]
    stayed = [draw.randint(0, 25) for _ in range(80)]
    pairs = [1.0 if one < other else 0.5 if one == other else 0.0 for one in churned for other in stayed]
    assert abs(auc(churned, stayed) - sum(pairs) / len(pairs)) < 1e-12
