"""`cshub backtest`: whether the score would have told who leaves."""

from __future__ import annotations

from datetime import datetime

import click

from .explain import Moment
from .invocation import Command, Invocation, json_option, pass_invocation
from .output import show, show_json

_KNOWN = click.option(
    "--known",
    type=click.Choice(["auto", "observed", "event"]),
    default="auto",
    show_default=True,
    metavar="MODE",
    help="what a score may know: `observed`, facts read by then; `event`, all that had happened by then (optimistic)",
)


@click.command(cls=Command, short_help="See whether the score would have told who leaves.")
@click.option("--from", "start", type=Moment(), metavar="DATE", help="the first day of scores  [12 label dates back]")
@click.option("--until", "end", type=Moment(), metavar="DATE", help="the last label date  [now]")
@click.option(
    "--split", type=Moment(), metavar="DATE", help="the first day held out  [the last third of the label dates]"
)
@_KNOWN
@click.option("--by", metavar="FIELD", help="also by a field of the account, such as tier or stage")
@click.option("--seed", type=int, default=0, show_default=True, help="of the intervals and the leak test")
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    *,
    start: datetime | None,
    end: datetime | None,
    split: datetime | None,
    known: str,
    by: str | None,
    seed: int,
    as_json: bool,
) -> None:
    r"""Score the past by what was known then, and hold the scores against who left in the time after. Writes nothing.

    Who counts as having left is declared under `backtest:` in the configuration; without it, those who left the customer list. Exits
    with 1 when facts of a later day leak into the scores, because the figures are worth nothing then.

    \b
    cshub backtest
    cshub backtest --from 2025-01-01 --by tier
    """
    from ..engine.backtest import backtest  # noqa: PLC0415 - start-up: `--help` tests nothing
    from ..engine.label_dates import Terms  # noqa: PLC0415 - start-up: `--help` tests nothing
    from .backtested import document, lines  # noqa: PLC0415 - start-up: `--help` tests nothing

    with invocation.hub() as hub:
        found = backtest(hub, Terms(known=known, start=start, end=end, split=split, by=by, seed=seed))
    if as_json:
        show_json(**document(found))
    else:
        for line in lines(found):
            show(line)
    if found.is_leaking:
        click.get_current_context().exit(1)
