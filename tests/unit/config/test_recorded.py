from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cshub.cli.tutorial import tutorial
from cshub.config import Config, load
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


def test_every_shipped_scorecard_is_read_back_with_what_it_asks_of_the_placement(tmp_path: Path) -> None:
    yaml = tutorial().replace("# onboarding: {milestone", "onboarding: {milestone", 1)
    yaml = yaml.replace("metrics:\n", "metrics:\n  age: {tenure: days}\n  ttv: time_to_value\n", 1)
    asked = "signals:\n      age: {weight: 5, bad: 0, good: 9}\n      ttv: {weight: 5, bad: 90, good: 0}\n"
    cap = '    adjust:\n      - {when: "urgent_open > 2", cap: 40, text: "three urgent tickets"}\n    min_coverage: 60%'
    yaml = yaml.replace("signals:\n", asked, 1).replace("    min_coverage: 60%", cap, 1)
    (tmp_path / "cshub.yaml").write_text(yaml, encoding="utf-8")
    config = load(tmp_path / "cshub.yaml", environ={"HUBSPOT_TOKEN": "pat"})
    assert set(config.scorecards) == {"default", "onboarding"}
    for card in config.scorecards.values():
        found = recorded(card.text, card.hash, config.registry, config.extras)
        assert found
        assert told(found.card) == told(card)
        assert [(rule.name, rule.cap) for rule in found.card.adjust] == [(rule.name, rule.cap) for rule in card.adjust]
        assert all(config.metrics[name] == metric for name, metric in found.metrics.items())
    assert config.scorecards["default"].adjust
