"""The sections `lifecycle` and `onboarding`: stages by first match, what tenure counts from, and the milestone of first value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from pydantic import Field

from ..expr import parse
from ..expr.problem import did_you_mean, nearest
from ..model import Type
from ..model.durations import Duration
from .blocks import Strict
from .check import check
from .draft import Draft
from .metrics import Metrics
from .nodes import Block, Entry, Place, Value
from .placement import CHURNED, IGNORED, STAGES, Lifecycle, Onboarding, Rule
from .rules import MILESTONE_WORDS, WORDS, RuleReader, account_fields

OTHERWISE = "otherwise"
START = "created_at"
_STEPS = ("lifecycle", "stages")
_TYPES = (Type.TIME, Type.DATE, Type.TEXT)
#: The stages where the configuration has none: first those that end it all, then by age, then by the renewal ahead.
_USUAL: Mapping[str, str] = {
    IGNORED: "(type is not None and lower(type) in ('internal', 'test', 'test account', 'demo')) "
    "or (account_stage is not None and lower(account_stage) in ('internal', 'test', 'demo'))",
    CHURNED: "(type is not None and lower(type) in ('churned', 'former customer', 'former client', 'lost customer')) "
    "or (account_stage is not None and lower(account_stage) in ('churned', 'former customer', 'former_customer'))",
    "trial": "(type is not None and lower(type) in ('trial', 'free trial')) "
    "or (account_stage is not None and lower(account_stage) in ('trial', 'free trial', 'free_trial'))",
    "onboarding": "tenure is not None and tenure < 90",
    "renewing": "renewal_date is not None and 0 <= days_until(renewal_date) and days_until(renewal_date) <= 90",
}
_LAST = "adopting"


class LifecycleBlock(Strict):
    """Where a customer stands in its life with you."""

    start: str = Field(default=START, description="the field of the account that tenure counts from")
    stages: dict[str, object] = Field(
        description="stages with their rules, in order; the first that holds counts, `otherwise` comes last"
    )


class MilestoneBlock(Strict):
    """A milestone that is reached when a rule holds for the first time."""

    when: str = Field(description="a rule over fields of the account, metrics and tenure")


class OnboardingBlock(Strict):
    """When a customer gets its first value."""

    milestone: str | MilestoneBlock = Field(description="the name of an event, or `when:` with a rule")
    expected: Duration | None = Field(default=None, description="how long after the start it should be reached")


def read_onboarding(draft: Draft, metrics: Metrics) -> Onboarding | None:
    """The milestone; None where there is none, or with its problems noted."""
    section = draft.section("onboarding")
    core = check(section, OnboardingBlock, draft.problems, ("onboarding",)) if section else None
    node = section.get("milestone") if section else None
    if core is None or node is None:
        return None
    if core.expected is not None and core.expected <= timedelta(0):
        draft.problems.add(node.place, ("onboarding", "expected"), "needs to be longer than nothing", "for example 30d")
    if isinstance(node, Block):
        names = {**account_fields(draft), **WORDS}
        reader = RuleReader(draft=draft, metrics=metrics, names=names, values={})
        rule = reader.rule(node.get("when") or node, ("onboarding", "milestone", "when"))
        return Onboarding(event=None, when=rule, expected=core.expected) if rule else None
    event = str(core.milestone)
    if not event.strip() or not event.isprintable() or "\\" in event or ("'" in event and '"' in event):
        draft.problems.add(node.place, ("onboarding", "milestone"), "is no name of an event", "write its plain name")
        return None
    return Onboarding(event=event, when=None, expected=core.expected)


def read_lifecycle(draft: Draft, metrics: Metrics, *, has_milestone: bool) -> Lifecycle:
    """The stages, or the usual ones where the section is missing."""
    section = draft.section("lifecycle")
    if section is None:
        return _usual(draft, has_milestone=has_milestone)
    core = check(section, LifecycleBlock, draft.problems, ("lifecycle",))
    if core is None:
        return _usual(draft, has_milestone=has_milestone)
    start = _start(draft, section, core.start)
    node = section.get("stages")
    stages = draft.block(node, _STEPS) if node is not None else None
    if stages is None:
        return replace(_usual(draft, has_milestone=has_milestone), start=start)
    names = {**account_fields(draft), **WORDS, **(MILESTONE_WORDS if has_milestone else {})}
    reader = RuleReader(draft=draft, metrics=metrics, names=names, values={})
    rules = [_stage(draft, reader, entry) for entry in stages if entry.key != OTHERWISE]
    return Lifecycle(
        stages=tuple(rule for rule in rules if rule), otherwise=_otherwise(draft, stages), start=start, is_written=True
    )


def _stage(draft: Draft, reader: RuleReader, entry: Entry) -> Rule | None:
    steps = (*_STEPS, entry.key)
    meant = nearest(entry.key, STAGES)
    if meant is not None and entry.key not in STAGES:
        message = f"is a stage of its own, and not {meant}"
        draft.problems.remark(entry.place, steps, message, f"did you mean {meant}?")
    return reader.named(entry, steps)


def _otherwise(draft: Draft, stages: Block) -> str:
    """The stage of everybody else; it has to be there, and last."""
    found = stages.entry(OTHERWISE)
    steps = (*_STEPS, OTHERWISE)
    if found is None:
        last = stages.entries[-1].place if stages.entries else stages.place
        hint = f"end the stages with `{OTHERWISE}: {_LAST}`"
        draft.problems.add(last, steps, "is missing, so some customers would be in no stage", hint)
        return _LAST
    if found is not stages.entries[-1]:
        after = stages.entries[stages.entries.index(found) + 1].key
        draft.problems.add(found.place, steps, f"stands before {after}, which is never reached", "put it last")
    name = found.node
    if not isinstance(name, Value) or not isinstance(name.value, str):
        draft.problems.add(name.place, steps, "needs the name of a stage", f"for example `{OTHERWISE}: {_LAST}`")
        return _LAST
    draft.named(Entry(key=name.text, place=name.place, node=name), steps)
    return name.text


def _start(draft: Draft, section: Block, name: str) -> str:
    """The field tenure counts from: a date, a time, or a text that is one."""
    node = section.get("start")
    if node is None:
        return START
    fields = account_fields(draft)
    if name in fields and fields[name] not in _TYPES:
        draft.problems.add(node.place, ("lifecycle", "start"), f"{name} is no date", "name a field with a date")
    elif name not in fields and (draft.certain or nearest(name, fields)):
        hint = did_you_mean(name, [one for one, type in fields.items() if type in _TYPES])
        draft.problems.add(node.place, ("lifecycle", "start"), f"{name} is no field of an account", hint)
    return name


def _usual(draft: Draft, *, has_milestone: bool) -> Lifecycle:
    """The usual stages; with a milestone, onboarding ends when it is reached."""
    place = Place(draft.root.place.file, 1, 1)
    names = {**account_fields(draft), **WORDS, **MILESTONE_WORDS}
    texts = dict(_USUAL)
    if has_milestone:
        texts["onboarding"] += " and not milestone_reached"
    rules = (Rule(name=name, when=parse(text, names=names, timely=True), place=place) for name, text in texts.items())
    return Lifecycle(stages=tuple(rules), otherwise=_LAST)
