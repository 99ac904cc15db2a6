"""All customers at two instants, set by set: what they paid, who looks after them, what they answered, how they stood. Reads only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import NamedTuple, TypeAlias, cast

import orjson

from ..model import ACCOUNT, Priority, priority_of
from .database import Cell, Database, Reader, Record
from .statements import statements
from .unified import Stored, ranked_for
from .values import from_ms, from_ms_or_none, to_day, to_ms

SQL = statements("portfolio")
#: What every portfolio is about, whatever else is asked for.
MONEY = ("mrr", "currency", "owner")
_KEY = ("connection", "id", "changed_at", "observed_at")

#: A customer, a band or None, and what share of the weight had data, with the scorecard.
Standing: TypeAlias = "tuple[str | None, float, str]"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioQuestion:
    """`fields` are fields of the account wanted besides the money; `connections` and `declared` choose the account that gives each."""

    at: datetime
    since: datetime
    answered_after: datetime
    fields: tuple[str, ...]
    connections: tuple[str, ...]
    declared: Mapping[str, Priority]


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """A customer at an instant: its fields, the account that gave the revenue (else its first), and its owner as `connection:id`."""

    customer: str
    account: str
    values: Mapping[str, Cell]
    owner: str | None


class Paid(NamedTuple):
    """So much a month for so long."""

    mrr: float
    currency: str | None
    ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioFacts:
    """Everything by customer, except `paid` and `lost_at`, which are by account (`connection:id`), and `owners` by owner."""

    begun_at: datetime | None
    opening: Mapping[str, Holder]
    closing: Mapping[str, Holder]
    standing: Mapping[str, Standing]
    answers: Mapping[str, Mapping[str, Mapping[float, int]]]
    renewals: Mapping[str, tuple[int, int]]
    lost_at: Mapping[str, datetime]
    paid: Mapping[str, Sequence[Paid]]
    owners: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What is known of customers that were lost: their accounts' fields at the closing, and over time their band with its scorecard."""

    fields: Mapping[str, Mapping[str, Cell]]
    bands: Mapping[str, Sequence[tuple[datetime, str | None, str]]]


class Portfolios:
    """Reads portfolios, in as many statements for a hundred thousand customers as for one."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def facts(self, asked: PortfolioQuestion) -> PortfolioFacts:
        """All customers at both ends of a period, and what happened in between."""
        at, since = to_ms(asked.at), to_ms(asked.since)
        span: dict[str, Cell] = {"at": at, "since": since}
        days: dict[str, Cell] = {"at": at, "start": to_day(asked.since.date()), "day": to_day(asked.at.date())}
        with self._db.read() as reader:
            begun = reader.one(SQL["begun"])
            return PortfolioFacts(
                begun_at=from_ms_or_none(cast("int | None", begun[0])) if begun else None,
                opening=_holders(reader, asked, since),
                closing=_holders(reader, asked, at),
                standing=_standing(reader, at),
                answers=_answers(reader, asked),
                renewals=_by_first(reader.each(SQL["renewals"], days), lambda rest: (_whole(rest[0]), _whole(rest[1]))),
                lost_at={_named(one): from_ms(_whole(one[2])) for one in reader.each(SQL["losses"], span)},
                paid=_paid(reader, at),
                owners={
                    _named(one): (cast(str, one[2]), cast(str, one[3] or one[4] or one[2]))
                    for one in reader.each(SQL["people"])
                },
            )

    def leaving(self, accounts: Mapping[str, str], fields: Sequence[str], at: datetime) -> Leaving:
        """Why and from which band customers left; `accounts` gives the account of each."""
        columns, extras = _split(fields)
        named: dict[str, Cell] = {"at": to_ms(at), "accounts": json.dumps(sorted(accounts.values()))}
        wanted: dict[str, Cell] = {"at": to_ms(at), "customers": json.dumps(sorted(accounts))}
        with self._db.read() as reader:
            found = reader.all(SQL.fill("accounts_named", columns=", ".join(("mrr", *columns))), named)
            bands = reader.all(SQL["bands_of"], wanted)
        known = {_named(one): _values(one[2], ("mrr", *columns), one[3:], extras) for one in found}
        return Leaving(
            fields={customer: known.get(account, {}) for customer, account in accounts.items()},
            bands={
                cast(str, customer): [
                    (from_ms(_whole(one[1])), cast("str | None", one[2]), cast(str, one[3])) for one in group
                ]
                for customer, group in groupby(bands, lambda one: one[0])
            },
        )


def _whole(cell: Cell) -> int:
    return int(cast(int, cell))


def _by_first(records: Iterable[Record], make: Callable[[Record], tuple[int, int]]) -> dict[str, tuple[int, int]]:
    return {cast(str, record[0]): make(record[1:]) for record in records}


def _split(fields: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of an account among these fields, and its extra fields."""
    columns = tuple(name for name in dict.fromkeys(fields) if name in ACCOUNT.names and name != "mrr")
    return columns, tuple(name for name in dict.fromkeys(fields) if name not in ACCOUNT.names)


