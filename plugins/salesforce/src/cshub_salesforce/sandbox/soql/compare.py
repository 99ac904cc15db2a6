"""One field against a value: what may be compared with what, and how text, ids, numbers and times compare."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from ..fields import Field, Value
from ..ids import full_id
from ..refusals import Refused, bad
from .chains import Chain
from .tree import Comparison, Kind, Literal

Test = Callable[[Value], bool]
Compare = Callable[[Any, Any], bool]
ORDERS: dict[str, Compare] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
#: What a literal of a field's type is called in Salesforce's complaint, and the literal that fits.
FITTING: dict[str, Kind] = {
    "boolean": "boolean",
    "date": "date",
    "datetime": "datetime",
    "double": "number",
    "currency": "number",
    "percent": "number",
    "int": "number",
}
SPOKEN = {"datetime": "dateTime", "id": "id", "reference": "reference"}


def test_of(chain: Chain, comparison: Comparison) -> Test:
    """Whether a value passes. Raises Refused where the field cannot be filtered so."""
    field, word = chain.field, comparison.operator
    if not field.filterable:
        raise bad("INVALID_FIELD", f"field '{field.name}' can not be filtered in a query call")
    for literal in comparison.values:
        _check(field, literal, word)
    keys = [_key(field, _settled(field, literal)) for literal in comparison.values]
    wanted = frozenset(keys)
    if word == "LIKE":
        return like(str(comparison.values[0].value))
    if word in ("=", "IN"):
        return lambda value: _key(field, value) in wanted
    if word in ("!=", "NOT IN"):
        return lambda value: _key(field, value) not in wanted
    return _ordered(field, ORDERS[word], keys[0])


def sort_key(field: Field, value: Value) -> object:
    """What rows are put in order by."""
    if isinstance(value, str) and field.type in ("id", "reference"):
        return value
    return _key(field, value)


def _check(field: Field, literal: Literal, word: str) -> None:
    if field.type == "boolean" and literal.kind == "null":
        return
    if word == "LIKE" and (field.type in FITTING or field.type in ("id", "reference")):
        raise bad("INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {field.type} field")
    if field.type in ("boolean", "address", "multipicklist") and word in ORDERS:
        raise bad("INVALID_QUERY_FILTER_OPERATOR", f"invalid operator on {field.type} field")
    fitting = FITTING.get(field.type, "string")
    if literal.kind != "null" and literal.kind != fitting:
        raise _unfit(field, literal)
    if literal.kind == "null" and (word in ORDERS or word == "LIKE"):
        raise bad("INVALID_FIELD", f"value of filter criterion for field '{field.name}' must not be null")


def _unfit(field: Field, literal: Literal) -> Refused:
    quotes = ""
    if literal.kind == "string":
        quotes = " and should not be enclosed in quotes"
    elif field.type not in FITTING:
        quotes = " and should be enclosed in quotes"
    spoken = SPOKEN.get(field.type, field.type if field.type in FITTING else "string")
    return bad("INVALID_FIELD", f"value of filter criterion for field '{field.name}' must be of type {spoken}{quotes}")


def _settled(field: Field, literal: Literal) -> Value:
    if literal.kind == "string" and field.type in ("id", "reference") and literal.value:
        found = full_id(literal.value)
        if found is None:
            raise bad("INVALID_QUERY_FILTER_OPERATOR", f"invalid ID field: {literal.value}")
        return found
    return literal.value


def _key(field: Field, value: Value) -> Value:
    """Equal keys are equal values: empty is null, text in any case, ids in their own."""
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    if field.type in ("id", "reference") or field.case_sensitive:
        return value
    return value.lower()


def _ordered(field: Field, compare: Compare, wanted: Value) -> Test:
    def test(value: Value) -> bool:
        key = _key(field, value)
        return key is not None and compare(key, wanted)

    return test


def like(pattern: str) -> Test:
    """Whether a text fits a pattern in any case; what is escaped in the pattern means itself."""
    pieces = re.findall(r"\\.|%|_|[^\\%_]+", pattern, re.DOTALL)
    wild = {"%": ".*", "_": "."}
    regex = re.compile(
        "".join(wild.get(piece) or re.escape(piece[1:] if piece[0] == "\\" else piece) for piece in pieces),
        re.IGNORECASE | re.DOTALL,
    )
    return lambda value: isinstance(value, str) and regex.fullmatch(value) is not None
