"""The second pass: customers with others below them get their score from those, the lowest in the hierarchy first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from ...config import Rollup
from ...model import Reading, Scorecard, Scored
from ...scoring.adjust import finish
from ...scoring.rollup import Input, Scale, rolled, rollup
from ...scoring.rounding import to_micro
from ...store import Store
from ...store.scores import Child
from .beside import CURRENCY
from .readings import Due


class Waiting(NamedTuple):
    """A customer with others below it, scored by itself with a scorecard, until those have their scores."""

    due: Due
    scored: Scored
    scorecard: str
    again: bool


def levels(waiting: Sequence[Waiting], parents: Mapping[str, str]) -> Iterator[list[Waiting]]:
    """Those that wait, in groups: each comes after all of its own that are below it. `parents` are those of the customers that wait."""
    left = {one.due.customer: one for one in waiting}
    while left:
        above = {parents[customer] for customer in left if customer in parents}
        ready = sorted(left.keys() - above) or sorted(left)  # a circle has no lowest one
        yield [left.pop(customer) for customer in ready]


def roll_up(card: Scorecard, rule: Rollup, one: Waiting, children: Sequence[Child]) -> Scored:
    """The customer's score from its own and those of its children that have not churned."""
    scale = Scale(low=to_micro(card.low), high=to_micro(card.high), above=to_micro(rule.above))
    currency = one.due.own.get(CURRENCY)
    own = Input(
        customer=one.due.customer,
        name="its own score",
        micro=one.scored.micro,
        mrr=_money(rule, one.due.readings),
        currency=str(currency.value) if currency is not None and currency.value is not None else None,
    )
    inputs = [
        Input(
            customer=child.customer,
            name=child.name or child.customer,
            micro=child.micro,
            mrr=_money(rule, child.readings),
            currency=child.currency,
        )
        for child in children
        if not child.is_frozen
    ]
    return finish(card, rolled(one.scored, rollup(own, inputs, by=rule.by, parent=rule.parent, scale=scale)))


def children_of(store: Store, rule: Rollup, group: Sequence[Waiting]) -> dict[str, list[Child]]:
    """The customers below each, with their scores of now."""
    found: dict[str, list[Child]] = {}
    customers = [one.due.customer for one in group]
    with store.db.read() as reader:
        for parent, child in store.scores.children(reader, customers, readings=rule.mrr is not None):
            found.setdefault(parent, []).append(child)
    return found


def _money(rule: Rollup, readings: Mapping[str, Reading]) -> float | None:
    reading = readings.get(rule.mrr) if rule.mrr is not None else None
    value = None if reading is None else reading.value
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
