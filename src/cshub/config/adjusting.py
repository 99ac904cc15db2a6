"""A scorecard's own changes to its scores (`adjust:`): penalties and boosts, floors, caps and vetoes, each under a condition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model import Bands, ScoreRule
from .blocks import AdjustBlock
from .check import check
from .draft import Draft
from .metrics import Metrics
from .nodes import Block, Items, Node, Step, Value
from .when import read_when

_EFFECTS = ("points", "cap", "floor", "veto")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What an effect can be: scores from `low` to `high`, and the bands with their edges."""

    low: float
    high: float
    bands: Bands


def read_adjust(
    draft: Draft, metrics: Metrics, node: Node | None, steps: tuple[Step, ...], limits: Limits
) -> Iterator[ScoreRule]:
    """The rules of a card that are right, in their order; they are named by their place in it."""
    if not isinstance(node, Items):
        return
    for number, row in enumerate(node.nodes):
        inside = (*steps, number)
        block = draft.block(row, inside)
        core = check(block, AdjustBlock, draft.problems, inside) if block is not None else None
        if block is None:
            continue
        when = block.get("when")
        if not isinstance(when, Value) or not when.text:
            continue
        rule = read_when(draft, when, (*inside, "when"), metrics, {}, {})
        if core is None or not _has_one_effect(draft, block, inside) or not _fits(draft, block, inside, core, limits):
            continue
        if rule is not None:
            yield ScoreRule(
                name=f"adjust {number + 1}",
                when=rule.closure(),
                metrics=rule.names,
                text=core.text,
                points=core.points,
                cap=core.cap,
                floor=core.floor,
                veto=core.veto,
            )


def _has_one_effect(draft: Draft, block: Block, steps: Sequence[Step]) -> bool:
    given = [key for key in _EFFECTS if block.get(key) is not None]
    if len(given) == 1:
        return True
    message = f"has {' and '.join(given)}" if given else "changes nothing"
    draft.problems.add(block.place, steps, message, "write exactly one of points:, cap:, floor: and veto:")
    return False


def _fits(draft: Draft, block: Block, steps: tuple[Step, ...], core: AdjustBlock, limits: Limits) -> bool:
    """Whether the effect could ever do something."""
    for key, number in (("cap", core.cap), ("floor", core.floor)):
        node = block.get(key)
        if number is not None and node is not None and not limits.low <= number <= limits.high:
            message = f"{number:g} is outside {limits.low:g} to {limits.high:g}"
            draft.problems.add(node.place, (*steps, key), message)
            return False
    node = block.get("points")
    if core.points == 0 and node is not None:
        draft.problems.add(node.place, (*steps, "points"), "0 points change nothing", "delete the rule")
        return False
    node = block.get("veto")
    if core.veto is None or node is None:
        return True
    names = [name for name, _ in limits.bands.edges]
    if names and core.veto == names[-1]:
        message = f"{core.veto} is the best band anyway"
        draft.problems.add(node.place, (*steps, "veto"), message, "name the best band that is left")
        return False
    return draft.known(core.veto, dict.fromkeys(names, object()), node, (*steps, "veto"), what="band")