def _values(extra: Cell, names: Sequence[str], cells: Record, extras: Sequence[str]) -> dict[str, Cell]:
    """Columns and declared extra fields by name."""
    more = orjson.loads(cast(str, extra)) if extra and extras else {}
    return {**dict(zip(names, cells, strict=True)), **{name: more.get(name) for name in extras}}


def _holders(reader: Reader, asked: PortfolioQuestion, at: int) -> dict[str, Holder]:
    fields = tuple(dict.fromkeys((*MONEY, *asked.fields)))
    columns, extras = _split(fields)
    names = ("mrr", *columns)
    records = reader.each(SQL.fill("accounts_at", columns=", ".join(names)), {"at": at})
    choose = _Choice(asked, fields)
    found: dict[str, Holder] = {}
    for customer, group in groupby(records, lambda one: cast(str, one[0])):
        accounts = [
            {**dict(zip(_KEY, one[1:5], strict=True)), **_values(one[5], names, one[6:], extras)} for one in group
        ]
        found[customer] = choose.holder(customer, accounts)
    return found


class _Choice:
    """Chooses the account that gives each field, by the rule of `store.unified`."""

    def __init__(self, asked: PortfolioQuestion, fields: Sequence[str]) -> None:
        self._leaders = {name: priority_of(name, asked.declared, asked.connections) for name in fields}

    def holder(self, customer: str, accounts: Sequence[Stored]) -> Holder:
        """One customer out of its accounts, of which there is at least one."""
        chosen = {name: self._account(name, customer, accounts) for name in self._leaders}
        values = {name: one[name] if one is not None else None for name, one in chosen.items()}
        owner = chosen["owner"]
        return Holder(
            customer=customer,
            account=_name(chosen["mrr"] or _home(customer, accounts)),
            values={name: None if value == "" else value for name, value in values.items()},
            owner=_name(owner, "owner") if owner is not None and owner["owner"] else None,
        )

    def _account(self, name: str, customer: str, accounts: Sequence[Stored]) -> Stored | None:
        leader, priority = self._leaders[name]
        return next(iter(ranked_for(leader, priority, customer, accounts)), None)


def _home(customer: str, accounts: Sequence[Stored]) -> Stored:
    return next((one for one in accounts if _name(one) == customer), accounts[0])


def _name(account: Stored, column: str = "id") -> str:
    return f"{cast(str, account['connection'])}:{cast(str, account[column])}"


def _named(record: Record) -> str:
    """`connection:id` of a record that begins with the two."""
    return f"{cast(str, record[0])}:{cast(str, record[1])}"


def _standing(reader: Reader, at: int) -> dict[str, Standing]:
    return {
        cast(str, customer): (cast("str | None", band), cast(float, coverage), cast(str, card))
        for customer, band, coverage, card in reader.each(SQL["bands_at"], {"at": at})
    }


def _answers(reader: Reader, asked: PortfolioQuestion) -> dict[str, dict[str, dict[float, int]]]:
    span: dict[str, Cell] = {"at": to_ms(asked.at), "start": to_ms(asked.answered_after)}
    found: dict[str, dict[str, dict[float, int]]] = {}
    for customer, metric, value, count in reader.each(SQL["answers_at"], span):
        values = found.setdefault(cast(str, customer), {}).setdefault(cast(str, metric), {})
        values[cast(float, value)] = _whole(count)
    return found


def _paid(reader: Reader, at: int) -> dict[str, list[Paid]]:
    found: dict[str, list[Paid]] = {}
    for record in reader.each(SQL["paid"], {"at": at}):
        one = Paid(cast(float, record[2]), cast("str | None", record[3]), _whole(record[4]))
        found.setdefault(_named(record), []).append(one)
    return found
