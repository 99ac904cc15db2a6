"""Which account of a customer gives a field: connections in order, and within one the account the customer is at home in first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..model import Priority, priority_of
from .dialect import Dialect, Fragment
from .sql import filled

#: True for the account a customer is at home in: its name is the customer's id.
HOME = "f.customer = f.connection || ':' || f.id"


@dataclass(frozen=True, slots=True)
class Sources:
    """The connections in order, and what is declared otherwise by field.

    `several` says that customers may have several accounts of one connection; looking for that costs half as much again.
    """

    connections: Sequence[str]
    fields: Mapping[str, Priority]
    several: bool = False

    @property
    def homes(self) -> Sequence[Sequence[Fragment]]:
        """Conditions tried for each connection: the home first, then (of all accounts) the least value."""
        return ((Fragment(HOME),), ()) if self.several else ((),)

    def of(self, name: str) -> tuple[str, Priority]:
        """The field that chooses the account for a field, and the priority."""
        return priority_of(name, self.fields, self.connections)

    def among(self, priority: Priority, dialect: Dialect) -> Fragment:
        """The condition that an account is of one of the connections that count."""
        if not priority.connections:
            return Fragment("FALSE")
        marks = ", ".join([dialect.placeholder] * len(priority.connections))
        return Fragment(f"f.connection IN ({marks})", priority.connections)

    def order(self, priority: Priority, value: Fragment, dialect: Dialect) -> Fragment:
        """The order of accounts, the one that gives the value first."""
        cases = " ".join(f"WHEN {dialect.placeholder} THEN {rank}" for rank in range(len(priority.connections)))
        rank = Fragment(f"CASE f.connection {cases} END" if cases else "NULL", priority.connections)
        newest = "COALESCE(f.changed_at, f.observed_at) DESC, " if priority.is_newest else ""
        return filled(f"{newest}{{}}, ({HOME}) DESC, {{}}, f.id", [rank, value])
