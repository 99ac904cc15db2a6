"""Decides about one row that is not an account, from what speaks for which customer. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .verdict import MAP, NOBODY, NOTHING, OUTSIDE, REFERENCE, Verdict, choose, linked, no_customer


class Offer(NamedTuple):
    """One thing that speaks for a customer.

    Step −2 speaks against it, −1 is a person's word for it. Steps 0–3 are the row's own reference: the account it names, the contact it
    names, associated accounts, associated contacts; 4 is a rule. `customer` is None where an account or contact is known and leads to
    none. For a reference, `rule` says of what kind it is.
    """

    step: int
    rule: str
    key: str
    is_primary: bool
    customer: str | None


AGAINST, PERSON, RULES = -2, -1, 4


def decide(offers: Sequence[Offer], rules: Sequence[str], parents: Mapping[str, str]) -> Verdict:
    """The verdict about a row: a person's word; else its own reference, whatever that leads to; else the first rule that finds a customer.

    Where a person denied all that was found, the row is nobody's, like one whose own account is no customer.
    """
    denied = frozenset(offer.customer or offer.key for offer in offers if offer.step == AGAINST)
    speaking = [offer for offer in offers if offer.step != AGAINST]
    if not speaking:
        return NOTHING
    first = min(offer.step for offer in speaking)
    if first == PERSON:
        return _obey(speaking[0])
    if first < RULES:
        return _refer([offer for offer in speaking if offer.step == first], parents, denied)
    for rule in rules:
        found = _customers([offer for offer in speaking if offer.rule == rule])
        if found:
            return _unless_denied(choose(rule, found, parents, denied))
    return NOTHING


def _obey(offer: Offer) -> Verdict:
    if offer.rule == NOBODY:
        return OUTSIDE
    return no_customer(offer.key) if offer.customer is None else linked(offer.customer, MAP, offer.key)


def _refer(offers: Sequence[Offer], parents: Mapping[str, str], denied: frozenset[str]) -> Verdict:
    """The primary references decide alone where there are any."""
    decisive = [offer for offer in offers if offer.is_primary] or offers
    found = _customers(decisive, spoken=True)
    return _unless_denied(choose(REFERENCE, found, parents, denied)) if found else OUTSIDE


def _unless_denied(verdict: Verdict) -> Verdict:
    return OUTSIDE if verdict == NOTHING else verdict


def _customers(offers: Sequence[Offer], *, spoken: bool = False) -> dict[str, str]:
    """The customers offered, each with its first evidence in alphabetical order."""
    found: dict[str, str] = {}
    for offer in offers:
        if offer.customer is None:
            continue
        evidence = f"{offer.rule} {offer.key}" if spoken else offer.key
        found[offer.customer] = min(evidence, found.get(offer.customer, evidence))
    return found
