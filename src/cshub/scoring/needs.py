"""What a scorecard has to know of a customer: the metrics of its signals, those their shapes and ages need, those of its rules."""

from __future__ import annotations

from collections.abc import Iterator

from ..model import Group, Scorecard, Signal
from .shapes import second_metric


def signals_of(group: Group) -> Iterator[Signal]:
    """Every signal of a group and the groups below it."""
    yield from group.signals
    for inner in group.groups:
        yield from signals_of(inner)


def metrics_of(card: Scorecard) -> tuple[str, ...]:
    """The names of all metrics that a score of this card depends on, each once, those of signals first."""
    signals = list(signals_of(card.root))
    names = [signal.metric for signal in signals]
    names += [other for signal in signals for other in (second_metric(signal.shape), signal.age) if other is not None]
    names += [name for rule in card.adjust for name in rule.metrics]
    return tuple(dict.fromkeys(names))
