"""The check of query metrics: their aggregates, their `finish` and what is asked beside it, with the type each gives. No SQL here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..errors import ConfigError
from ..model import Query, Type
from .aggregate import PLAIN, Extras, Part, check_part
from .expression import Expression, expect, parse
from .functions import NUMERIC, TIMELY
from .nodes import Call, Name, Pick

#: What may be asked beside a metric: when the fact behind it happened, which reason there is for no answer, what peers have in common, how
#: much stands behind it. `about_x` is the aggregate x that a reason tells.
DATE, WHY, PEERS, WEIGHT, ABOUT = "date", "why", "peers", "weight", "about_"


@dataclass(frozen=True, slots=True)
class Question:
    """A checked query metric."""

    parts: Mapping[str, Part]
    finish: Expression
    asides: Mapping[str, Expression] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds its aggregates read, in the order they are named."""
        return tuple(dict.fromkeys(part.kind for part in self.parts.values()))

    def parts_of(self, expression: Expression) -> Mapping[str, Part]:
        """The aggregates an expression names; all of them for one that names none."""
        return {name: self.parts[name] for name in expression.names} or self.parts


def check_query(query: Query, extras: Extras) -> Question:
    """The checked metric; `finish.type` is the type of its readings.

    Raises ExprError for a mistake inside a rule, with `where` naming the aggregate, and ConfigError for any other.
    """
    if not query.aggregates:
        raise ConfigError("a metric needs at least one aggregate")
    parts = {name: check_part(name, aggregate, extras) for name, aggregate in query.aggregates.items()}
    names = {name: part.type for name, part in parts.items()}
    finish = parse(query.finish, names=names, timely=True, yes_no=False)
    expect(finish, PLAIN, "a metric")
    return Question(parts, finish, dict(_asides(query, finish, names)))


def _asides(query: Query, finish: Expression, names: Mapping[str, Type]) -> Iterator[tuple[str, Expression]]:
    dated = query.dated or _day_of(finish)
    if dated is not None:
        expression = parse(dated, names=names, yes_no=False)
        expect(expression, frozenset({Type.TIME, Type.DATE}), "the time of a fact")
        yield DATE, expression
    if query.reasons:
        yield WHY, _reasons(query, names)
        for about in dict.fromkeys(reason.about for reason in query.reasons if reason.about):
            yield f"{ABOUT}{about}", parse(about, names=names, yes_no=False)
    if query.peers is not None:
        yield from _peers(query, finish, names)


def _day_of(finish: Expression) -> str | None:
    """What whole days are counted from, if a metric is nothing else: texts say the date, because ages change every day."""
    node = finish.node
    is_days = isinstance(node, Call) and node.function in TIMELY and isinstance(node.arguments[0], Name)
    return finish.names[0] if is_days else None


def _reasons(query: Query, names: Mapping[str, Type]) -> Expression:
    rules = [parse(reason.when, names=names, timely=True) for reason in query.reasons]
    used = dict.fromkeys(name for rule in rules for name in rule.names)
    return Expression(
        "", Pick(tuple(rule.node for rule in rules)), Type.INTEGER, tuple(used), any(rule.timely for rule in rules)
    )


def _peers(query: Query, finish: Expression, names: Mapping[str, Type]) -> Iterator[tuple[str, Expression]]:
    peers = query.peers
    assert peers is not None
    expect(finish, NUMERIC, "a comparison with peers")
    if peers.by is not None:
        yield PEERS, parse(peers.by, names=names, yes_no=False)
    if peers.weight is not None:
        weight = parse(peers.weight, names=names, yes_no=False)
        expect(weight, NUMERIC, "the weight of an answer")
        yield WEIGHT, weight
