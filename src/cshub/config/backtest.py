"""The section `backtest`: who counts as having left and when, and which facts a score may not know because they follow from leaving."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from pydantic import Field

from ..expr import Expression, names_of, values_of
from ..expr.problem import did_you_mean
from ..model import ACCOUNT, KINDS, Type
from ..model.durations import Duration
from .blocks import Strict
from .check import check
from .draft import Draft
from .nodes import Block, Items, Value

_MONTH = timedelta(days=30)
_LEADS = (_MONTH, 2 * _MONTH, 3 * _MONTH, 6 * _MONTH)


class ChurnedBlock(Strict):
    """Who left: a rule over the customer's account, or over the lines of a file."""

    when: str = Field(
        description="a rule that is true for those who left: over the account, or over the file's columns"
    )
    date: str | None = Field(default=None, description="the field or column with the day of leaving")
    file: str | None = Field(default=None, description="a CSV file that says who left, instead of the account")
    key: str | None = Field(default=None, description="the file's column with the customer's id or external id")


class BacktestBlock(Strict):
    """What `cshub backtest` holds scores against. Without `churned`: those who left the customer list, on the day that was noticed."""

    churned: ChurnedBlock | None = None
    banned: list[str] = Field(default=[], description="facts that follow from leaving: kinds, or fields as kind.field")
    leads: list[Duration] = Field(
        default=list(_LEADS), min_length=1, description="how long before the label date the score is taken"
    )
    horizon: Duration | None = Field(default=None, description="how long after the score leaving counts  [the lead]")
    every: Duration = Field(default=_MONTH, description="pause between two label dates")
    pulse: str | None = Field(default=None, description="the signal that is the CSM's own judgement, as a baseline")


@dataclass(frozen=True, slots=True, kw_only=True)
class Churned:
    """Who left. `rule` is over rows of the account; with `file` it is None and `when` is over the file's columns, once they are known."""

    when: str
    rule: Expression | None
    date: str | None
    file: Path | None
    key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backtest:
    """The section with its defaults. `churned` None: those who left the customer list."""

    churned: Churned | None = None
    banned: tuple[str, ...] = ()
    leads: tuple[timedelta, ...] = _LEADS
    horizon: timedelta | None = None
    every: timedelta = _MONTH
    pulse: str | None = None


def read_backtest(draft: Draft) -> Backtest:
    """The section; its defaults where there is none."""
    block = draft.section("backtest")
    core = check(block, BacktestBlock, draft.problems, ("backtest",)) if block is not None else None
    if block is None or core is None:
        return Backtest()
    _check_banned(draft, block)
    for key, pauses in (("every", [core.every]), ("leads", core.leads), ("horizon", [core.horizon or _MONTH])):
        node = block.get(key)
        if node is not None and min(pauses) < timedelta(hours=1):
            draft.problems.add(node.place, ("backtest", key), "needs an hour or more", "like 30d")
    return Backtest(
        churned=_churned(draft, block.get("churned"), core.churned),
        banned=tuple(core.banned),
        leads=tuple(sorted(core.leads)),
        horizon=core.horizon,
        every=core.every,
        pulse=core.pulse,
    )


def _churned(draft: Draft, node: object, core: ChurnedBlock | None) -> Churned | None:
    if core is None or not isinstance(node, Block):
        return None
    steps = ("backtest", "churned")
    when, date = node.get("when"), node.get("date")
    names = names_of(ACCOUNT, draft.extras.get(ACCOUNT.name))
    rule, file = None, None
    if core.file is None and isinstance(when, Value):
        rule = draft.rule(when, (*steps, "when"), names, values_of(ACCOUNT))
        _check_date(draft, date, (*steps, "date"), names)
    elif core.file is not None:
        file = _file(draft, node.get("file"), (*steps, "file"))
    if (core.file is None) != (core.key is None):
        missing = "key" if core.key is None else "file"
        draft.problems.add(node.place, (*steps, missing), "is missing", "a file needs its key, and a key its file")
    return Churned(when=core.when, rule=rule, date=core.date, file=file, key=core.key)


def _check_date(draft: Draft, node: object, steps: Sequence[str], names: dict[str, Type]) -> None:
    if isinstance(node, Value) and names.get(node.text) not in (Type.DATE, Type.TIME):
        dated = {name: type for name, type in names.items() if type in (Type.DATE, Type.TIME)}
        hint = did_you_mean(node.text, dated)
        draft.problems.add(node.place, steps, f"{node.text} is no field of the account with a date", hint)


def _file(draft: Draft, node: object, steps: Sequence[str]) -> Path | None:
    if not isinstance(node, Value):
        return None
    text = draft.references.text(node, steps) if node.text.startswith("env:") else node.text
    return draft.references.folder / text if text else None


def _check_banned(draft: Draft, block: Block) -> None:
    node = block.get("banned")
    for place, item in enumerate(node.nodes if isinstance(node, Items) else ()):
        if not isinstance(item, Value):
            continue
        kind, _, field = item.text.partition(".")
        steps = ("backtest", "banned", place)
        if kind not in KINDS:
            draft.problems.add(item.place, steps, f"there is no kind {kind}", did_you_mean(kind, KINDS))
        elif field and field not in (fields := names_of(KINDS[kind], draft.extras.get(kind))):
            draft.problems.add(item.place, steps, f"{kind} has no field {field}", did_you_mean(field, fields))
