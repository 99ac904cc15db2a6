"""Reads the query of a search into a question that can be put to a record's fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias
from zoneinfo import ZoneInfo

from cshub.testing.sandbox import JSON

from .fields import LISTS, OPERATORS, Fields, Kind
from .refusals import Refused, invalid, missing
from .times import day_of

Document: TypeAlias = Mapping[str, JSON]
Question: TypeAlias = Callable[[Document], bool]
Plain: TypeAlias = "str | float | bool"

FILTERS_PER_GROUP, LEVELS = 15, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How one search reads its queries: the fields it knows, the zone of its days, whether `>` means "or equal"."""

    fields: Fields
    zone: ZoneInfo
    gt_is_gte: bool = False

    def read(self, query: JSON) -> Question:
        """The question in a query. Raises Refused."""
        if query is None:
            raise missing("query not specified")
        return self._node(query, 0)

    def _node(self, node: JSON, level: int) -> Question:
        if not isinstance(node, dict) or not isinstance(node.get("operator"), str):
            raise invalid("A query is a filter with field, operator and value, or a group with operator and value")
        if node["operator"] in ("AND", "OR") and "field" not in node:
            return self._group(node, level + 1)
        return self._filter(node)

    def _group(self, node: Mapping[str, JSON], level: int) -> Question:
        parts = node.get("value")
        if not isinstance(parts, list) or not parts:
            raise invalid("The value of a group is a list of filters")
        if level > LEVELS:
            raise invalid(f"Queries can be nested {LEVELS} levels deep at most")
        if len(parts) > FILTERS_PER_GROUP:
            raise invalid(f"A group holds {FILTERS_PER_GROUP} filters at most")
        questions = [self._node(part, level) for part in parts]
        together = all if node["operator"] == "AND" else any
        return lambda document: together(question(document) for question in questions)

    def _filter(self, node: Mapping[str, JSON]) -> Question:
        if "field" not in node or "value" not in node:
            raise invalid("A filter has a field, an operator and a value")
        name, operator = str(node["field"]), str(node["operator"])
        kind = self.fields.get(name)
        if kind is None:
            raise invalid(f"Field '{name}' is not searchable", name)
        if operator not in OPERATORS[kind]:
            raise invalid(f"Operator '{operator}' is not supported for field '{name}'", name)
        if operator in LISTS:
            return _listed(name, operator, _values(kind, name, node["value"]))
        value = _typed(kind, name, node["value"])
        if kind == "day":
            return _day(name, operator, value, self.zone)
        if operator == ">" and kind == "stamp" and self.gt_is_gte:
            operator = ">="
        return _compared(name, operator, value)


def _values(kind: Kind, name: str, value: JSON) -> list[Plain]:
    if not isinstance(value, list) or not value:
        raise invalid(f"IN and NIN take a list of values for '{name}'", name)
    return [_typed(kind, name, item) for item in value]


def _typed(kind: Kind, name: str, value: JSON) -> Plain:
    if value is None or isinstance(value, list | dict):
        raise _unfit(name, value)
    if isinstance(value, bool):
        if kind != "flag":
            raise _unfit(name, value)
        return value
    if kind in ("text", "tag"):
        return str(value)
    if kind == "flag":
        if value not in ("true", "false"):
            raise _unfit(name, value)
        return value == "true"
    try:
        return float(value)
    except ValueError:
        raise _unfit(name, value) from None


def _unfit(name: str, value: JSON) -> Refused:
    return invalid(f"Value {value!r} does not fit the type of field '{name}'", name)


def _found(document: Document, name: str) -> list[JSON]:
    """The values of a field: of a list each, of nothing none."""
    value = document.get(name)
    if isinstance(value, list):
        return list(value)
    return [] if value is None else [value]


def _listed(name: str, operator: str, values: list[Plain]) -> Question:
    wanted = operator == "IN"
    return lambda document: any(item in values for item in _found(document, name)) is wanted


def _day(name: str, operator: str, value: Plain, zone: ZoneInfo) -> Question:
    if not isinstance(value, float):
        raise _unfit(name, value)
    first, following = day_of(int(value), zone)
    low, high = {"=": (first, following), ">": (following, None), "<": (None, first)}[operator]

    def asks(document: Document) -> bool:
        stamps = [item for item in _found(document, name) if isinstance(item, int)]
        return any((low is None or item >= low) and (high is None or item < high) for item in stamps)

    return asks


def _compared(name: str, operator: str, value: Plain) -> Question:
    if operator in ("=", "!="):
        is_wanted = operator == "="
        return lambda document: (value in _found(document, name)) is is_wanted
    if isinstance(value, float):
        return lambda document: any(_in_order(item, operator, value) for item in _found(document, name))
    text = str(value).lower()
    if operator == "!~":
        return lambda document: not any(_says(str(item).lower(), "~", text) for item in _found(document, name))
    return lambda document: any(_says(str(item).lower(), operator, text) for item in _found(document, name))


def _in_order(item: JSON, operator: str, value: float) -> bool:
    if not isinstance(item, int | float):
        return False
    answers = {"<": item < value, "<=": item <= value, ">": item > value, ">=": item >= value}
    return answers[operator]


def _says(text: str, operator: str, part: str) -> bool:
    if operator == "~":
        return part in text
    return text.startswith(part) if operator == "^" else text.endswith(part)
