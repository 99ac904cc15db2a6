"""Scorecards that cannot do what they say: weights, tiers and categories nobody reaches, bands out of reach, margins too wide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import floor

from ...model import Group, Scorecard
from ..draft import Draft
from ..nodes import Block, Step, Value, find
from .domains import is_share
from .signals import Placed, ends_of, points_of, unreached

#: A signal with more than this share of the weight is the score.
MOST_SHARE = 0.9
#: What a card and its groups may hold for its range to be known: with anything else in it, caps or penalties may lead outside.
_CARD = frozenset(
    {
        "model", "groups", "signals", "bands", "hysteresis", "min_coverage", "step", "base", "min", "max", "strict", "options",
        "when",
    }
)  # fmt: skip
_GROUP = frozenset({"weight", "signals", "groups", "required"})


def lint_card(draft: Draft, card: Scorecard, block: Block, steps: tuple[Step, ...], placed: Sequence[Placed]) -> None:
    """Everything about one card that can be told without data."""
    _weights(draft, card, placed)
    for one in placed:
        _reach(draft, one)
        _because(draft, one)
    _margins(draft, card, block, steps)
    _bands(draft, card, block, steps, placed)


def _weights(draft: Draft, card: Scorecard, placed: Sequence[Placed]) -> None:
    if card.model != "weighted" or len(placed) < 2:
        return
    for one in placed:
        if one.share > MOST_SHARE:
            message = f"has {one.share:.0%} of the weight, so the score is this metric and hardly anything else"
            key: tuple[Step, ...] = ("weight",) if one.block.get("weight") is not None else ()
            draft.problems.remark(one.place(*key), (*one.steps, *key), message, "give the others more weight")


def _reach(draft: Draft, one: Placed) -> None:
    """Tiers and categories that no value is in, and signals that say the same whatever the value."""
    if one.domain is None:
        return
    dead = list(unreached(one.signal.shape, one.domain))
    for inside, name in dead:
        place = one.key(*inside) if inside[0] == "values" else one.place(*inside)
        what = "category" if inside[0] == "values" else "tier"
        message = f"the {what} {name} is out of reach: {one.signal.metric} is {_said(one)}"
        note = draft.problems.add if what == "category" else draft.problems.remark
        note(place, (*one.steps, *inside), message, "delete it, or mend it")
    if not dead and (ends := ends_of(one.signal.shape)):
        _line(draft, one, ends)
    found = points_of(one.signal.shape, one.domain)
    if not dead and found and found[0] == found[1]:
        message = f"gives {found[0]:g} points whatever the value: {one.signal.metric} is {_said(one)}"
        draft.problems.remark(one.place(), one.steps, message, "mend the shape, or delete the signal")


def _line(draft: Draft, one: Placed, ends: tuple[tuple[float, float], tuple[float, float]]) -> None:
    """An end of a line where no value can be, on the far side of all of them."""
    domain = one.domain
    if domain is None or domain.words is not None:
        return
    for (x, _), is_good in zip(ends, (False, True), strict=True):
        if not domain.low <= x <= domain.high:
            inside = one.end_key(is_good=is_good)
            message = f"{x:g} is out of reach: {one.signal.metric} is {_said(one)}"
            hint = f"{x:g} % is {x / 100:g}" if is_share(domain) and 1 < x <= 100 else "mend the ends of the line"
            draft.problems.remark(one.place(*inside), (*one.steps, *inside), message, hint)


def _said(one: Placed) -> str:
    domain = one.domain
    assert domain is not None
    if domain.words is not None:
        return "one of " + ", ".join(
            sorted(str(word).lower() if isinstance(word, bool) else str(word) for word in domain.words)
        )
    low, high = f"{domain.low:g}", f"{domain.high:g}"
    what = "a whole number" if domain.is_whole else "a number"
    if "inf" in high:
        return f"{what} of {low} or more" if "inf" not in low else what
    return f"{what} from {low} to {high}"


def _because(draft: Draft, one: Placed) -> None:
    """Text that people would read with its braces."""
    text, start = one.signal.because or "", 0
    while (start := text.find("{", start)) >= 0:
        end = text.find("}", start)
        name = text[start + 1 : end] if end > start else ""
        if name and name not in ("value", "date"):
            message, hint = f"{{{name}}} is no field of a reason", "a reason knows {value} and {date}"
            node = one.block.get("because")
            place = node.at(start) if isinstance(node, Value) else one.place()
            draft.problems.remark(place, (*one.steps, "because"), message, hint)
        start += 1


def _margins(draft: Draft, card: Scorecard, block: Block, steps: tuple[Step, ...]) -> None:
    """A band that nobody can climb into, or fall out of, because the margin goes beyond the end of the scale."""
    margin = card.bands.margin
    inside = ("hysteresis", "margin")
    place, _ = find(block, inside)
    for name, edge in card.bands.edges[1:]:
        if edge + margin > card.high or edge - margin <= card.low:
            way = "climb into" if edge + margin > card.high else "fall out of"
            message = f"with {margin:g} points nobody can {way} {name}, which begins at {edge:g}"
            draft.problems.add(place, (*steps, *inside), message, "make the margin smaller")
            return


def _bands(draft: Draft, card: Scorecard, block: Block, steps: tuple[Step, ...], placed: Sequence[Placed]) -> None:
    """Bands that no score can be in, when every metric is at its best or worst."""
    found = score_range(draft, card, block, placed)
    if found is None:
        return
    low, high = (_to_step(end, card.step) for end in found)
    edges = [*card.bands.edges, ("", float("inf"))]
    for (name, edge), (_, following) in pairwise(edges):
        if edge > high or following <= low:
            reach = f"scores go from {low:g} to {high:g}"
            message = f"no score can be in {name}: {reach}, whatever the metrics say"
            place, _ = find(block, ("bands", name))
            draft.problems.remark(
                place, (*steps, "bands", name), message, "mend the edge, or the points of the signals"
            )


def score_range(draft: Draft, card: Scorecard, block: Block, placed: Sequence[Placed]) -> tuple[float, float] | None:
    """The lowest and highest score a card can give; None when a plugin, or something unknown here, has a say in it."""
    if draft.registry.adjusters or card.model not in ("weighted", "additive") or not _is_plain(block, _CARD):
        return None
    given = [points_of(one.signal.shape, one.domain) for one in placed]
    if not placed or len(placed) != _count(card.root) or any(one is None for one in given):
        return None
    pairs = [pair for pair in given if pair is not None]
    if card.model == "additive":
        impacts = [_impacts(one, pair) for one, pair in zip(placed, pairs, strict=True)]
        low, high = (card.base + sum(ends) for ends in zip(*impacts, strict=True))
        return max(low, card.low), min(high, card.high)
    # Signals without a value leave their weight to the others, so a mean is only sure to be between the extremes.
    scaled = [end for one, pair in zip(placed, pairs, strict=True) if one.signal.weight for end in _scaled(one, pair)]
    return (min(scaled), max(scaled)) if scaled else None


def _impacts(one: Placed, pair: tuple[float, float]) -> tuple[float, float]:
    """The least and the most a signal adds; without a value nothing, or what is declared to stand in for it."""
    out = one.signal.shape.out if one.signal.missing in ("neutral", "worst", "best") else ()
    return min(0.0, *pair, *out), max(0.0, *pair, *out)


def _scaled(one: Placed, pair: tuple[float, float]) -> Iterator[float]:
    """Points on the scale 0–100, and what stands in for a missing value."""
    low, high = one.signal.shape.out
    yield from (100 * (end - low) / (high - low) for end in pair)
    stands_in = {"neutral": 50.0, "worst": 0.0, "best": 100.0}.get(one.signal.missing)
    if stands_in is not None:
        yield stands_in


def _is_plain(block: Block, keys: frozenset[str]) -> bool:
    groups = block.get("groups")
    inner = [one.node for one in groups] if isinstance(groups, Block) else []
    return all(one.key in keys for one in block) and all(
        isinstance(one, Block) and _is_plain(one, _GROUP) for one in inner
    )


def _count(group: Group) -> int:
    return len(group.signals) + sum(map(_count, group.groups))


def _to_step(score: float, step: float) -> float:
    return floor(score / step + 0.5) * step
