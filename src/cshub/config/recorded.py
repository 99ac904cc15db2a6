"""A scorecard of an earlier day, out of the text that was kept when it first scored: what is in force today does not matter for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..model import Scorecard, Type
from ..plugins import Registry
from .draft import Draft
from .metrics import read_metrics
from .nodes import Block, Entry, Items, Node, Place, Value
from .problems import Problems
from .references import References
from .result import ConfiguredMetric
from .scorecards import read_card

_PLACE = Place("the store", 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A scorecard as it was, with the metrics it used."""

    card: Scorecard
    metrics: Mapping[str, ConfiguredMetric]


def recorded(
    text: str, scorecard_hash: str, registry: Registry, extras: Mapping[str, Mapping[str, Type]]
) -> Recorded | None:
    """The scorecard of a kept text; None where this version, or the plugins there are, cannot read it any more."""
    told = json.loads(text)
    card, metrics, name = told.get("card"), told.get("metrics"), told.get("name")
    if not isinstance(card, dict) or not isinstance(metrics, dict) or not isinstance(name, str):
        return None
    sections = {"metrics": {key: _metric(data) for key, data in metrics.items()}}
    placement = told.get("placement")
    if isinstance(placement, dict) and placement.get("onboarding") is not None:
        sections["onboarding"] = placement["onboarding"]
    root = _node(sections)
    problems = Problems()
    references = References(environ={}, folder=Path(), problems=problems)
    known = {kind: dict(fields) for kind, fields in extras.items()}
    if not isinstance(root, Block):
        return None
    draft = Draft(root=root, registry=registry, references=references, extras=known)
    ready = read_metrics(draft)
    found = read_card(draft, ready, Entry(key=name, place=_PLACE, node=_node(card)))
    if found is None or problems.found:
        return None
    return Recorded(card=replace(found, text=text, hash=scorecard_hash), metrics=ready.ready)


def _metric(data: object) -> object:
    """A function metric was kept as its name with its plugin's name and version."""
    return data[0] if isinstance(data, list) and data else data


def _node(data: object) -> Node:
    if isinstance(data, Mapping):
        entries = (Entry(key=str(key), place=_PLACE, node=_node(value)) for key, value in data.items())
        return Block(place=_PLACE, entries=tuple(entries))
    if isinstance(data, Sequence) and not isinstance(data, str):
        return Items(place=_PLACE, nodes=tuple(map(_node, data)))
    if data is None or isinstance(data, str | int | float | bool):
        text = "" if data is None else json.dumps(data) if not isinstance(data, str) else data
        return Value(place=_PLACE, value=data, text=text, exact=False)
    return Value(place=_PLACE, value=None, text="", exact=False)
