"""Accounts of the listed connections that are no customers: where one fits a record as well as a customer does, linking does not guess. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from .places import Account, Place, name_of, place_of

#: Rivals (`connection:id`) with the rule and the key that found each.
Found: TypeAlias = dict[str, tuple[str, str]]


def add_rivals(found: Found, rule: str, key: str, rivals: Iterable[str], claimed: Collection[str]) -> None:
    """Note the rivals that give a key. `claimed` are the keys of the rule that customers give.

    An account's own name is no doubt where a customer holds it in a field: that says which account of the other CRM is the customer's.
    """
    for rival in rivals:
        if not (rival == key and key in claimed):
            found.setdefault(rival, (rule, key))


@dataclass(frozen=True, slots=True, kw_only=True)
class RowRivals:
    """Rivals of rows: who gives a key (by rule and key), and who is of one family with which customer."""

    by_key: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    kin: Collection[tuple[str, str]] = frozenset()

    def is_kin(self, rival: str, customer: str) -> bool:
        """True when one of the customer's accounts is above the rival or below it."""
        return (rival, customer) in self.kin


class AccountRivals:
    """Rivals among the accounts decided together. `customer_of` says whose an account is so far."""

    def __init__(self, accounts: Mapping[Place, Account], customer_of: Callable[[Account], str | None]) -> None:
        self._accounts = accounts
        self._customer_of = customer_of
        self._givers: dict[tuple[str, str], list[Place]] = {}
        self._children: dict[Place, list[Place]] = {}
        self._lines: dict[str, tuple[Place, ...]] = {}
        for place in sorted(accounts):
            account = accounts[place]
            if account.parent is not None:
                self._children.setdefault(account.parent, []).append(place)
            if account.is_unlisted:
                for rule, keys in account.keys.items():
                    for key in keys:
                        self._givers.setdefault((rule, key), []).append(place)

    def giving(self, rule: str, key: str, is_rival: Callable[[Account], bool]) -> Iterator[str]:
        """The rivals that give a key; of a key that is an account's own name, no other account is a rival."""
        givers = self._givers.get((rule, key), ())
        owner = self._accounts.get(place_of(key)) if givers else None
        is_name = owner is not None and key in owner.keys.get(rule, ())
        for place in givers:
            if is_rival(self._accounts[place]) and not (is_name and name_of(place) != key):
                yield name_of(place)

    def is_kin(self, rival: str, customer: str, claimant: Place) -> bool:
        """True when an account of the customer, or the one that claims to be, is above the rival or below it."""
        if rival not in self._lines:
            self._lines[rival] = tuple(self._line(place_of(rival)))
        line = (self._accounts.get(place) for place in self._lines[rival])
        return any(one and (one.place == claimant or self._customer_of(one) == customer) for one in line)

    def _line(self, place: Place) -> set[Place]:
        above, below = {place}, {place}
        at = self._accounts.get(place)
        while at is not None and at.parent is not None and at.parent not in above:
            above.add(at.parent)
            at = self._accounts.get(at.parent)
        waiting = [place]
        while waiting:
            fresh = [child for child in self._children.get(waiting.pop(), ()) if child not in below]
            below.update(fresh)
            waiting += fresh
        return above | below
