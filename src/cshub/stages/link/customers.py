"""The accounts at hand with what was known of them before, and what the new verdicts mean for the customers among them. Pure but for loading."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias, cast

from ...store.linking import LinkingPass
from .places import Account, Place
from .verdict import LISTED, NOTHING, Verdict, ancestry, current

Verdicts: TypeAlias = Mapping[Place, Verdict]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A customer as it was. `lives_on` is its account, or the one that was merged into."""

    id: str
    lives_on: Place
    parent: str | None
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """Accounts decided together: `before` has all of them, `accounts` those that live."""

    accounts: Mapping[Place, Account]
    names: Mapping[Place, str | None]
    before: Verdicts
    customers: tuple[Known, ...]

    @classmethod
    def load(cls, session: LinkingPass) -> Component:
        """What the pass has to decide."""
        names: dict[Place, str | None] = {}
        before: dict[Place, Verdict] = {}
        for record in session.component():
            place = cast(Place, record[:2])
            names[place] = cast("str | None", record[2])
            before[place] = current(record[3:])
        customers = tuple(
            Known(
                id=cast(str, id),
                lives_on=cast(Place, (connection, lives_on)),
                parent=cast("str | None", parent),
                is_active=state == "active",
            )
            for id, connection, lives_on, parent, state in session.component_customers()
        )
        return cls(accounts=_accounts(session), names=names, before=before, customers=customers)

    def homed(
        self, verdicts: Verdicts, parents: Mapping[str, str]
    ) -> Iterator[tuple[str, str, str, str | None, str | None]]:
        """The customers there are: id, connection, account, name, parent."""
        for place, verdict in verdicts.items():
            if verdict.rule == LISTED and verdict.customer is not None:
                yield verdict.customer, *place, self.names.get(place), parents.get(verdict.customer)

    def stirred(self, verdicts: Verdicts, parents: Mapping[str, str]) -> Iterator[Place]:
        """Accounts that lead to another customer than before, or to one whose family is another."""
        above = {known.id: known.parent for known in self.customers if known.is_active and known.parent is not None}
        for place, before in self.before.items():
            after = verdicts.get(place, NOTHING)
            if _line(before.customer, above) != _line(after.customer, parents):
                yield place


def successions(component: Component, verdicts: Verdicts) -> list[tuple[Known, str | None]]:
    """Customers that are none any more, each with the customer its account belongs to now, or None when it left the list."""
    still = {verdict.customer for verdict in verdicts.values() if verdict.rule == LISTED}
    return [
        (known, verdicts.get(known.lives_on, NOTHING).customer)
        for known in component.customers
        if known.id not in still
    ]


def _line(customer: str | None, parents: Mapping[str, str]) -> tuple[str, ...]:
    return () if customer is None else ancestry(customer, parents)


def _accounts(session: LinkingPass) -> dict[Place, Account]:
    keys: dict[Place, dict[str, set[str]]] = {}
    for connection, id, rule, key in cast("Iterator[tuple[str, str, str, str]]", session.component_keys()):
        keys.setdefault((connection, id), {}).setdefault(rule, set()).add(key)
    return {
        place: Account(place=place, keys={rule: frozenset(found) for rule, found in by_rule.items()})
        for place, by_rule in keys.items()
    }
