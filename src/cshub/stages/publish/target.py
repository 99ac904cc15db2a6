"""Where scores go: an object of a CRM and its fields."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapped:
    """Where a standard field goes: `name` is the vendor's name for it.

    `keep_null` leaves the field alone when there is no value; `drift` says what to do when somebody else changed it: `overwrite`, `yield`
    (leave it) or `alert` (leave it and say so).
    """

    name: str
    keep_null: bool = False
    drift: str = "overwrite"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where scores go: object `target` of `connection`, and the standard fields it takes.

    `earlier` are the CRMs listed before this one: a customer they know is theirs. `clears_churned`: the fields of a churned customer are
    emptied once; otherwise they are left as they are.
    """

    connection: str
    target: str
    fields: Mapping[str, Mapped]
    earlier: tuple[str, ...] = ()
    clears_churned: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The vendor's names of the fields."""
        return tuple(field.name for field in self.fields.values())

    @property
    def scope(self) -> str:
        """Changes with the mapping, so that a field added to it is filled for everybody."""
        text = f"{self.target} {sorted(self.fields.items(), key=lambda item: item[0])} {self.earlier}"
        text += " clears churned" if self.clears_churned else ""
        return f"{self.connection}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"
