"""`cshub validate`: every mistake of the configuration at once, offline."""

from __future__ import annotations

import click

from ..errors import ConfigError
from .failure import tell
from .invocation import Command, Invocation, json_option, pass_invocation
from .output import plural, show, show_json


@click.command(cls=Command, short_help="Find every mistake in the configuration, offline.")
@json_option
@pass_invocation
@click.pass_context
def command(context: click.Context, invocation: Invocation, *, as_json: bool) -> None:
    r"""Find every mistake in the configuration at once, with line, column and what to do. Touches no network.

    \b
    cshub validate
    cshub --config staging.yaml validate --json
    """
    try:
        config = invocation.load()
    except ConfigError as error:
        if as_json:
            show_json(ok=False, message=error.message, problems=error.problems, remarks=[])
            context.exit(error.exit_code)
        context.exit(tell(error))
    if as_json:
        show_json(ok=True, file=str(config.path), problems=[], remarks=config.warnings)
        return
    parts = (
        plural(len(config.connections), "connection"),
        plural(len(config.metrics), "metric"),
        plural(len(config.scorecards), "scorecard"),
        plural(len(config.triggers), "trigger"),
    )
    show(f"{config.path} is right: {', '.join(parts)}")
