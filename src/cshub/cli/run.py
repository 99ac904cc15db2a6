"""`cshub run`: every stage in order, as the daemon would."""

from __future__ import annotations

import click

from ..engine import STAGES
from .invocation import Command, Invocation, pass_invocation
from .work import work, work_options


@click.command(cls=Command, short_help="Do all of it in order, as the daemon would.")
@work_options("select", "full", "sweep", "accept", "everybody", "limit", "dry", "wait")
@pass_invocation
def command(invocation: Invocation, /, *, as_json: bool, **asked: object) -> None:
    r"""Do all of it in order, as the daemon would: pull, link, score, act, publish.

    Writes to a CRM only where the configuration says `approve: auto`; elsewhere it leaves a plan for `cshub apply` and exits 4.

    \b
    cshub run
    cshub run --dry-run          everything but the writing
    cshub run --select crm       this connection alone
    """
    # --limit is about records written, so a first look at a new scorecard can stay small.
    work(invocation, STAGES, command="run", as_json=as_json, **asked)
