"""Who is a customer and what belongs to whom, as linking left it. Linking itself is `linking.py` and the stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from rapidfuzz import fuzz

from ..model import LINKED_KINDS
from .database import Cell, Database, Reader, Record
from .statements import statements
from .values import from_json, from_ms, to_ms

SQL = statements("links")


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRow:
    """A row of a customer, with the rule that says so and what the rule saw. `name` is that of an account or contact."""

    kind: str
    connection: str
    id: str
    name: str | None
    rule: str
    evidence: str | None
    linked_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A customer a row may belong to. `likeness` of the two names is 0–100, None when one has none."""

    customer: str
    name: str | None
    likeness: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """An account that is no customer and that a row may belong to all the same. `likeness` is as for a candidate."""

    account: str
    name: str | None
    likeness: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A row that more than one could claim, or that claims one together with others; a person decides.

    `candidates` (customers) and `rivals` come most alike first; `suggestion` is the customer whose name is clearly the most alike,
    if one is. `reason` names rivals by their names of today.
    """

    kind: str
    connection: str
    id: str
    name: str | None
    rule: str
    key: str | None
    reason: str
    opened_at: datetime
    candidates: tuple[Candidate, ...]
    rivals: tuple[Rival, ...] = ()
    is_ambiguous: bool = False

    @property
    def record(self) -> str:
        """The record as people name it: `connection:id`, after its kind where another kind of rows has that id too."""
        return f"{self.kind} {self.connection}:{self.id}" if self.is_ambiguous else f"{self.connection}:{self.id}"

    @property
    def suggestion(self) -> str | None:
        """The customer to accept, or None where the names do not tell."""
        best = self.candidates[0] if self.candidates else None
        likeness = (best.likeness or 0.0) if best else 0.0
        others = [*(one.likeness for one in self.candidates[1:]), *(one.likeness for one in self.rivals)]
        is_clear = likeness >= 80 and all(likeness - (other or 0.0) >= 10 for other in others)
        return best.customer if best and is_clear else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRef:
    """A living row found by what somebody typed, with its link if it has one."""

    kind: str
    connection: str
    id: str
    customer: str | None
    rule: str | None

    @property
    def key(self) -> str:
        """`connection:kind:id`, as the file of decisions names it."""
        return f"{self.connection}:{self.kind}:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkCount:
    """How many living rows of a kind are linked, in review or unlinked, by rule (None for unlinked)."""

    kind: str
    state: str
    rule: str | None
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRef:
    """A customer found by what somebody typed; `found_by` says by what. `state` is active or left."""

    id: str
    name: str | None
    state: str
    found_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer, at home in one account. `parent` is the customer above it."""

    id: str
    connection: str
    account_id: str
    name: str | None
    parent: str | None
    state: str


