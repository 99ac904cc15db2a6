"""What each customer holds at both ends of a period, in the currency that is declared, and which parts of the portfolio it stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from ..config import PortfolioRules
from ..scoring.portfolio import Tally, tallied
from ..scoring.portfolio.book import Amount, Member
from ..scoring.rounding import exact
from ..store.portfolio import Holder, Paid, PortfolioFacts

#: Customers pay, answer and are covered in few different numbers: each is made exact once.
_exact = lru_cache(maxsize=100_000)(exact)
#: The part of customers that are in no other.
NO_GROUP = "(none)"
#: The names of a customer's segments; nothing for one that is in none.
Segments: TypeAlias = Callable[[str], Sequence[str]]


class Holdings:
    """Makes a member of each customer.

    `negative` are those whose revenue is below zero, `untold` those whose currency
    nobody tells, `converted` the currencies that were converted.
    """

    def __init__(self, facts: PortfolioFacts, rules: PortfolioRules, by: str | None, segments: Segments | None) -> None:
        self.rules = rules
        self._facts = facts
        self._by = by
        self._segments = segments
        self._labels = _labels(facts.owners)
        self.negative: set[str] = set()
        self.untold: set[str] = set()
        self.converted: set[str] = set()

    def members(self) -> list[Member]:
        """Every customer of either end, by id."""
        return [self._member(customer) for customer in sorted(self._facts.opening.keys() | self._facts.closing.keys())]

    def _member(self, customer: str) -> Member:
        before, after = self._facts.opening.get(customer), self._facts.closing.get(customer)
        first, last = self._amount(before), self._amount(after)
        standing = self._facts.standing.get(customer)
        answers = self._facts.answers.get(customer, {})
        return Member(
            customer=customer,
            was=before is not None and (first is None or first.value > 0),
            is_=after is not None and (last is None or last.value > 0),
            before=first,
            after=last,
            band=standing[0] if standing else None,
            coverage=_exact(standing[1]) if standing else None,
            answers={metric: _tally(metric, tuple(values.items())) for metric, values in answers.items()},
            brought=self._brought(after or before),
            groups=self._groups(customer, after or before),
        )

    def segments(self, customer: str) -> tuple[str, ...]:
        """The segments of a customer: those it is in, else what its account says."""
        found = tuple(self._segments(customer)) if self._segments else ()
        holder = self._facts.closing.get(customer) or self._facts.opening.get(customer)
        return found or self._field(holder, self.rules.segment)

    def _groups(self, customer: str, holder: Holder | None) -> tuple[str, ...]:
        if self._by == "segment":
            return self.segments(customer) or (NO_GROUP,)
        if self._by == "partner":
            return self._field(holder, self.rules.partner) or (NO_GROUP,)
        owner = holder.owner if holder else None
        return (self._labels.get(owner, owner),) if owner else (NO_GROUP,)

    def _field(self, holder: Holder | None, name: str | None) -> tuple[str, ...]:
        value = holder.values.get(name) if holder and name else None
        return () if value is None else (str(value),)

    def _amount(self, holder: Holder | None) -> Amount | None:
        mrr = holder.values["mrr"] if holder else None
        if holder is None or not isinstance(mrr, int | float):
            return None
        if mrr < 0:
            self.negative.add(holder.customer)
            return None
        currency = holder.values["currency"]
        if currency is None and self.rules.default_currency:
            self.untold.add(holder.customer)
        return self._in(_exact(mrr), None if currency is None else str(currency))

    def _in(self, value: Fraction, currency: str | None) -> Amount:
        """The amount in the declared currency where a rate is declared, else as it is."""
        code = currency.strip().upper() if currency else self.rules.default_currency
        rate = self.rules.rates.get(code) if code else None
        if rate is None or code is None:
            return Amount(value=value, currency=code)
        self.converted.add(code)
        return Amount(value=value * rate, currency=self.rules.currency)

    def _brought(self, holder: Holder | None) -> dict[str | None, Fraction]:
        found: dict[str | None, Fraction] = {}
        for one in self._facts.paid.get(holder.account, ()) if holder else ():
            amount = self._in(_over(one), one.currency)
            found[amount.currency] = found.get(amount.currency, Fraction(0)) + amount.value
        return found


def _over(one: Paid) -> Fraction:
    """What was paid in that time: the amount a month times milliseconds."""
    return _exact(one.mrr) * one.ms


@lru_cache(maxsize=100_000)
def _tally(metric: str, values: tuple[tuple[float, int], ...]) -> Tally:
    return tallied(metric, {_exact(value): count for value, count in values})


def _labels(owners: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    """What each owner is called; two persons of one name are told apart by their ids."""
    persons: dict[str, set[str]] = {}
    for person, name in owners.values():
        persons.setdefault(name, set()).add(person)
    return {
        owner: name if len(persons[name]) == 1 else f"{name} ({person})" for owner, (person, name) in owners.items()
    }
