"""Whether the weights and the points of a scorecard's tree make sense together."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from ..model import Group
from ..scoring.rounding import exact
from .draft import Draft
from .nodes import Block, Step, find

_WEIGHED = frozenset({"weighted"})


def check_weights(draft: Draft, root: tuple[Step, ...], block: Block, group: Group, *, strict: bool) -> None:
    """Weights of a weighted group are not all 0; with `strict` they sum to 100. `root` leads to the card, `block` is its YAML."""
    _weights(draft, root, (), block, group, strict=strict)


def check_points(draft: Draft, root: tuple[Step, ...], block: Block, group: Group, most: float) -> None:
    """Points of a group of points sum to the whole scale; where groups are capped, they have to be able to reach it."""
    _points(draft, root, (), block, group, most)


def _weights(
    draft: Draft, root: tuple[Step, ...], inside: tuple[Step, ...], block: Block, group: Group, *, strict: bool
) -> None:
    weights = [signal.weight for signal in group.signals] + [part.weight for part in group.groups]
    if group.combine in _WEIGHED and weights and not any(weights):
        _add(draft, root, inside, block, "all weights are 0", "give one of them a weight")
    elif group.combine in _WEIGHED and strict and len(weights) > 1 and sum(weights) != 100:
        message = f"the weights sum to {sum(weights)}, and `strict: true` wants 100"
        _add(draft, root, inside, block, message)
    for part in group.groups:
        _weights(draft, root, (*inside, "groups", part.name), block, part, strict=strict)


def _points(
    draft: Draft, root: tuple[Step, ...], inside: tuple[Step, ...], block: Block, group: Group, most: float
) -> None:
    if group.combine != "points":
        for part in group.groups:
            _points(draft, root, (*inside, "groups", part.name), block, part, most)
        return
    reach, capped = _reach(group), _is_capped(group)
    if (capped and reach < exact(most)) or (not capped and reach != exact(most)):
        wanted = f"{most:g} at least" if capped else f"{most:g}"
        hint = "the most points of the signals (the second number of out:) have to make up the whole scale"
        _add(
            draft,
            root,
            inside,
            block,
            f"the most points there are sum to {float(reach):g}, and have to sum to {wanted}",
            hint,
        )


def _reach(group: Group) -> Fraction:
    """The most points a group can give."""
    reach = sum((exact(signal.shape.out[1]) for signal in group.signals), Fraction(0)) + sum(map(_reach, group.groups))
    return reach if group.cap is None else min(reach, exact(group.cap))


def _is_capped(group: Group) -> bool:
    return group.cap is not None or any(map(_is_capped, group.groups))


def _add(
    draft: Draft, root: tuple[Step, ...], inside: Sequence[Step], block: Block, message: str, hint: str | None = None
) -> None:
    place, _ = find(block, inside)
    draft.problems.add(place, (*root, *inside), message, hint)
