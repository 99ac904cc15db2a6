"""The filters of a search: read from the request, checked, and turned into tests of one hit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from cshub.testing.sandbox import JSON

from .generations import ALIASES
from .portal import Portal
from .records import Table
from .refusals import Refused, bad_request
from .search_index import Hit
from .times import parse_instant

Test = Callable[[Hit], bool]
Comparable = float | str
NUMERIC = frozenset({"number", "date", "datetime"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """One condition, its values already comparable with what is stored."""

    name: str
    operator: str
    values: tuple[Comparable, ...] = ()

    @property
    def value(self) -> Comparable:
        """The only or the lower value."""
        return self.values[0]


def read_filter(table: Table, data: JSON) -> Filter:
    """A filter from the body. Raises Refused: unknown property or operator, a value that does not fit the type."""
    if not isinstance(data, dict):
        raise bad_request("Invalid input JSON: a filter must be an object")
    name, operator = str(data.get("propertyName")), str(data.get("operator"))
    if operator not in OPERATORS:
        raise bad_request(f"Invalid input JSON: operator must be one of {sorted(OPERATORS)}")
    if not name.startswith("associations.") and name not in table.schema.properties:
        raise bad_request(f"There was a problem with the request: property {name} does not exist")
    wanted = _wanted(operator, data)
    kind = table.schema.properties[name].type if name in table.schema.properties else "string"
    # IN compares lower-cased text with the values as they were sent; enumerations keep their case.
    lower = kind == "string" and operator not in ("IN", "NOT_IN")
    return Filter(name=name, operator=operator, values=tuple(comparable(kind, text, lower=lower) for text in wanted))


def comparable(kind: str, text: str, *, lower: bool = True) -> Comparable:
    """A value in the form in which its type compares. Raises Refused."""
    if kind not in NUMERIC:
        return text.lower() if lower and kind == "string" else text
    try:
        number = float(text) if kind == "number" else float(parse_instant(text))
    except ValueError:
        raise bad_request(f"There was a problem with the request: {text} is not a valid {kind}") from None
    if kind == "datetime" and number == 0:
        raise Refused(500, "internal error", "INTERNAL_ERROR")
    return number


def stored_value(table: Table, hit: Hit, name: str) -> Comparable | None:
    """What a hit holds in a property, comparable with a filter's values; None when it is empty."""
    if name == "hs_object_id":
        return float(hit.id)
    if name in (table.stamp, "hs_lastmodifieddate"):
        return float(hit.modified_ms)
    text = hit.values.get(name)
    if not text:
        return None
    kind = table.schema.properties[name].type
    if kind not in NUMERIC:
        return text.lower() if kind == "string" else text
    return float(text) if kind == "number" else float(parse_instant(text))


def test_of(portal: Portal, table: Table, condition: Filter) -> Test:
    """The condition as a function of a hit."""
    if condition.name.startswith("associations."):
        return _association_test(portal, table, condition)
    if condition.operator in PRESENCE:
        wanted = PRESENCE[condition.operator]
        return lambda hit: (stored_value(table, hit, condition.name) is not None) is wanted
    compare, without = COMPARISONS[condition.operator]

    def test(hit: Hit) -> bool:
        value = stored_value(table, hit, condition.name)
        return without if value is None else compare(value, condition.values)

    return test


def _wanted(operator: str, data: Mapping[str, JSON]) -> list[str]:
    if operator in PRESENCE:
        return []
    if operator in ("IN", "NOT_IN"):
        values = data.get("values")
        if not isinstance(values, list) or not values:
            raise bad_request(f"Invalid input JSON: {operator} needs values")
        return [str(value) for value in values]
    keys = ("value", "highValue") if operator == "BETWEEN" else ("value",)
    if any(data.get(key) is None for key in keys):
        raise bad_request(f"Invalid input JSON: {operator} needs {' and '.join(keys)}")
    return [str(data[key]) for key in keys]


def _association_test(portal: Portal, table: Table, condition: Filter) -> Test:
    target = ALIASES.get(condition.name.partition(".")[2])
    if target is None:
        raise bad_request(f"There was a problem with the request: {condition.name} is no association")
    if condition.operator in PRESENCE:
        wanted = PRESENCE[condition.operator]
        return lambda hit: bool(portal.links.of(table.name, hit.id, target)) is wanted
    ids = [int(str(value)) for value in condition.values if str(value).isdigit()]
    return lambda hit: any(portal.links.is_linked(table.name, hit.id, target, other) for other in ids)


def _has_token(value: Comparable, wanted: tuple[Comparable, ...]) -> bool:
    pattern = str(wanted[0]).lower()
    tokens = str(value).lower().replace("@", " ").replace(".", " ").split()
    return any(fnmatchcase(token, pattern) for token in [*tokens, str(value).lower()])


PRESENCE = {"HAS_PROPERTY": True, "NOT_HAS_PROPERTY": False}
Compare = Callable[[Comparable, tuple[Comparable, ...]], bool]
#: The comparison, and what it says of a record without a value.
COMPARISONS: dict[str, tuple[Compare, bool]] = {
    "EQ": (lambda value, wanted: value == wanted[0], False),
    "NEQ": (lambda value, wanted: value != wanted[0], True),
    "LT": (lambda value, wanted: _order(value, wanted[0]) < 0, False),
    "LTE": (lambda value, wanted: _order(value, wanted[0]) <= 0, False),
    "GT": (lambda value, wanted: _order(value, wanted[0]) > 0, False),
    "GTE": (lambda value, wanted: _order(value, wanted[0]) >= 0, False),
    "BETWEEN": (lambda value, wanted: _order(value, wanted[0]) >= 0 >= _order(value, wanted[1]), False),
    "IN": (lambda value, wanted: value in wanted, False),
    "NOT_IN": (lambda value, wanted: value not in wanted, True),
    "CONTAINS_TOKEN": (_has_token, False),
    "NOT_CONTAINS_TOKEN": (lambda value, wanted: not _has_token(value, wanted), True),
}
OPERATORS = frozenset(PRESENCE) | frozenset(COMPARISONS)


def _order(a: Comparable, b: Comparable) -> int:
    if isinstance(a, str) or isinstance(b, str):
        return (str(a) > str(b)) - (str(a) < str(b))
    return (a > b) - (a < b)
