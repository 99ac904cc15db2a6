from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from cshub.config import Config
from cshub.config.recorded import recorded
from cshub.model import Group, Scorecard, Signal
from cshub.plugins import Registry
from tests.unit.config.world import GOOD

Load = Callable[..., Config]


def signals(group: Group, path: str = "") -> Iterator[tuple[str, int, Signal]]:
    """Every signal with the path and the weight of its group."""
    yield from ((path, group.weight, signal) for signal in group.signals)
    for inner in group.groups:
        yield from signals(inner, f"{path}/{inner.name}")


def told(card: Scorecard) -> object:
    own = sorted(signals(card.root), key=lambda one: (one[0], one[2].metric))
    return card.name, card.hash, card.model, card.bands, card.step, card.min_coverage, own


def test_a_kept_text_gives_the_scorecard_that_was_kept(read: Load, registry: Registry) -> None:
    config = read(GOOD)
    card = config.scorecards["default"]
    found = recorded(card.text, card.hash, registry, config.extras)
    assert found
    assert told(found.card) == told(card)
    assert set(found.metrics) == {signal.metric for _, _, signal in signals(card.root)}


@pytest.mark.parametrize("change", [{"card": {"model": "gone"}}, {"metrics": {}}, {"card": 1}])
def test_a_text_that_cannot_be_read_any_more_gives_nothing(
    read: Load, registry: Registry, change: dict[str, object]
) -> None:
    config = read(GOOD)
    card = config.scorecards["default"]
    text = json.dumps({**json.loads(card.text), **change})
    assert recorded(text, card.hash, registry, config.extras) is None
