"""Decides about one row that is not an account, from what speaks for which customer. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .verdict import NOTHING, OUTSIDE, REFERENCE, Verdict, choose


class Offer(NamedTuple):
    """One thing that speaks for a customer.

    Steps 0–3 are the row's own reference: the account it names, the contact it names, associated accounts, associated contacts; 4 is a
    rule. `customer` is None where an account or contact is known and leads to none. For a reference, `rule` says of what kind it is.
    """

    step: int
    rule: str
    key: str
    is_primary: bool
    customer: str | None


RULES = 4


def decide(offers: Sequence[Offer], rules: Sequence[str], parents: Mapping[str, str]) -> Verdict:
    """The verdict about a row: its own reference if it has one, whatever that leads to; else the first rule that finds a customer."""
    if not offers:
        return NOTHING
    first = min(offer.step for offer in offers)
    if first < RULES:
        return _refer([offer for offer in offers if offer.step == first], parents)
    for rule in rules:
        found = _customers([offer for offer in offers if offer.rule == rule])
        if found:
            return choose(rule, found, parents)
    return NOTHING


def _refer(offers: Sequence[Offer], parents: Mapping[str, str]) -> Verdict:
    """The primary references decide alone where there are any."""
    decisive = [offer for offer in offers if offer.is_primary] or offers
    found = _customers(decisive, spoken=True)
    return choose(REFERENCE, found, parents) if found else OUTSIDE


def _customers(offers: Sequence[Offer], *, spoken: bool = False) -> dict[str, str]:
    """The customers offered, each with its first evidence in alphabetical order."""
    found: dict[str, str] = {}
    for offer in offers:
        if offer.customer is None:
            continue
        evidence = f"{offer.rule} {offer.key}" if spoken else offer.key
        found[offer.customer] = min(evidence, found.get(offer.customer, evidence))
    return found
