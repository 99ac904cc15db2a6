"""Who left, and when: the outcome that a backtest holds scores against, and the facts that follow from it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from ..config import Churned
from ..errors import ConfigError
from ..expr import ExprError, names_of, parse
from ..model import ACCOUNT, Type
from ..store.leavers import account_versions, aliases, left_list, names_of_customers
from .hub import Hub


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """Who left (by present id), when (None: nobody knows), and what told. `known` are all that were spoken of, None: everybody.

    `fields` are facts the labels were made of, which no score may know. `is_dated` is False when nobody's day is known.
    """

    left: Mapping[str, datetime | None]
    known: frozenset[str] | None
    told: str
    fields: tuple[str, ...]
    earlier: Mapping[str, str]

    @property
    def is_dated(self) -> bool:
        """Whether it is known when people left."""
        return not self.left or any(at is not None for at in self.left.values())

    def present(self, customer: str) -> str:
        """The id today of a customer of an earlier day."""
        return self.earlier.get(customer, customer)

    def speaks_of(self, customer: str) -> bool:
        """Whether it is known if this customer left."""
        return self.known is None or customer in self.known


def read_labels(hub: Hub) -> Labels:
    """The labels of the configuration. Raises ConfigError for a file that does not have what the rule reads."""
    churned, earlier = hub.config.backtest.churned, aliases(hub.store)
    if churned is None:
        found, told = dict(left_list(hub.store)), "left the customer list; the day is the one it was noticed on"
        names = {name for one in hub.config.identity.customers if one.where for name in one.where.names}
        return Labels(left=found, known=None, told=told, fields=_facts(names), earlier=earlier)
    if churned.file is not None:
        return _of_file(hub, churned, churned.file, earlier)
    left = {earlier.get(id, id): at for id, at in _of_accounts(hub, churned)}
    names = set(churned.rule.names if churned.rule else ()) | ({churned.date} if churned.date else set())
    when = f"the day is account.{churned.date}" if churned.date else "the day is the one it was first read on"
    return Labels(left=left, known=None, told=f"{churned.when}; {when}", fields=_facts(names), earlier=earlier)


def _facts(names: set[str]) -> tuple[str, ...]:
    return tuple(f"account.{name}" for name in sorted(names))


def _of_accounts(hub: Hub, churned: Churned) -> Iterator[tuple[str, datetime | None]]:
    """Accounts whose present version says so, since the first version of those in a row that said so."""
    assert churned.rule is not None
    extras = hub.config.extras.get(ACCOUNT.name, {})
    holds = churned.rule.closure()
    current, since = "", None
    row: Mapping[str, object] = {}
    for id, at, version in account_versions(hub.store, names_of(ACCOUNT), extras):
        if id != current:
            yield from _left(current, since, row, churned)
            current, since = id, None
        row = version
        since = (since or at) if holds(version) else None
    yield from _left(current, since, row, churned)


def _left(
    id: str, since: datetime | None, row: Mapping[str, object], churned: Churned
) -> Iterator[tuple[str, datetime | None]]:
    if since is not None:
        yield id, _instant(row.get(churned.date)) if churned.date else since


def _of_file(hub: Hub, churned: Churned, path: Path, earlier: Mapping[str, str]) -> Labels:
    names, known, left = names_of_customers(hub.store), set(), {}
    for key, is_left, day in _lines(churned, path):
        customer = names.get(key)
        if customer is not None:
            known.add(customer)
            if is_left:
                left[customer] = day
    when = f"the day is its column {churned.date}" if churned.date else "without a day"
    told = f"{churned.when} in {path.name}; {when}"
    return Labels(left=left, known=frozenset(known), told=told, fields=(), earlier=earlier)


def _lines(churned: Churned, path: Path) -> Iterator[tuple[str, bool, datetime | None]]:
    """Each line's key, whether it says that this customer left, and when."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            holds, key = _rule(churned, path, reader.fieldnames or []), churned.key or ""
            for line in reader:
                day = _instant(_day(line[churned.date], path)) if churned.date and line[churned.date] else None
                yield line[key], bool(holds(line)), day
    except OSError as error:
        raise ConfigError(f"the file cannot be read: {error.strerror}", where=str(path)) from error


def _rule(churned: Churned, path: Path, known: Sequence[str]) -> Callable[[Mapping[str, object]], object]:
    for wanted in filter(None, (churned.key, churned.date)):
        if wanted not in known:
            raise ConfigError(f"has no column {wanted}", where=str(path), hint=f"it has {', '.join(known)}")
    try:
        return parse(churned.when, names=dict.fromkeys(known, Type.TEXT)).closure()
    except ExprError as error:
        raise ConfigError(error.message, where="backtest.churned.when", hint=error.hint) from error


def _day(text: str, path: Path) -> date:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"{text[:40]!r} is no date", where=str(path), hint="write days as 2026-01-31") from error


def _instant(value: object) -> datetime | None:
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else None
