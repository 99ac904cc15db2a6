"""What a metric, a column or a word of a rule can be at all: a range of numbers, or a list of words. None is: nobody knows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import TypeAlias

from ...expr import names_of
from ...model import KINDS, Aggregate, Query, Type
from ..draft import Draft
from ..result import ConfiguredMetric, QueryMetric

_WORD = re.compile(r"[A-Za-z_]\w*")
_NUMERIC = frozenset({Type.NUMBER, Type.INTEGER})
#: Columns that are never below zero, whatever a vendor writes.
_NEVER_NEGATIVE = frozenset({"first_reply_s"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """Numbers from `low` to `high`, whole ones alone with `is_whole`; or exactly the `words`."""

    low: float = -inf
    high: float = inf
    is_whole: bool = False
    words: frozenset[object] | None = None


Domains: TypeAlias = Mapping[str, Domain]
COUNT = Domain(low=0, is_whole=True)
ANY_NUMBER = Domain()
FLAG = Domain(words=frozenset({True, False}))
#: What the forms of surveys give by their very definition.
_FORMS: Mapping[str, Domain] = {
    "nps": Domain(low=-100, high=100), "csat": Domain(low=0, high=100), "ces": Domain(low=1, high=7),
    "count": COUNT, "distinct": COUNT,
}  # fmt: skip
_OVER_A_COLUMN = frozenset({"sum", "avg", "min", "max", "latest", "value"})


def domain_of(metric: ConfiguredMetric | None, extras: Mapping[str, Mapping[str, Type]]) -> Domain | None:
    """What a metric can give."""
    if not isinstance(metric, QueryMetric):
        return None
    aggregates = answering(metric.query)
    if any(one.decay is not None or one.series is not None for one in aggregates):
        return None
    if metric.form in _FORMS:
        return _FORMS[metric.form]
    if metric.form in _OVER_A_COLUMN and len(aggregates) == 1:
        return _of_column(aggregates[0], extras, is_exact=metric.form not in ("sum", "avg"))
    if metric.form == "days_since" and len(aggregates) == 1:
        return _days_since(aggregates[0])
    if metric.form == "days_until":
        return Domain(is_whole=True)
    if metric.form == "ratio" and len(aggregates) == 2:
        return _ratio(*aggregates)
    return None


def answering(query: Query) -> tuple[Aggregate, ...]:
    """The aggregates that the answer is made of; others are asked beside it, to tell why there is none."""
    named = set(_WORD.findall(query.finish))
    return tuple(one for name, one in query.aggregates.items() if name in named)


def _of_column(one: Aggregate, extras: Mapping[str, Mapping[str, Type]], *, is_exact: bool) -> Domain | None:
    kind = KINDS.get(one.kind)
    name = (one.value or "").strip()
    if kind is None:
        return None
    type = names_of(kind, extras.get(kind.name)).get(name)
    if type is Type.FLAG:
        return FLAG if is_exact else None
    if type in _NUMERIC:
        low = 0 if name in _NEVER_NEGATIVE else -inf
        return Domain(low=low, is_whole=type is Type.INTEGER and is_exact)
    words = kind.column(name).values if name in kind.names else ()
    return Domain(words=frozenset(words)) if words else None


def _days_since(one: Aggregate) -> Domain:
    """Facts dated after now do not count, so where the date is the row's own time there are no days below 0."""
    kind = KINDS.get(one.kind)
    is_past = one.function == "max" and kind is not None and one.value == kind.at and one.at in (None, one.value)
    return Domain(low=0 if is_past else -inf, is_whole=True)


def _ratio(above: Aggregate, below: Aggregate) -> Domain:
    """A count by a count is never negative; where the rows above are among those below, it is a share."""
    if {above.function, below.function} != {"count"}:
        return ANY_NUMBER
    alike = (above.kind, above.window, above.at) == (below.kind, below.window, below.at)
    is_share = alike and (below.where is None or below.where == above.where)
    return Domain(low=0, high=1 if is_share else inf)


def is_share(domain: Domain | None) -> bool:
    """Whether these are shares from 0 to 1."""
    return domain is not None and (domain.low, domain.high) == (0, 1)


def columns_of(kind: str, connections: frozenset[str]) -> dict[str, Domain]:
    """What the columns of a kind can be; `connections` are those that bring its rows."""
    found = {column.name: Domain(words=frozenset(column.values)) for column in KINDS[kind].columns if column.values}
    found |= {name: Domain(low=0) for name in _NEVER_NEGATIVE if name in KINDS[kind].names}
    return {**found, "connection": Domain(words=frozenset(connections))} if connections else found


def is_whole_section(draft: Draft, section: str, found: Mapping[str, object]) -> bool:
    """Whether everything that is written in a section could be read: else nobody knows what it will be."""
    written = draft.section(section)
    return draft.certain and all(entry.key in found for entry in written or ())
