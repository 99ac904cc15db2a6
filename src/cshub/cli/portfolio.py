"""`cshub portfolio`: all customers together, and what became of those of an earlier day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from fractions import Fraction
from typing import cast

import click

from ..engine.portfolio import BY, Portfolio, portfolio
from .explain import Moment
from .invocation import Command, Invocation, json_option, pass_invocation
from .output import show, show_json, show_table
from .portfolio_words import Table, tables


@click.command(cls=Command, short_help="See all customers together: revenue, churn, voice, bands.")
@click.option("--at", type=Moment(), metavar="DATE", help="as it stood at the end of that day  [now]")
@click.option("--since", type=Moment(), metavar="DATE", help="the opening, at the end of that day  [90 days before]")
@click.option("--by", type=click.Choice(BY), metavar="PART", help="the same for each owner, segment or partner")
@json_option
@pass_invocation
def command(
    invocation: Invocation, *, at: datetime | None, since: datetime | None, by: str | None, as_json: bool
) -> None:
    r"""See all customers together: revenue kept and lost, churn, lifetime value, what people answer, bands, renewals, why customers left.

    Amounts are those that had been read by the day in question. What cannot be known is not 0 but —, with its reason.

    \b
    cshub portfolio
    cshub portfolio --at 2026-03-31 --since 2025-12-31 --by owner
    """
    with invocation.hub() as hub:
        found = portfolio(hub, at=at or hub.now(), since=since, by=by)
    if as_json:
        show_json(**cast("dict[str, object]", document(found)))
        return
    for one in tables(found):
        _show(one)


def document(found: Portfolio) -> object:
    """The portfolio as data: exact fractions become numbers, an undefined figure a null with its reason."""
    return _plain(found)


def _show(one: Table) -> None:
    for line in one.lines:
        show(line)
    show_table(one.columns, one.rows)
    show()


def _plain(value: object) -> object:
    if isinstance(value, Fraction):
        return int(value) if value.denominator == 1 else float(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name.rstrip("_"): _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        if all(isinstance(one, Fraction) for one in value.values()):  # sums by currency, none of them included
            return [{"currency": code, "amount": _plain(amount)} for code, amount in value.items()]
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return value