class Links:
    """Reads links, reviews and customers."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def completed_streams(self, reader: Reader) -> frozenset[tuple[str, str]]:
        """Streams of accounts (connection, stream) that were read to the end at least once."""
        return frozenset(cast("list[tuple[str, str]]", reader.all(SQL["completed_streams"])))

    def touched(self, reader: Reader, since: int) -> list[str]:
        """Active customers that got, lost or changed a row, or changed themselves, after sequence `since`, sorted."""
        return [cast(str, record[0]) for record in reader.all(SQL["touched"], {"since": since})]

    def customers(self) -> list[Customer]:
        """All customers, those that left included, by id."""
        with self._db.read() as reader:
            return [_customer(record) for record in reader.all(SQL["customers"])]

    def identity(self, customer: str) -> list[LinkedRow]:
        """Every row of a customer, accounts first."""
        with self._db.read() as reader:
            return [_linked_row(record) for record in reader.all(SQL["identity"], {"customer": customer})]

    def aliases(self, customer: str) -> list[str]:
        """The ids a customer was known by earlier, and those of customers that became part of it."""
        with self._db.read() as reader:
            return [cast(str, record[0]) for record in reader.all(SQL["aliases"], {"customer": customer})]

    def reviews(self) -> list[Review]:
        """Every row that waits for a person, by kind, connection and id."""
        with self._db.read() as reader:
            names = {cast(str, id): cast("str | None", name) for id, name in reader.all(SQL["review_names"])}
            rivals = {cast(str, id): cast("str | None", name) for id, name in reader.all(SQL["review_rivals"])}
            alike = set(reader.all(SQL["reviews_alike"]))
            return [_review(record, names, rivals, alike) for record in reader.all(SQL["reviews"])]

    def find_record(self, connection: str, id: str, kind: str | None = None) -> list[RecordRef]:
        """The living rows of that id, one for each kind of rows that has it."""
        wanted: dict[str, Cell] = {"connection": connection, "id": id}
        with self._db.read() as reader:
            found = [
                record
                for one in LINKED_KINDS
                if kind in (None, one)
                for record in reader.all(SQL.fill("record", kind=one), wanted)
            ]
        return [
            RecordRef(
                kind=cast(str, one),
                connection=connection,
                id=id,
                customer=cast("str | None", customer),
                rule=cast("str | None", rule),
            )
            for one, customer, rule in found
        ]

    def counts(self) -> list[LinkCount]:
        """How far linking came, by kind, state and rule."""
        with self._db.read() as reader:
            return [
                LinkCount(
                    kind=cast(str, kind), state=cast(str, state), rule=cast("str | None", rule), rows=cast(int, rows)
                )
                for kind, state, rule, rows in reader.all(SQL["counts"])
                if rows
            ]

    def find_customer(self, text: str) -> list[CustomerRef]:
        """The customers a person may mean: by id or earlier id, else by vendor id, external id, domain or name, else by part of the name.

        Several mean that the text is ambiguous; each customer comes once.
        """
        wanted = {"text": text.strip()}
        with self._db.read() as reader:
            for statement in (SQL["customer_by_id"], SQL["customers_by_fact"], SQL["customers_by_part"]):
                if found := reader.all(statement, wanted):
                    return list({cast(str, record[0]): _customer_ref(record) for record in reversed(found)}.values())[
                        ::-1
                    ]
        return []

    def name_at(self, customer: str, at: datetime) -> str | None:
        """What a customer was called at an instant, as far as was known then; None when it was unknown or had no name."""
        with self._db.read() as reader:
            found = reader.one(SQL["name_at"], {"customer": customer, "at": to_ms(at)})
        return cast("str | None", found[0]) if found else None


def _customer(record: Record) -> Customer:
    id, connection, account_id, name, parent, state = cast("tuple[str, ...]", record)
    return Customer(id=id, connection=connection, account_id=account_id, name=name, parent=parent, state=state)


def _customer_ref(record: Record) -> CustomerRef:
    id, name, state, found_by = cast("tuple[str, ...]", record)
    return CustomerRef(id=id, name=name, state=state, found_by=found_by)


def _linked_row(record: Record) -> LinkedRow:
    kind, connection, id, name, rule, evidence = cast("tuple[str, ...]", record[:6])
    linked_at = from_ms(cast(int, record[6]))
    return LinkedRow(
        kind=kind, connection=connection, id=id, name=name, rule=rule, evidence=evidence, linked_at=linked_at
    )


def _review(
    record: Record, names: Mapping[str, str | None], rivals: Mapping[str, str | None], alike: set[Record]
) -> Review:
    kind, connection, id, name, rule, key, reason = cast("tuple[str, ...]", record[:7])
    ids = _texts(record[8])
    candidates = [
        Candidate(customer=one, name=names.get(one), likeness=_likeness(name, names.get(one)))
        for one in ids
        if one not in rivals
    ]
    against = [
        Rival(account=one, name=rivals[one], likeness=_likeness(name, rivals[one])) for one in ids if one in rivals
    ]
    return Review(
        kind=kind,
        connection=connection,
        id=id,
        name=name,
        rule=rule,
        key=key,
        reason=_with_names(reason, against),
        opened_at=from_ms(cast(int, record[7])),
        candidates=tuple(sorted(candidates, key=lambda one: (-(one.likeness or 0.0), one.customer))),
        rivals=tuple(sorted(against, key=lambda one: (-(one.likeness or 0.0), one.account))),
        is_ambiguous=(kind, connection, id) in alike,
    )


def _likeness(one: str | None, other: str | None) -> float | None:
    return fuzz.WRatio(one.casefold(), other.casefold()) if one and other else None


def _with_names(reason: str, rivals: Sequence[Rival]) -> str:
    """The reason with the names of rivals before their ids; linking keeps ids alone, which do not change."""
    named = {one.account: f"{one.name} ({one.account})" for one in rivals if one.name}
    return " ".join(
        word if word.rstrip(",") not in named else word.replace(word.rstrip(","), named[word.rstrip(",")])
        for word in reason.split(" ")
    )


def _texts(cell: object) -> list[str]:
    return cast("list[str]", from_json(cast(str, cell)))
