"""`cshub pull`: fetching what changed at the vendors."""

from __future__ import annotations

import click

from .invocation import Command, Invocation, pass_invocation
from .work import work, work_options


@click.command(cls=Command, short_help="Fetch what changed at the vendors.")
@work_options("select", "full", "sweep", "accept", "wait")
@pass_invocation
def command(invocation: Invocation, /, *, as_json: bool, **asked: object) -> None:
    r"""Fetch what changed at the vendors into the store. Reads only, at the vendors as well.

    \b
    cshub pull
    cshub pull --select crm.tickets
    cshub pull --full            everything again, from the beginning
    """
    work(invocation, ("pull",), command="pull", as_json=as_json, **asked)
