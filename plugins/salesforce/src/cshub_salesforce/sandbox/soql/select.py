"""The rows that a query finds: its names looked up once, then every row tested, put in order and cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..fields import Row
from ..refusals import bad
from .chains import Chain, Schema, chain_of
from .compare import sort_key, test_of
from .tree import Comparison, Condition, Junction, Order, Query

Passes = Callable[[Row], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What a query asks of an object: the chains of its fields, and the function that finds its rows among some."""

    object_type: str
    chains: tuple[Chain, ...]
    find: Callable[[Iterable[Row]], list[Row]]


def select(schema: Schema, object_type: str, query: Query) -> Selection:
    """The selection of a query. Raises Refused where it names what the user does not see or cannot use so."""
    chains = tuple(chain_of(schema, object_type, path, query.soql) for path in query.paths)
    passes = condition_of(schema, object_type, query.where, query.soql) if query.where else None
    sorts = [_sort(schema, object_type, order, query.soql) for order in query.orders]

    def find(rows: Iterable[Row]) -> list[Row]:
        found = [row for row in rows if passes is None or passes(row)]
        for sort in reversed(sorts):
            sort(found)
        end = None if query.limit is None else query.offset + query.limit
        return found[query.offset : end]

    return Selection(object_type=object_type, chains=chains, find=find)


def condition_of(schema: Schema, object_type: str, condition: Condition, soql: str) -> Passes:
    """Whether a row fits a condition. Raises Refused."""
    if isinstance(condition, Comparison):
        chain = chain_of(schema, object_type, condition.path, soql)
        test, get = test_of(chain, condition), chain.get
        return lambda row: test(get(row))
    if isinstance(condition, Junction):
        parts = [condition_of(schema, object_type, part, soql) for part in condition.parts]
        if condition.word == "AND":
            return lambda row: all(part(row) for part in parts)
        return lambda row: any(part(row) for part in parts)
    inside = condition_of(schema, object_type, condition.part, soql)
    return lambda row: not inside(row)


def _sort(schema: Schema, object_type: str, order: Order, soql: str) -> Callable[[list[Row]], None]:
    chain = chain_of(schema, object_type, order.path, soql)
    if not chain.field.sortable:
        raise bad("INVALID_FIELD", f"field '{chain.field.name}' can not be sorted in a query call")

    def sort(rows: list[Row]) -> None:
        empty = [row for row in rows if chain.get(row) in (None, "")]
        filled = [row for row in rows if chain.get(row) not in (None, "")]
        filled.sort(key=lambda row: sort_key(chain.field, chain.get(row)), reverse=order.descending)  # type: ignore[arg-type,return-value]  # one field's keys compare with one another
        rows[:] = [*filled, *empty] if order.nulls_last else [*empty, *filled]

    return sort
