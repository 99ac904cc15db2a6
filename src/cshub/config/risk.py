"""The section `risk`: how much rules count, and the rules, each with what it looks at, how severe it is and what people read."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field

from ..model import MICRO
from ..model.durations import Share
from .blocks import Strict
from .check import check
from .draft import Draft
from .metrics import Metrics
from .nodes import Block, Entry, Node, Step, Value
from .outputs import RiskRule, RiskRules
from .text import fields_of
from .triggers import SCORE_NAMES, when_scored


class RiskBlock(Strict):
    """Churn risk, from 0 to 100, higher is worse."""

    rules_weight: Share = Field(
        default=0.5, description="how much the worst rule counts; lack of health counts the rest"
    )
    rules: dict[str, object] = Field(default={}, description="rules by name")


class RiskRuleBlock(Strict):
    """A reason why a customer may leave."""

    when: str = Field(description="a rule over score, band, coverage and metrics")
    severity: float = Field(ge=0, le=100, description="how bad it is, 0 to 100; the worst rule that holds counts")
    text: str = Field(max_length=200, description="what people read; {metric} is its value")


def read_risk(draft: Draft, metrics: Metrics) -> RiskRules | None:
    """The section, or None where no risk is declared."""
    section = draft.section("risk")
    core = check(section, RiskBlock, draft.problems, ("risk",)) if section else None
    if section is None or core is None:
        return None
    node = section.get("rules")
    rules = tuple(_rules(draft, node, metrics)) if node is not None else ()
    return RiskRules(rules=rules, weight=round(core.rules_weight * MICRO))


def _rules(draft: Draft, node: Node, metrics: Metrics) -> Iterator[RiskRule]:
    for entry in draft.block(node, ("risk", "rules")) or ():
        if draft.named(entry, ("risk", "rules", entry.key)):
            rule = _rule(draft, entry, metrics)
            if rule is not None:
                yield rule


def _rule(draft: Draft, entry: Entry, metrics: Metrics) -> RiskRule | None:
    steps: tuple[Step, ...] = ("risk", "rules", entry.key)
    block = draft.block(entry.node, steps)
    core = check(block, RiskRuleBlock, draft.problems, steps) if block else None
    if block is None or core is None:
        return None
    _check_text(draft, block, steps, metrics)
    node = block.get("when")
    when = when_scored(draft, node, (*steps, "when"), metrics) if isinstance(node, Value) else None
    if when is None:
        return None
    return RiskRule(name=entry.key, when=when, severity=round(core.severity * MICRO), text=core.text)


def _check_text(draft: Draft, block: Block, steps: tuple[Step, ...], metrics: Metrics) -> None:
    node = block.get("text")
    if not isinstance(node, Value):
        return
    known = {*metrics.named, *SCORE_NAMES}
    for name, column in fields_of(node.text):
        if name not in known:
            draft.problems.add(
                node.at(column), (*steps, "text"), f"{{{name}}} is no metric", "name a metric, or delete it"
            )
