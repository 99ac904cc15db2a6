"""The section `portfolio`: what `cshub portfolio` has to be told, because no vendor says it: margin, conversion, grades, which field says why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from pydantic import Field

from ..expr.problem import did_you_mean, nearest
from ..model import ACCOUNT, Scorecard, Type
from ..model.durations import Share
from ..scoring.portfolio import Grades
from ..scoring.rounding import exact
from .blocks import Strict
from .check import check
from .draft import Draft
from .nodes import Block, Node, Step, Value, find
from .result import PortfolioRules

#: Sections and keys that name a field of the account.
_FIELDS = (("partner",), ("segment",), ("churn", "root"), ("churn", "proximate"), ("churn", "function"))


class ChurnBlock(Strict):
    """Fields of the account that people fill in when a customer leaves."""

    root: str | None = Field(default=None, description="the field that holds the root cause")
    proximate: str | None = Field(default=None, description="the field that holds what set it off")
    function: str | None = Field(default=None, description="the field that holds the team the cause belongs to")


class GradeBlock(Strict):
    """From which renewal rate on a segment passes and is excellent."""

    passes: Share = Field(alias="pass", description="a lower rate is a fail")
    excellent: Share = Field(description="this rate and more")


class PortfolioBlock(Strict):
    """What a portfolio is reckoned with."""

    margin: Share | None = Field(default=None, description="share of revenue that is left after its cost; LTV needs it")
    currency: str | None = Field(default=None, description="the currency that `rates` convert into, like EUR")
    default_currency: str | None = Field(default=None, description="the currency of amounts that come without one")
    rates: dict[str, float] = Field(default={}, description="what one unit of another currency is in `currency`")
    segment: str | None = Field(default=None, description="the account's field that names its segment")
    partner: str | None = Field(
        default=None, description="the account's field that names the partner who looks after it"
    )
    ces: Literal["high_is_easy", "high_is_hard"] | None = Field(
        default=None, description="what a high answer to a CES survey means"
    )
    renewal: dict[str, GradeBlock] | None = Field(default=None, description="grades of the renewal rate by segment")
    quality: dict[str, float] | None = Field(
        default=None, description="points of each band for the quality of the portfolio (100, 60, 40 for three bands)"
    )
    churn: ChurnBlock = ChurnBlock()


def read_portfolio(draft: Draft, cards: Mapping[str, Scorecard]) -> PortfolioRules:
    """The section, with what is usual where it says nothing."""
    section = draft.section("portfolio") or Block(place=draft.root.place)
    core = check(section, PortfolioBlock, draft.problems, ("portfolio",))
    if core is None:
        return PortfolioRules()
    _check_fields(draft, section)
    _check_rates(draft, section, core)
    _check_grades(draft, section, core)
    _check_bands(draft, section, core, cards)
    usual = PortfolioRules()
    return PortfolioRules(
        margin=_share(section.get("margin"), core.margin),
        currency=core.currency,
        default_currency=core.default_currency,
        rates={code: exact(rate) for code, rate in core.rates.items()},
        segment=core.segment,
        partner=core.partner,
        ces=core.ces,
        grades=usual.grades if core.renewal is None else dict(_grades(section, core.renewal)),
        quality=None if core.quality is None else {band: exact(points) for band, points in core.quality.items()},
        root=core.churn.root,
        proximate=core.churn.proximate,
        function=core.churn.function,
    )


def _share(node: Node | None, found: float | None) -> Fraction | None:
    """The share as it is written, so that 33.3% is exactly that."""
    text = node.text.strip() if isinstance(node, Value) else ""
    if found is None:
        return None
    return Fraction(Decimal(text.rstrip("% "))) / 100 if text.endswith("%") else exact(found)


def _grades(section: Block, renewal: Mapping[str, GradeBlock]) -> Iterator[tuple[str, Grades]]:
    for name, one in renewal.items():
        written = _inside(section, "renewal", name)
        passes = _share(written.get("pass"), one.passes)
        excellent = _share(written.get("excellent"), one.excellent)
        if passes is not None and excellent is not None:
            yield name.lower(), Grades(passes=passes, excellent=excellent)


def _inside(section: Block, *steps: str) -> Block:
    node: Node | None = section
    for step in steps:
        node = node.get(step) if isinstance(node, Block) else None
    return node if isinstance(node, Block) else Block(place=section.place)


def _check_fields(draft: Draft, section: Block) -> None:
    """A field that no connection has would leave a table empty without a word."""
    types = {**{column.name: column.type for column in ACCOUNT.columns}, **draft.extras.get(ACCOUNT.name, {})}
    for steps in _FIELDS:
        node = _inside(section, *steps[:-1]).get(steps[-1])
        if not isinstance(node, Value) or node.value is None:
            continue
        path: tuple[Step, ...] = ("portfolio", *steps)
        if types.get(node.text) is Type.LIST:
            draft.problems.add(node.place, path, f"{node.text} holds several values", "name a field with one")
        elif node.text not in types and (draft.certain or nearest(node.text, types)):
            hint = did_you_mean(node.text, types)
            draft.problems.add(node.place, path, f"{node.text} is no field of an account", hint)


def _check_rates(draft: Draft, section: Block, core: PortfolioBlock) -> None:
    if core.rates and core.currency is None:
        place, _ = find(section, ("rates",))
        draft.problems.add(place, ("portfolio", "rates"), "convert into what?", "add `currency: EUR`")
    for key, written in (("currency", core.currency), ("default_currency", core.default_currency)):
        if written is not None:
            _check_code(draft, section, written, (key,))
    for code, rate in core.rates.items():
        place, _ = find(section, ("rates", code))
        _check_code(draft, section, code, ("rates", code))
        if not 0 < rate < 1e9:
            draft.problems.add(place, ("portfolio", "rates", code), f"{rate:g} is no rate", "write a number above 0")
        elif code == core.currency and rate != 1:
            draft.problems.add(place, ("portfolio", "rates", code), f"one {code} is one {code}", "delete the line")


def _check_code(draft: Draft, section: Block, code: str, steps: tuple[Step, ...]) -> None:
    if not re.fullmatch("[A-Z]{3}", code):
        place, _ = find(section, steps)
        message, hint = f"{code[:20]} is no code of a currency", "three capital letters, like EUR"
        draft.problems.add(place, ("portfolio", *steps), message, hint)


def _check_grades(draft: Draft, section: Block, core: PortfolioBlock) -> None:
    for name, one in (core.renewal or {}).items():
        if one.passes >= one.excellent:
            place, _ = find(section, ("renewal", name, "excellent"))
            message, hint = "is not above `pass`", "excellent is more than a pass"
            draft.problems.add(place, ("portfolio", "renewal", name, "excellent"), message, hint)


def _check_bands(draft: Draft, section: Block, core: PortfolioBlock, cards: Mapping[str, Scorecard]) -> None:
    known = [name for card in cards.values() for name, _ in card.bands.edges]
    for name, points in (core.quality or {}).items():
        place, _ = find(section, ("quality", name))
        if known and name not in known:
            message, hint = f"no scorecard has a band {name}", did_you_mean(name, known)
            draft.problems.add(place, ("portfolio", "quality", name), message, hint)
        if not 0 <= points <= 100:
            draft.problems.add(place, ("portfolio", "quality", name), "needs points from 0 to 100")
