"""Rules over the values of a customer's metrics: what a trigger and a scorecard's own changes are conditional on."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from ..expr import ExprError, Expression, parse
from ..model import Type
from .draft import Draft
from .metrics import Metrics
from .nodes import Step, Value

#: What a function metric may turn out to give, tried in this order.
_GUESSES = (Type.NUMBER, Type.TEXT, Type.FLAG)
_MOST_GUESSES = 4


def read_when(
    draft: Draft,
    node: Value,
    steps: tuple[Step, ...],
    metrics: Metrics,
    names: Mapping[str, Type],
    values: Mapping[str, tuple[str, ...]],
    *,
    timely: bool = False,
) -> Expression | None:
    """The checked rule over the metrics and `names`; None with its mistake noted.

    What a function metric gives is only known when it runs, so any type that makes sense is right.
    """
    open_names = [name for name in metrics.named if metrics.types.get(name) is None and name in node.text]
    known = {**{name: type for name, type in metrics.types.items() if type}, **names}
    first: ExprError | None = None
    for guess in product(_GUESSES, repeat=min(len(open_names), _MOST_GUESSES)):
        guessed = dict.fromkeys(open_names, Type.NUMBER) | dict(zip(open_names, guess, strict=False))
        try:
            return parse(node.text, names={**guessed, **known}, values=values, timely=timely)
        except ExprError as error:
            first = first or error
    if first is not None:
        draft.wrong_rule(first, node, steps)
    return None
