"""`cshub link`: deciding which records belong to which customer."""

from __future__ import annotations

import click

from .invocation import Command, Invocation, pass_invocation
from .work import work, work_options


@click.command(cls=Command, short_help="Decide which records belong to which customer.")
@work_options("wait")
@pass_invocation
def command(invocation: Invocation, /, *, as_json: bool, **asked: object) -> None:
    r"""Decide which records belong to which customer, by the rules under `identity:`.

    Begins once every listed account stream has been read to its end; `cshub identity review` shows what is left to you.

    \b
    cshub link
    """
    work(invocation, ("link",), command="link", as_json=as_json, **asked)
