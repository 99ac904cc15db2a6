"""The search: filters, one sort, pages of 200, nothing beyond 10,000, and an index that lags behind."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .filters import Comparable, Filter, Test, read_filter, stored_value, test_of
from .records import Table
from .refusals import bad_request
from .search_index import Hit, Key
from .showing import show_values

BODY_LIMIT, PAGE_LIMIT, DEFAULT_LIMIT = 3_000, 200, 10
GROUP_LIMIT, FILTER_LIMIT, FILTERS_LIMIT = 5, 6, 18
LOWEST, HIGHEST = -(10**15), 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search, read and checked."""

    groups: tuple[tuple[Filter, ...], ...]
    sort: str
    descending: bool
    properties: tuple[str, ...]
    limit: int
    after: int
    words: tuple[str, ...] = ()


def search(call: Call) -> Response:
    """One page of what the index knows."""
    query = read_query(call)
    total, hits = find(call, query)
    last = query.after + query.limit
    body: dict[str, JSON] = {"total": total, "results": [_shown(call, hit, query) for hit in hits]}
    if last < total and hits:
        body["paging"] = {"next": {"after": str(last)}}
    return json_response(body)


def find(call: Call, query: Query) -> tuple[int, list[Hit]]:
    """How many hits there are, and those of the page."""
    table, index = call.table, call.table.index
    group = query.groups[0] if len(query.groups) == 1 else ()
    spread = _spread(table, group)
    first, last = index.span(*spread.keys)
    rest = [condition for condition in group if condition not in spread.used]
    if not rest and len(query.groups) < 2 and not query.words and _is_in_order(table, query, spread):
        total = last - first
        if query.descending:
            page = index.slice(max(first, last - query.after - query.limit), last - query.after)[::-1]
            return total, page
        return total, index.slice(first + query.after, min(last, first + query.after + query.limit))
    groups = [rest] if len(query.groups) == 1 else query.groups
    matches = _matcher(call, groups, query.words)
    found = [hit for hit in index.slice(first, last) if matches(hit)]
    found.sort(key=lambda hit: _sort_key(table, hit, query.sort), reverse=query.descending)
    return len(found), found[query.after : query.after + query.limit]


