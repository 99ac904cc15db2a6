"""The functions a rule may call: their arguments and what they give. How they run is with the closure and the SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..model import Type

#: Functions whose answer moves with time alone; they need an `as_of`.
TIMELY = frozenset({"days_since", "days_until"})
NUMERIC = frozenset({Type.NUMBER, Type.INTEGER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One function: its usage for people, what the first argument may be, whether a written text follows it."""

    usage: str
    takes: frozenset[Type]
    gives: Type
    text_argument: bool = False


_DAYS = frozenset({Type.TIME, Type.DATE})

FUNCTIONS: Mapping[str, Function] = {
    "days_since": Function(usage="days_since(column)", takes=_DAYS, gives=Type.INTEGER),
    "days_until": Function(usage="days_until(column)", takes=_DAYS, gives=Type.INTEGER),
    "lower": Function(usage="lower(column)", takes=frozenset({Type.TEXT}), gives=Type.TEXT),
    "startswith": Function(
        usage="startswith(column, 'text')", takes=frozenset({Type.TEXT}), gives=Type.FLAG, text_argument=True
    ),
    "contains": Function(
        usage="contains(column, 'text')", takes=frozenset({Type.TEXT, Type.LIST}), gives=Type.FLAG, text_argument=True
    ),
}
