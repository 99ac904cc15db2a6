"""Rules that nothing can meet: a `when:` that never opens an alert, a `where:` that never takes a row, a filter that lets nobody in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from ...expr import ExprError, Expression, names_of, parse, values_of
from ...model import ACCOUNT, KINDS, Scorecard
from ..draft import Draft
from ..nodes import Block, Entry, Node, Step, Value, values
from ..result import Connection, Identity, QueryMetric, Trigger
from .conditions import Dead, dead, known
from .domains import Domain, Domains, answering, columns_of, is_whole_section


def lint_triggers(
    draft: Draft, triggers: Sequence[Trigger], cards: Mapping[str, Scorecard], domains: Mapping[str, Domain | None]
) -> None:
    """Every `when:`; one that holds for everybody is told as well."""
    section = draft.section("triggers")
    names = {**known(domains), **(_score(cards) if is_whole_section(draft, "scorecards", cards) else {})}
    for trigger in triggers:
        node = _inside(section, trigger.name, "when")
        if not isinstance(node, Value):
            continue
        steps = ("triggers", trigger.name, "when")
        if found := dead(trigger.when.node, names):
            _tell(draft, node, steps, found, "can never be true")
        elif dead(trigger.when.node, names, negated=True) and trigger.when.names:
            message = "is true for every customer it can be said of"
            draft.problems.remark(node.place, steps, message, "mend the number: coverage and shares go from 0 to 1")


def _score(cards: Mapping[str, Scorecard]) -> Domains:
    """What a trigger can say of a score. Without cards nothing is scored, and nothing is known."""
    if not cards:
        return {}
    bands: frozenset[object] = frozenset(name for card in cards.values() for name, _ in card.bands.edges)
    low, high = min(card.low for card in cards.values()), max(card.high for card in cards.values())
    return {
        "score": Domain(low=low, high=high),
        "coverage": Domain(low=0, high=1),
        "band": Domain(words=bands),
        "previous_band": Domain(words=bands),
        "scorecard": Domain(words=frozenset(cards)),
    }


def lint_metrics(draft: Draft, metrics: Mapping[str, object], connections: Mapping[str, Connection]) -> None:
    """Every `where:` of a metric, those that its form adds included."""
    section = draft.section("metrics")
    brought = connections if is_whole_section(draft, "connections", connections) else {}
    for name, metric in metrics.items():
        entry = section.entry(name) if section else None
        if entry is None or not isinstance(metric, QueryMetric):
            continue
        for one in answering(metric.query):
            where = " and ".join(f"({rule})" for rule in (one.per_person, one.where) if rule)
            rule = _rule(draft, one.kind, where)
            found = dead(rule.node, _columns(one.kind, brought)) if rule else None
            if found is not None:
                _tell(draft, _written(entry, where), ("metrics", name), found, "takes no row, ever")
                break


def lint_customers(draft: Draft, identity: Identity, connections: Mapping[str, Connection]) -> None:
    """The filters of the customer list."""
    section = draft.section("identity")
    for listed in identity.customers:
        node = _inside(section, "customers", listed.connection, "where")
        if listed.where is None or not isinstance(node, Value):
            continue
        own = connections.get(listed.connection)
        names = _columns(ACCOUNT.name, {listed.connection: own} if own else {})
        if found := dead(listed.where.node, names):
            steps = ("identity", "customers", listed.connection, "where")
            _tell(draft, node, steps, found, "lets nobody in")


def _rule(draft: Draft, kind: str, where: str | None) -> Expression | None:
    try:
        one = KINDS[kind]
        return parse(where, names=names_of(one, draft.extras.get(kind)), values=values_of(one)) if where else None
    except (ExprError, KeyError):
        return None


def _columns(kind: str, connections: Mapping[str, Connection]) -> Domains:
    """What the columns of a kind can be in this configuration."""
    bringing = [name for name, one in connections.items() if any(stream.kind.name == kind for stream in one.streams)]
    return columns_of(kind, frozenset(bringing))


def _tell(draft: Draft, node: Value, steps: tuple[Step, ...], found: Dead, message: str) -> None:
    """At the name that cannot be as the rule wants it."""
    at = re.search(rf"\b{re.escape(found.name)}\b", node.text) if found.name else None
    why = f": {found.name} cannot be all that it asks for" if found.name else ""
    draft.problems.add(
        node.at(at.start()) if at else node.place, steps, f"{message}{why}", "mend the rule, or delete it"
    )


def _written(entry: Entry, where: str) -> Value:
    """The text in the file that (a part of) a rule was made of, the longest first; else the metric's own name."""
    found = [one for one in _texts(entry.node) if one.text and one.text in where and " " in one.text.strip()]
    return max(found, key=lambda one: len(one.text), default=Value(place=entry.place, value=None, text="", exact=False))


def _texts(node: Node) -> Iterator[Value]:
    yield from (one for one in values(node) if isinstance(one.value, str))


def _inside(node: Node | None, *steps: str) -> Node | None:
    for step in steps:
        node = node.get(step) if isinstance(node, Block) else None
    return node
