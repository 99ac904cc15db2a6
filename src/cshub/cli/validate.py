"""`cshub validate`: every mistake of the configuration at once, offline."""

from __future__ import annotations

import click

from ..config import Config, read_decisions
from ..config.reach import lint_placement
from ..errors import ConfigError, Problem
from .failure import tell
from .invocation import Command, Invocation, json_option, pass_invocation
from .output import plural, say, show, show_json


@click.command(cls=Command, short_help="Find every mistake in the configuration, offline.")
@json_option
@pass_invocation
@click.pass_context
def command(context: click.Context, invocation: Invocation, *, as_json: bool) -> None:
    r"""Find every mistake in the configuration at once, with line, column and what to do. Touches no network.

    What is right and yet hardly meant is remarked: a stage or scorecard that nobody can reach, two that hold for the same customers,
    weights, rules that never hold, bands out of reach, wrong units.

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
    said = _said(config)
    if said:
        mistaken = ConfigError(f"{plural(len(said), 'mistake')} in the map", problems=said)
        if as_json:
            show_json(ok=False, message=mistaken.message, problems=said, remarks=config.warnings)
            context.exit(mistaken.exit_code)
        context.exit(tell(mistaken))
    found = lint_placement(config.placement) if config.placement is not None else ()
    if as_json:
        show_json(ok=True, file=str(config.path), problems=[], remarks=[*config.warnings, *found])
        return
    for remark in found:
        say(f"remark: {remark}")
    parts = (
        plural(len(config.connections), "connection"),
        plural(len(config.metrics), "metric"),
        plural(len(config.scorecards), "scorecard"),
        plural(len(config.triggers), "trigger"),
    )
    remarks = f"; {plural(len(config.warnings), 'remark')}" if config.warnings else ""
    show(f"{config.path} is right: {', '.join(parts)}{remarks}")


def _said(config: Config) -> tuple[Problem, ...]:
    """The mistakes in the file of what people decided; it is read here and by `link`, because it may be long."""
    path = config.identity.map
    if path is None:
        return ()
    try:
        return read_decisions(path, config.connections).problems
    except ConfigError as error:
        where = error.where or str(path)
        return error.problems or (
            Problem(file=where, line=1, column=1, path="", message=error.message, hint=error.hint),
        )
