"""Decides about one row that is not an account, from what speaks for which customer. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .rivals import Found, RowRivals, add_rivals
from .verdict import MAP, NOBODY, NOTHING, OUTSIDE, REFERENCE, Verdict, choose, doubted, linked, no_customer


class Offer(NamedTuple):
    """One thing that speaks for a customer.

    Step −2 speaks against it, −1 is a person's word for it. Steps 0–3 are the row's own reference: the account it names, the contact it
    names, associated accounts, associated contacts; 4 is a rule, and 5 a key of the row that rivals give. `customer` is None where an
    account or contact is known and leads to none. For a reference, `rule` says of what kind it is.
    """

    step: int
    rule: str
    key: str
    is_primary: bool
    customer: str | None


AGAINST, PERSON, RULES, RIVALS = -2, -1, 4, 5
NO_RIVALS = RowRivals()


def decide(
    offers: Sequence[Offer], rules: Sequence[str], parents: Mapping[str, str], rivals: RowRivals = NO_RIVALS
) -> Verdict:
    """The verdict about a row: a person's word; else its own reference, whatever that leads to; else the first rule that finds a customer.

    Where a person denied all that was found, the row is nobody's, like one whose own account is no customer. What a rule finds is
    doubtful where it, or one before it, finds a rival as well.
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
    suspects: Found = {}
    is_suspect = any(offer.step == RIVALS for offer in speaking)
    for rule in rules:
        of_rule = [offer for offer in speaking if offer.rule == rule]
        if is_suspect:
            _suspect(suspects, of_rule, rivals)
        found = _customers(of_rule)
        if found:
            verdict = choose(rule, found, parents, denied)
            return _unless_denied(doubted(verdict, suspects, denied, rivals.is_kin))
    return NOTHING


def _suspect(suspects: Found, offers: Sequence[Offer], rivals: RowRivals) -> None:
    claimed = {offer.key for offer in offers if offer.step == RULES}
    for rule, key in sorted((offer.rule, offer.key) for offer in offers if offer.step == RIVALS):
        add_rivals(suspects, rule, key, rivals.by_key.get((rule, key), ()), claimed)


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
