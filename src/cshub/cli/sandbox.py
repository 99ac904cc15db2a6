"""`cshub sandbox`: a vendor's double on a real port, for trying things out and for other people's clients."""

from __future__ import annotations

import os
import shlex
import subprocess

import click

from ..errors import ConfigError
from .invocation import Command
from .output import count, say, show
from .sandboxes import RunningSandboxes, start_company, start_sandbox


@click.command(cls=Command, short_help="Serve a vendor's double on this machine.")
@click.argument("names", metavar="NAME[,NAME…]")
@click.argument("arguments", metavar="[-- COMMAND]", nargs=-1, type=click.UNPROCESSED)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="on 127.0.0.1  [a free one]")
@click.option("--seed", type=int, default=7, show_default=True, help="of the made-up company")
@click.option("--customers", type=click.IntRange(min=0), default=500, show_default=True, help="of the made-up company")
@click.option("--empty", is_flag=True, help="without any record")
@click.option("--companies", metavar="FILE:COLUMN", help="a company per line of a CSV; the column is its customer_id")
@click.pass_context
def command(
    context: click.Context,
    *,
    names: str,
    arguments: tuple[str, ...],
    port: int,
    seed: int,
    customers: int,
    empty: bool,
    companies: str | None,
) -> None:
    r"""Serve a vendor's double on 127.0.0.1 until Ctrl-C, and print the environment in which a configuration reaches it.

    With a COMMAND it runs that in this environment instead, and ends with it, with its exit code. Several names are the tools of
    one company: the same customers, at the same time.

    \b
    cshub sandbox hubspot --port 8900
    cshub sandbox hubspot -- cshub run
    cshub sandbox salesforce,hubspot,intercom,satismeter --port 8900
    cshub sandbox hubspot --companies customers.csv:customer_id
    """
    several = [name.strip() for name in names.split(",") if name.strip()]
    if len(several) > 1 and (empty or companies):
        raise ConfigError(
            "several doubles share the made-up company", where="sandbox", hint="leave --empty and --companies out"
        )
    started: RunningSandboxes = (
        start_company(several, port=port, seed=seed, customers=customers)
        if len(several) > 1
        else RunningSandboxes(
            (start_sandbox(names, port=port, seed=seed, customers=customers, empty=empty, companies=companies),)
        )
    )
    with started:
        if arguments:
            context.exit(_run(started, arguments))
        for variable, value in started.environ.items():
            show(f"export {variable}={shlex.quote(value)}")
        what = "no records" if empty else f"{count(customers)} made-up customers" if companies is None else companies
        for one in started.running:
            say(f"{one.double.name}'s double with {what} answers at {one.served.url}")
        say("Ctrl-C ends it")
        started.wait()


def _run(started: RunningSandboxes, arguments: tuple[str, ...]) -> int:
    try:
        return subprocess.run(arguments, env={**os.environ, **started.environ}, check=False).returncode
    except FileNotFoundError as error:
        raise ConfigError(f"there is no program {arguments[0]!r}", where="sandbox") from error
