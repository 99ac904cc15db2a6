"""`cshub daemon`: running by the schedule of the configuration until somebody stops it."""

from __future__ import annotations

import click

from ..daemon import run_daemon
from ..engine import Options
from .invocation import Command, Invocation, pass_invocation
from .logs import configure
from .output import say


@click.command(cls=Command, short_help="Run by the schedule of the configuration.")
@click.option("--takeover", is_flag=True, help="take the lease away from a daemon that is stuck")
@pass_invocation
@click.pass_context
def command(context: click.Context, invocation: Invocation, *, takeover: bool) -> None:
    r"""Run by the `schedule:` of the configuration until SIGTERM or Ctrl-C; then it ends within seconds, its place saved.

    Writes to a CRM only where the configuration says `approve: auto`. A second daemon on the same store exits with 6.

    \b
    cshub daemon
    """
    configure(quiet=invocation.quiet)
    config = invocation.load()
    say(f"pulls every {config.schedule.pull}, scores every {config.schedule.score}; Ctrl-C ends it")
    context.exit(run_daemon(config, options=Options(wait_s=0, takeover=takeover), load=invocation.load))