def read_query(call: Call) -> Query:
    """The search in the body. Raises Refused for everything HubSpot refuses."""
    if len(call.request.body.decode("utf-8", "replace")) > BODY_LIMIT:
        raise bad_request(f"The request body is longer than {BODY_LIMIT} characters")
    body, table = call.body(), call.table
    sort, descending = _sort(table, body.get("sorts"))
    limit, after = _number(body.get("limit"), "limit", DEFAULT_LIMIT), _number(body.get("after"), "after", 0)
    if not 0 <= limit <= PAGE_LIMIT:
        raise bad_request(f"Invalid limit {limit}: it must not exceed {PAGE_LIMIT}")
    cap = call.portal.behaviour.search_cap
    if after + limit > cap:
        raise bad_request(f"The search cannot go beyond {cap} results: after + limit is {after + limit}")
    properties = body.get("properties")
    return Query(
        groups=_groups(table, body),
        sort=sort,
        descending=descending,
        properties=tuple(str(name) for name in properties) if isinstance(properties, list) else (),
        limit=limit,
        after=after,
        words=tuple(str(body.get("query") or "").lower().split()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spread:
    """The part of the index a group of filters leaves over, and the filters that are thereby done."""

    keys: tuple[Key, Key]
    used: tuple[Filter, ...]
    is_instant: bool = False


def _spread(table: Table, group: Sequence[Filter]) -> _Spread:
    low, high, used = LOWEST, HIGHEST, []
    for condition in group:
        if condition.name == table.stamp and (bounds := _bounds(condition)):
            low, high = max(low, bounds[0]), min(high, bounds[1])
            used.append(condition)
    if high - low != 1:
        return _Spread(keys=((low, -1), (high, -1)), used=tuple(used))
    # Within one instant the index is in order of ids, so bounds on the id narrow it further.
    first, last = -1, HIGHEST
    for condition in group:
        if condition.name == "hs_object_id" and (bounds := _bounds(condition)):
            first, last = max(first, bounds[0]), min(last, bounds[1])
            used.append(condition)
    return _Spread(keys=((low, first), (low, last)), used=tuple(used), is_instant=True)


def _bounds(condition: Filter) -> tuple[int, int] | None:
    """The whole numbers low <= x < high that a condition allows; None when it is no range."""
    if condition.operator not in RANGES or not all(isinstance(value, float) for value in condition.values):
        return None
    return RANGES[condition.operator]([float(value) for value in condition.values])


RANGES: dict[str, Callable[[list[float]], tuple[int, int]]] = {
    "EQ": lambda v: (math.ceil(v[0]), math.floor(v[0]) + 1),
    "GTE": lambda v: (math.ceil(v[0]), HIGHEST),
    "GT": lambda v: (math.floor(v[0]) + 1, HIGHEST),
    "LT": lambda v: (LOWEST, math.ceil(v[0])),
    "LTE": lambda v: (LOWEST, math.floor(v[0]) + 1),
    "BETWEEN": lambda v: (math.ceil(v[0]), math.floor(v[1]) + 1),
}


def _is_in_order(table: Table, query: Query, spread: _Spread) -> bool:
    return query.sort == table.stamp or (query.sort == "hs_object_id" and spread.is_instant)


def _matcher(call: Call, groups: Sequence[Sequence[Filter]], words: Sequence[str]) -> Test:
    tests = [[test_of(call.portal, call.table, condition) for condition in group] for group in groups]

    def matches(hit: Hit) -> bool:
        if words and not _holds(hit, words):
            return False
        return not tests or any(all(test(hit) for test in group) for group in tests)

    return matches


def _holds(hit: Hit, words: Sequence[str]) -> bool:
    text = " ".join(hit.values.values()).lower()
    return all(word in text for word in words)


def _groups(table: Table, body: dict[str, JSON]) -> tuple[tuple[Filter, ...], ...]:
    listed = body.get("filterGroups") or []
    if not listed and body.get("filters"):
        listed = [{"filters": body["filters"]}]
    if not isinstance(listed, list) or len(listed) > GROUP_LIMIT:
        raise bad_request(f"There was a problem with the request: at most {GROUP_LIMIT} filterGroups")
    groups = tuple(_group(table, group) for group in listed)
    if sum(map(len, groups)) > FILTERS_LIMIT:
        raise bad_request(f"There was a problem with the request: at most {FILTERS_LIMIT} filters")
    return tuple(group for group in groups if group)


def _group(table: Table, data: JSON) -> tuple[Filter, ...]:
    filters = data.get("filters") if isinstance(data, dict) else None
    if not isinstance(filters, list) or len(filters) > FILTER_LIMIT:
        raise bad_request(f"There was a problem with the request: a group has at most {FILTER_LIMIT} filters")
    return tuple(read_filter(table, item) for item in filters)


def _sort(table: Table, data: JSON) -> tuple[str, bool]:
    if not data:
        return "hs_object_id", False
    if not isinstance(data, list) or len(data) > 1:
        raise bad_request("There was a problem with the request: only one sort is allowed")
    item = data[0]
    name, direction = (item.get("propertyName"), item.get("direction")) if isinstance(item, dict) else (item, None)
    text = str(name)
    descending = direction == "DESCENDING" or text.startswith("-")
    text = text.removeprefix("-")
    if text not in table.schema.properties:
        raise bad_request(f"There was a problem with the request: cannot sort by {text}")
    return text, descending


def _number(value: JSON, name: str, default: int) -> int:
    if value in (None, ""):
        return default
    if isinstance(value, str | int) and str(value).isdigit():
        return int(value)
    raise bad_request(f"Invalid input JSON: {name} must be a number")


def _sort_key(table: Table, hit: Hit, name: str) -> tuple[bool, Comparable, int]:
    value = stored_value(table, hit, name)
    return value is None, 0.0 if value is None else value, hit.id


def _shown(call: Call, hit: Hit, query: Query) -> dict[str, JSON]:
    record = call.table.live[hit.id]
    if call.portal.behaviour.stray_results:
        return show_values(call.table, hit.id, record.values, record.created_ms, record.modified_ms, query.properties)
    return show_values(call.table, hit.id, hit.values, record.created_ms, hit.modified_ms, query.properties)
