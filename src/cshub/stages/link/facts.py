"""What a stored row says about itself: its values as rules and filters see them, and its keys. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias, cast

import orjson

from ...errors import PluginError
from ...hookspecs import IdentityRule
from ...model import KINDS, ROW_COLUMNS, Type
from ...store.database import Cell
from ...store.values import from_day, from_ms
from .places import Place, name_of
from .settings import LinkSettings, ListedAccounts
from .verdict import DENIED, FAMILY, LISTED, MAP, NOBODY, PARENT, UNLISTED

Values: TypeAlias = Mapping[str, object]

# Any: each takes the cell of its own type.
_CONVERT: Mapping[Type, Callable[[Any], object]] = {
    Type.FLAG: bool,
    Type.TIME: from_ms,
    Type.DATE: from_day,
    Type.LIST: lambda cell: tuple(orjson.loads(cell)),
}


def columns_of(kind: str) -> tuple[str, ...]:
    """The stored columns of a kind that `Reading` takes, in order, after connection and id."""
    return (*KINDS[kind].names, "extra", "changed_at", "observed_at")


class Reading:
    """Turns stored records of one kind into values: times aware, dates dates, flags booleans, extra fields under their own names.

    With `wanted`, only those columns are converted, and extra fields only when one of the names is not a column.
    """

    def __init__(self, kind: str, wanted: frozenset[str] | None = None) -> None:
        types = {column.name: column.type for column in (*KINDS[kind].columns, *ROW_COLUMNS)}
        self._columns = [
            (place, name, _CONVERT.get(types[name]))
            for place, name in enumerate(columns_of(kind), start=2)
            if name != "extra" and (wanted is None or name in wanted)
        ]
        reads_extra = wanted is None or bool(wanted - types.keys())
        self._extra = columns_of(kind).index("extra") + 2 if reads_extra else None

    def values(self, record: Sequence[Cell], extras: Mapping[str, Type] | None = None) -> dict[str, object]:
        """The values of a record of (connection, id, *columns_of(kind))."""
        values: dict[str, object] = {}
        if self._extra is not None and record[self._extra] is not None:
            values = _extra(cast(str, record[self._extra]), extras or {})
        values["connection"], values["id"] = record[0], record[1]
        for place, name, convert in self._columns:
            cell = record[place]
            values[name] = cell if cell is None or convert is None else convert(cell)
        return values


def _extra(text: str, types: Mapping[str, Type]) -> dict[str, object]:
    values: dict[str, Any] = orjson.loads(text)
    for name, type in types.items():
        convert = _CONVERT.get(type) if type is not Type.LIST else tuple
        if convert is not None and values.get(name) is not None:
            values[name] = convert(values[name])
    return values


class RowKeys:
    """The keys of rows of one kind, by the rules that know the kind."""

    def __init__(self, kind: str, settings: LinkSettings) -> None:
        self._kind = kind
        self._rules = [rule for rule in settings.rules if kind in rule.columns and rule.name != MAP]
        self._words = words_of(kind, settings)
        self._reading = Reading(kind, frozenset(name for rule in self._rules for name in rule.columns[kind]))

    def of(self, records: Iterator[Sequence[Cell]]) -> Iterator[tuple[str, str, str, str, str]]:
        """(kind, connection, id, rule, key) for each key of each record."""
        for record in records:
            connection, id = cast(str, record[0]), cast(str, record[1])
            for rule, key in keys(self._rules, self._kind, self._reading.values(record)):
                yield self._kind, connection, id, rule, key
            for rule, key in self._words.get((connection, id), ()):
                yield self._kind, connection, id, rule, key


class AccountFacts:
    """What accounts say, and people about them: their keys, their place on the customer list, their family.

    `merged` holds the ids that live on in an account.
    """

    def __init__(self, settings: LinkSettings, merged: Mapping[Place, Sequence[str]]) -> None:
        self._rules = [rule for rule in settings.rules if "account" in rule.columns and rule.name != MAP]
        self._words = words_of("account", settings)
        self._merged = merged
        self._exclude = settings.exclude
        self._listed = {one.connection: one for one in settings.listed}
        self._reading = Reading("account")

    def of(self, records: Iterator[Sequence[Cell]]) -> Iterator[tuple[str, str, str, str]]:
        """(connection, id, rule, key) for each fact of each living account; records are those of `account_facts`."""
        for connection, id, gone, parent, *columns in records:
            if not gone:
                place = (cast(str, connection), cast(str, id))
                yield from self._facts(place, cast("str | None", parent), (*place, *columns))

    def _facts(
        self, place: tuple[str, str], parent: str | None, record: Sequence[Cell]
    ) -> Iterator[tuple[str, str, str, str]]:
        name, listed = name_of(place), self._listed.get(place[0])
        values = self._reading.values(record, listed.extras if listed else None)
        said = self._words.get(place, ())
        for alike in {name, *(name_of((place[0], gone)) for gone in self._merged.get(place, ()))}:
            yield *place, FAMILY, alike
        if parent is not None:
            yield *place, FAMILY, name_of((place[0], parent))
            yield *place, PARENT, name_of((place[0], parent))
        for rule, key in said:
            yield *place, rule, key
            if rule == MAP:
                yield *place, FAMILY, key
        if any(rule == NOBODY for rule, _ in said):
            return
        if listed is not None:
            is_customer = name not in self._exclude and is_kept(listed, values)
            yield *place, LISTED if is_customer else UNLISTED, name
        for rule, key in keys(self._rules, "account", values):
            yield *place, rule, key


def is_kept(listed: ListedAccounts, values: Values) -> bool:
    """True when the filter says yes; unknown is no."""
    return listed.keep is None or listed.keep(values) is True


def keys(rules: Sequence[IdentityRule], kind: str, values: Values) -> Iterator[tuple[str, str]]:
    """(rule, key) of a row, empty keys left out. Raises PluginError, naming the rule and the row, when a rule fails."""
    for rule in rules:
        try:
            found = tuple(rule.keys(kind, values))
        except Exception as error:
            where = f"{values['connection']} {kind} {values['id']}"
            raise PluginError(f"the identity rule {rule.name} failed: {error}", where=where) from error
        for key in found:
            if key:
                yield rule.name, key


def words_of(kind: str, settings: LinkSettings) -> dict[Place, list[tuple[str, str]]]:
    """What people said about records of one kind, as keys (rule, key)."""
    found: dict[Place, list[tuple[str, str]]] = {}
    for named, connection, id in settings.words():
        if named == kind:
            record = f"{connection}:{kind}:{id}"
            mapped = [(MAP, settings.mapped[record])] if record in settings.mapped else []
            denied = [(DENIED, account) for account in sorted(settings.denied.get(record, ()))]
            nobody = [(NOBODY, name_of((connection, id)))] if record in settings.nobody else []
            found[connection, id] = [*mapped, *denied, *nobody]
    return found
