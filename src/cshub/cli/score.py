"""`cshub score`: scoring the customers that are due, and watching for what changed."""

from __future__ import annotations

import click

from .invocation import Command, Invocation, pass_invocation
from .work import work, work_options


@click.command(cls=Command, short_help="Score the customers that are due.")
@work_options("customer", "everybody", "wait")
@pass_invocation
def command(invocation: Invocation, /, *, as_json: bool, **asked: object) -> None:
    r"""Score the customers that are due: touched since last time, or with a reading that fell due. Writes to no CRM.

    \b
    cshub score
    cshub score --customer crm:123
    cshub score --all            after a change of the plugins, for example
    """
    work(invocation, ("score",), command="score", as_json=as_json, **asked)
