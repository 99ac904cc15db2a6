"""Rules about a whole customer: the names they may use, and the checked rule out of its place in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pydantic import Field

from ..expr import Expression
from ..model import ACCOUNT, Type
from .blocks import Strict
from .check import check
from .draft import Draft
from .metrics import Metrics
from .nodes import Block, Entry, Node, Step, Value
from .placement import Rule
from .when import read_when

#: Fields of an account that no rule about a customer reads: a list, and an id that means nothing outside its connection.
_OWN = ("domains", "parent")
#: What every such rule may say beside the fields of the account and the metrics.
WORDS: Mapping[str, Type] = {"account_stage": Type.TEXT, "tenure": Type.INTEGER, "tenure_months": Type.NUMBER}
#: What rules may say about the milestone of `onboarding:`, where there is one.
MILESTONE_WORDS: Mapping[str, Type] = {
    "milestone_reached": Type.FLAG,
    "time_to_value": Type.INTEGER,
    "onboarding_overdue": Type.FLAG,
}


class RuleBlock(Strict):
    """A name that holds while a rule does."""

    when: str = Field(description="a rule over fields of the account, metrics and tenure")


def account_fields(draft: Draft) -> dict[str, Type]:
    """The fields of a customer's account that rules may read."""
    own = {column.name: column.type for column in ACCOUNT.columns if column.name not in _OWN}
    extra = {name: type for name, type in draft.extras.get(ACCOUNT.name, {}).items() if type is not Type.LIST}
    return {**extra, **own}


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleReader:
    """Reads rules that may use some names. `values` lists the only texts of some of them."""

    draft: Draft
    metrics: Metrics
    names: Mapping[str, Type]
    values: Mapping[str, tuple[str, ...]]

    def named(self, entry: Entry, steps: tuple[Step, ...]) -> Rule | None:
        """The rule of `name: {when: …}`, or of `name: "…"` for short; None with its problems noted."""
        if not self.draft.named(entry, steps):
            return None
        node = entry.node
        if isinstance(node, Block):
            if check(node, RuleBlock, self.draft.problems, steps) is None:
                return None
            node, steps = node.get("when") or node, (*steps, "when")
        rule = self.rule(node, steps)
        return Rule(name=entry.key, when=rule, place=entry.place) if rule else None

    def rule(self, node: Node, steps: tuple[Step, ...]) -> Expression | None:
        """The checked rule."""
        if not isinstance(node, Value) or not isinstance(node.value, str):
            self.draft.problems.add(node.place, steps, "needs a rule in quotes", 'for example "mrr >= 5000"')
            return None
        return read_when(self.draft, node, steps, self.metrics, self.names, self.values, timely=True)


def used_names(rules: Iterator[Expression]) -> frozenset[str]:
    """Every name that some of the rules read."""
    return frozenset(name for rule in rules for name in rule.names)
