"""`cshub diff`: two scorecards on the same facts, as a table of what would change. Reads well in a pull request."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ConfigError
from .invocation import Command, Invocation, json_option, pass_invocation
from .output import is_terminal, show, show_json

if TYPE_CHECKING:
    from ..config import Config

_FORM = click.option(
    "--markdown/--no-markdown",
    "markdown",
    default=None,
    help="tables as Markdown, for a pull request  [what no terminal reads]",
)
_BY = click.option("--by", metavar="FIELD", help="also count by a field of the account, such as tier or stage")
_LIMIT = click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="names in each list")


@click.command(cls=Command, short_help="Compare two scorecards on all customers.")
@click.argument("configurations", nargs=-1, type=click.Path(path_type=Path), metavar="[A] B")
@_BY
@_LIMIT
@_FORM
@json_option
@pass_invocation
def command(
    invocation: Invocation,
    *,
    configurations: tuple[Path, ...],
    by: str | None,
    limit: int,
    markdown: bool | None,
    as_json: bool,
) -> None:
    r"""Score all customers by two configurations on the same facts and hour, and tell what would change. Writes nothing.

    A is the configuration in force, B the one you would like. Facts come out of A's store; nothing is pulled. Exits with 0 whatever
    changes.

    \b
    cshub diff --config cshub.yaml new.yaml
    cshub diff main/cshub.yaml cshub.yaml --by tier --markdown > diff.md
    """
    from ..engine.compare import compare  # noqa: PLC0415 - start-up: `--help` compares nothing
    from .difference import document, lines  # noqa: PLC0415 - start-up: `--help` compares nothing

    if len(configurations) not in (1, 2):
        raise ConfigError(
            "diff compares two configurations", where="diff", hint="cshub diff A.yaml B.yaml, or --config A.yaml B.yaml"
        )
    if len(configurations) == 2:
        invocation.config = configurations[0]
    other = _other(invocation, configurations[-1])
    with invocation.hub() as hub:
        found = compare(hub, other, by=by, limit=limit)
    if as_json:
        show_json(**document(found))
        return
    for line in lines(found, markdown=not is_terminal() if markdown is None else markdown):
        show(line)


def _other(invocation: Invocation, path: Path) -> Config:
    """The second configuration, by the same environment."""
    from ..config import load  # noqa: PLC0415 - start-up: `--help` needs no configuration

    return load(path, environ=invocation.environ, profile=invocation.profile)
