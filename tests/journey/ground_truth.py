"""How right linking was, against what is known of every record: precision, recall, by which rule, and what a person has to look at.

Give it the truth about records of any vendors, `(connection, kind, vendor id) → customer or None`, and a store where `link` has run.
A customer may be named by any of its ids; records the store has under a survivor's id (a vendor's merge) are to be named by that one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, cast

from cshub.model import LINKED_KINDS
from cshub.store import Store

#: Connection, kind, vendor id.
RecordKey: TypeAlias = tuple[str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A record linked to somebody it does not belong to; `truth` is None where it belongs to nobody."""

    record: RecordKey
    linked_to: str
    truth: str | None
    rule: str
    evidence: str | None


@dataclass(slots=True, kw_only=True)
class Verdicts:
    """The comparison. `above` are records linked to a customer above the true one, as ties inside a family are."""

    right: int = 0
    above: int = 0
    rightly_unlinked: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    missed: list[RecordKey] = field(default_factory=list)
    review: list[RecordKey] = field(default_factory=list)
    unknown: list[RecordKey] = field(default_factory=list)
    by_rule: Counter[str] = field(default_factory=Counter)

    @property
    def precision(self) -> float:
        """Of the records linked, the share that is linked to their customer, or to one above it."""
        linked = self.right + self.above + len(self.wrong)
        return (self.right + self.above) / linked if linked else 1.0

    @property
    def recall(self) -> float:
        """Of the records that belong to a customer, the share that is linked to it, or to one above it."""
        mislaid = sum(one.truth is not None for one in self.wrong)
        owned = self.right + self.above + mislaid + len(self.missed)
        return (self.right + self.above) / owned if owned else 1.0

    def share_by_rule(self) -> dict[str, float]:
        """Of the records linked, the share of each rule."""
        linked = sum(self.by_rule.values())
        return {rule: count / linked for rule, count in self.by_rule.most_common()}


def compare(store: Store, truth: Mapping[RecordKey, str | None]) -> Verdicts:
    """Hold what linking decided against the truth. Records of the store that the truth does not name are `unknown`."""
    with store.db.read() as reader:
        links = {
            record[:3]: record[3:]
            for record in reader.all("select connection, kind, id, customer, rule, evidence from link")
        }
        waiting = set(reader.all("select connection, kind, id from review"))
        aliases = dict(cast("list[tuple[str, str]]", reader.all("select alias, customer from alias")))
        parents = dict(cast("list[tuple[str, str | None]]", reader.all("select id, parent from customer")))
        stored = {
            (connection, kind, id)
            for kind in LINKED_KINDS
            for connection, id in reader.all(f"select connection, id from {kind} where deleted = 0")
        }
    found = Verdicts(unknown=sorted(cast("set[RecordKey]", stored - truth.keys())))
    for record, owner in sorted(truth.items()):
        wanted = aliases.get(owner, owner) if owner is not None else None
        link = cast("tuple[str, str, str | None] | None", links.get(record))
        if record in waiting:
            found.review.append(record)
        if link is None:
            _unlinked(found, record, wanted)
        else:
            _linked(found, record, wanted, link, parents)
    return found


def _unlinked(found: Verdicts, record: RecordKey, wanted: str | None) -> None:
    if wanted is None:
        found.rightly_unlinked += 1
    else:
        found.missed.append(record)


def _linked(
    found: Verdicts,
    record: RecordKey,
    wanted: str | None,
    link: tuple[str, str, str | None],
    parents: Mapping[str, str | None],
) -> None:
    customer, rule, evidence = link
    found.by_rule[rule] += 1
    if customer == wanted:
        found.right += 1
    elif wanted is not None and _is_above(customer, wanted, parents):
        found.above += 1
    else:
        found.wrong.append(Wrong(record=record, linked_to=customer, truth=wanted, rule=rule, evidence=evidence))


def _is_above(customer: str, below: str, parents: Mapping[str, str | None]) -> bool:
    seen: set[str] = set()
    at: str | None = below
    while at is not None and at not in seen:
        seen.add(at)
        at = parents.get(at)
        if at == customer:
            return True
    return False
