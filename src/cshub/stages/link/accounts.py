"""Decides about accounts: which are customers, which attach to one, which need a person. Pure, and blind to the order they came in.

The connections of the customer list take turns in their order, so that an account only ever attaches to customers known before its own
connection's turn; then those a person mapped; then accounts of connections outside the list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from .places import Account, Place, name_of, place_of
from .rivals import AccountRivals, Found, add_rivals
from .verdict import DENIED, LISTED, MAP, NOTHING, Verdict, ancestry, choose, doubted, linked, no_customer, review


@dataclass(slots=True)
class Roster:
    """The state of deciding: verdicts so far, who gives which key, who has an account of which connection already.

    `survivors` says which account an id lives on in that was merged away; `mapped` are the accounts people attach.
    """

    accounts: Mapping[Place, Account]
    rules: Sequence[str]
    survivors: Mapping[Place, Place]
    mapped: Sequence[Account]
    verdicts: dict[Place, Verdict] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    _givers: dict[tuple[str, str], dict[str, None]] = field(default_factory=dict)
    _taken: set[tuple[str, str]] = field(default_factory=set)
    _rivals: AccountRivals = field(init=False)

    def __post_init__(self) -> None:
        self._rivals = AccountRivals(self.accounts, self._customer_so_far)

    def settle(self, accounts: Iterable[Account]) -> None:
        """Let these give their keys from now on, and know the families among all customers so far."""
        for account in accounts:
            customer = self.verdicts.get(account.place, NOTHING).customer
            if customer is None or not account.listed:
                continue
            for rule in self.rules:
                for key in account.keys.get(rule, ()):
                    self._givers.setdefault((rule, key), {})[customer] = None
        self.parents = families(self.accounts, self.verdicts)

    def attach(self, accounts: Sequence[Account]) -> list[Account]:
        """Try the rules in order on accounts of one connection; those that belong with no other come back."""
        silent, alone = list(accounts), list[Account]()
        suspects: dict[Place, Found] = {account.place: {} for account in accounts}
        self._take_mapped({account.place[0] for account in accounts})
        for rule in self.rules:
            if rule != MAP:
                silent = self._try(rule, silent, alone, suspects)
        return [*silent, *alone]

    def customer_of(self, place: Place) -> str | None:
        """The customer an account leads to so far, over merges."""
        return self.verdicts.get(self.survivors.get(place, place), NOTHING).customer

    def _try(
        self, rule: str, accounts: Iterable[Account], alone: list[Account], suspects: Mapping[Place, Found]
    ) -> list[Account]:
        """The accounts the rule finds nothing for; those for which a person denied all it finds are put to `alone`.

        `suspects` gathers the rivals of each account, as far as the rules were tried.
        """
        silent: list[Account] = []
        claims: dict[str, list[tuple[Account, Verdict]]] = {}
        for account in accounts:
            found = self._found(rule, account)
            self._suspect(rule, account, suspects[account.place])
            if not found:
                silent.append(account)
                continue
            verdict = self._choose(rule, account, found, suspects[account.place])
            if verdict == NOTHING:
                alone.append(account)
            elif verdict.customer is None:
                self.verdicts[account.place] = verdict
            else:
                claims.setdefault(verdict.customer, []).append((account, verdict))
        for customer, claimants in claims.items():
            self._grant(rule, customer, claimants)
        return silent

    def _found(self, rule: str, account: Account) -> dict[str, str]:
        found: dict[str, str] = {}
        for key in sorted(account.keys.get(rule, ())):
            for customer in self._givers.get((rule, key), ()):
                found.setdefault(customer, key)
        return found

    def _choose(self, rule: str, account: Account, found: Mapping[str, str], rivals: Found) -> Verdict:
        denied = self._denied(account)
        verdict = choose(rule, found, self.parents, denied)
        return doubted(verdict, rivals, denied, partial(self._rivals.is_kin, claimant=account.place))

    def _suspect(self, rule: str, account: Account, rivals: Found) -> None:
        keys = account.keys.get(rule, frozenset())
        claimed = {key for key in keys if (rule, key) in self._givers}
        for key in sorted(keys):
            add_rivals(rivals, rule, key, self._rivals.giving(rule, key, self._is_rival), claimed)

    def _is_rival(self, account: Account) -> bool:
        """True for an account outside the list, unless a person put it with a customer, or with one that may yet become one."""
        if account.mapped_to is None:
            return True
        if account.place in self.verdicts:
            return self.verdicts[account.place].customer is None
        end = self.accounts.get(_led_to(self, account))
        return end is None or not end.listed

    def _customer_so_far(self, account: Account) -> str | None:
        mapped = account.mapped_to is not None and account.place not in self.verdicts
        return self.customer_of(_led_to(self, account) if mapped else account.place)

    def _denied(self, account: Account) -> set[str]:
        """What a person said the account does not belong to: accounts, also where they live on, and the customers they belong to."""
        places = [place_of(name) for name in account.keys.get(DENIED, frozenset())]
        names = {name_of(one) for place in places for one in (place, self.survivors.get(place, place))}
        return {*names, *filter(None, map(self.customer_of, places))}

    def _take_mapped(self, connections: Collection[str]) -> None:
        """Accounts of these connections that people attached to a customer known so far take their places there."""
        for one in self.mapped:
            customer = self.customer_of(_led_to(self, one)) if one.place[0] in connections else None
            if customer is not None:
                self._taken.add((one.place[0], customer))

    def _grant(self, rule: str, customer: str, claimants: Sequence[tuple[Account, Verdict]]) -> None:
        """One account per connection and customer: a second, or two at once, are for a person."""
        connection = claimants[0][0].place[0]
        if (connection, customer) in self._taken:
            reason = f"{customer} has an account of {connection} already"
        elif len(claimants) > 1:
            reason = f"{len(claimants)} accounts of {connection} match {customer} by {rule}"
        else:
            self.verdicts[claimants[0][0].place] = claimants[0][1]
            self._taken.add((connection, customer))
            return
        for account, verdict in claimants:
            self.verdicts[account.place] = review(rule, verdict.evidence or "", [customer], reason)


def decide(
    accounts: Mapping[Place, Account],
    rules: Sequence[str],
    order: Sequence[str],
    survivors: Mapping[Place, Place] | None = None,
) -> tuple[dict[Place, Verdict], dict[str, str]]:
    """The verdict about each account, and the customer above each customer that has one.

    `accounts` must hold whole components: every account that shares a key or a family with one of them. `survivors` says which
    account an id lives on in that was merged away.
    """
    ordered = [accounts[place] for place in sorted(accounts) if not accounts[place].is_nobodys]
    mapped = [account for account in ordered if account.mapped_to is not None]
    roster = Roster(accounts, rules, survivors or {}, mapped)
    turns: dict[str, list[Account]] = {}
    for account in ordered:
        if account.mapped_to is None:
            turns.setdefault(account.place[0], []).append(account)
    for connection in order:
        own = [account for account in turns.pop(connection, ()) if account.listed]
        for account in roster.attach(own):
            roster.verdicts[account.place] = linked(name_of(account.place), LISTED, "on the customer list")
        roster.settle(own)
    follow_people(roster, mapped)
    roster.settle(mapped)
    for connection in sorted(turns.keys() - set(order)):
        roster.attach(turns[connection])
    return roster.verdicts, roster.parents


def follow_people(roster: Roster, mapped: Iterable[Account]) -> None:
    """Attach what a person mapped to the customer that the account named belongs to."""
    found = {account.place: roster.customer_of(_led_to(roster, account)) for account in mapped}
    for account in mapped:
        target, customer = name_of(account.mapped_to or account.place), found[account.place]
        roster.verdicts[account.place] = no_customer(target) if customer is None else linked(customer, MAP, target)


def _led_to(roster: Roster, account: Account) -> Place:
    """The account at the end of the way that people mapped; in a circle, one that leads nowhere."""
    seen, place = {account.place}, account.place
    while (one := roster.accounts.get(place)) is not None and one.mapped_to is not None:
        place = roster.survivors.get(one.mapped_to, one.mapped_to)
        if place in seen:
            break
        seen.add(place)
    return place


def families(accounts: Mapping[Place, Account], verdicts: Mapping[Place, Verdict]) -> dict[str, str]:
    """The customer above each customer: that of the nearest account above its own. Families in a circle are none."""
    above: dict[str, str] = {}
    for place, verdict in verdicts.items():
        if verdict.rule == LISTED and verdict.customer is not None:
            parent = _nearest(place, verdict.customer, accounts, verdicts)
            if parent is not None:
                above[verdict.customer] = parent
    return {customer: parent for customer, parent in above.items() if not _circles(customer, above)}


def _nearest(
    place: Place, customer: str, accounts: Mapping[Place, Account], verdicts: Mapping[Place, Verdict]
) -> str | None:
    seen: Collection[Place] = {place}
    account = accounts.get(place)
    while account is not None and (parent := account.parent) is not None and parent not in seen:
        seen = {*seen, parent}
        found = verdicts.get(parent, NOTHING).customer
        if found is not None and found != customer:
            return found
        account = accounts.get(parent)
    return None


def _circles(customer: str, above: Mapping[str, str]) -> bool:
    """True when the way up from a customer leads back to it."""
    top = ancestry(customer, above)[-1]
    return top in above and above[top] == customer
