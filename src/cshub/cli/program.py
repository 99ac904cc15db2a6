"""The program `cshub`: its commands by name, loaded when called, and the way from an error to an exit code."""

from __future__ import annotations

import gc
import os
from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module

import click

from ..errors import CshubError
from .failure import EXIT_CODES, tell
from .invocation import Invocation, shared_options
from .output import complain, no_colour

#: Every command in the order in which people meet them; a test compares the words with the command's own.
COMMANDS: Mapping[str, str] = {
    "demo": "See everything work, without credentials or network.",
    "init": "Write a commented cshub.yaml to begin with.",
    "validate": "Find every mistake in the configuration, offline.",
    "test": "Test scorecards against what they should say.",
    "doctor": "Check logins, rights, fields, disk and versions, live.",
    "setup": "Create the CRM fields that are missing.",
    "preview": "See the mapped records of a stream before anything is stored.",
    "pull": "Fetch what changed at the vendors.",
    "link": "Decide which records belong to which customer.",
    "score": "Score the customers that are due.",
    "plan": "List every CRM field that would change, and why.",
    "apply": "Write a plan to the CRM.",
    "run": "Do all of it in order, as the daemon would.",
    "daemon": "Run by the schedule of the configuration.",
    "status": "See what came in when, what fails, and what is next.",
    "runs": "List the runs, or show one.",
    "show": "See one customer on one screen.",
    "portfolio": "See all customers together: revenue, churn, voice, bands.",
    "explain": "See how a score came about, line by line.",
    "why": "See why a score changed, in parts that add up.",
    "diff": "Compare two scorecards on all customers.",
    "backtest": "See whether the score would have told who leaves.",
    "identity": "See which rule linked each record, and what waits for you.",
    "failed": "See what did not get through, and try it again.",
    "plugins": "List what is installed.",
    "schema": "Print the JSON Schema of the configuration, for editors.",
    "sandbox": "Serve a vendor's double on this machine.",
    "plugin": "Begin a plugin of your own.",
}


class Program(click.Group):
    """Knows its commands by name and imports one only when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None for a name the table does not have."""
        if cmd_name not in COMMANDS:
            return None
        command = import_module(f".{cmd_name}", __package__).command
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; a name nobody has is told with the nearest one."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            near = get_close_matches(args[0], COMMANDS, n=1)
            hint = f"did you mean `cshub {near[0]}`?" if near else "`cshub --help` lists them"
            ctx.fail(f"there is no command {args[0]!r}; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Exit codes and completion, which belong to no command."""
        with formatter.section("Exit codes"):
            formatter.write_dl([(str(code), meaning) for code, meaning in EXIT_CODES.items()])
        with formatter.section("Completion"):
            formatter.write_text('eval "$(_CSHUB_COMPLETE=bash_source cshub)"   (or zsh_source, fish_source)')

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; an expected failure becomes a line and its exit code, anything else stays a traceback."""
        if no_colour():
            ctx.color = False
        try:
            return super().invoke(ctx)
        except CshubError as error:
            ctx.exit(tell(error))
        except (KeyboardInterrupt, click.Abort):
            complain("cshub: interrupted")
            ctx.exit(130)


@click.group(cls=Program, name="cshub", params=list(shared_options()))
@click.version_option(package_name="cshub", prog_name="cshub", message="%(prog)s %(version)s")
@click.pass_context
def program(context: click.Context) -> None:
    """Customer health from your tools into your CRM.

    cshub pulls what CRM, support, survey and usage tools know about each customer, links it, scores it by a scorecard
    that lives in git, and publishes health and its reasons into the CRM. `cshub demo` shows it in a few seconds.
    """
    context.ensure_object(Invocation)


def main() -> None:
    """Run the program on this process's arguments and end the process with the exit code."""
    os.umask(0o077)  # what is written here is for its owner alone
    gc.set_threshold(
        50_000, 20, 20
    )  # a start-up makes much that stays: looking for garbage in it takes a tenth of the time
    program(prog_name="cshub")
