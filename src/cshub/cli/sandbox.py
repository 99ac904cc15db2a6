"""`cshub sandbox`: a vendor's double on a real port, for trying things out and for other people's clients."""

from __future__ import annotations

import os
import shlex
import subprocess

import click

from ..errors import ConfigError
from .invocation import Command
from .output import count, say, show
from .sandboxes import RunningSandbox, start_sandbox


@click.command(cls=Command, short_help="Serve a vendor's double on this machine.")
@click.argument("name", metavar="NAME")
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
    name: str,
    arguments: tuple[str, ...],
    port: int,
    seed: int,
    customers: int,
    empty: bool,
    companies: str | None,
) -> None:
    r"""Serve a vendor's double on 127.0.0.1 until Ctrl-C, and print the environment in which a configuration reaches it.

    With a COMMAND it runs that in this environment instead, and ends with it, with its exit code.

    \b
    cshub sandbox hubspot --port 8900
    cshub sandbox hubspot -- cshub run
    cshub sandbox hubspot --companies customers.csv:customer_id
    """
    started = start_sandbox(name, port=port, seed=seed, customers=customers, empty=empty, companies=companies)
    with started as sandbox:
        if arguments:
            context.exit(_run(sandbox, arguments))
        for variable, value in sandbox.environ.items():
            show(f"export {variable}={shlex.quote(value)}")
        what = "no records" if empty else f"{count(customers)} made-up customers" if companies is None else companies
        say(f"{name}'s double with {what} answers at {sandbox.served.url}; Ctrl-C ends it")
        sandbox.wait()


def _run(sandbox: RunningSandbox, arguments: tuple[str, ...]) -> int:
    try:
        return subprocess.run(arguments, env={**os.environ, **sandbox.environ}, check=False).returncode
    except FileNotFoundError as error:
        raise ConfigError(f"there is no program {arguments[0]!r}", where="sandbox") from error
