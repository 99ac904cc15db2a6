"""The page of commands: every command of the command line with its options."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import cleandoc

import click

from cshub import cli

from .signatures import cell


def page() -> str:
    """Commands by name, those of a group below the group."""
    sections = "\n\n".join(section(context) for context in commands(click.Context(root(), info_name="cshub")))
    return f"# Commands\n\n{sections}"


def root() -> click.Group:
    """The group that the console script runs."""
    return next(value for value in vars(cli).values() if isinstance(value, click.Group))


def commands(context: click.Context) -> Iterator[click.Context]:
    """The context of a command and of every visible command below it."""
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command is not None and not command.hidden:
                yield from commands(click.Context(command, info_name=name, parent=context))


def section(context: click.Context) -> str:
    """One command under its own heading."""
    usage = " ".join([context.command_path, *context.command.collect_usage_pieces(context)])
    records = [option.get_help_record(context) for option in context.command.get_params(context)]
    lines = [f"| `{cell(record[0])}` | {cell(record[1])} |" for record in records if record]
    table = "\n".join(["| option | meaning |", "|---|---|", *lines])
    told = "\n\n".join(map(paragraph, cleandoc(context.command.help or "").split("\n\n")))
    return f"## {context.command_path}\n\n```text\n{usage}\n```\n\n{told}\n\n{table}"


def paragraph(text: str) -> str:
    """A paragraph of a help text; one whose lines must stay as they are, which click marks by a backspace, becomes a block."""
    kept = text.removeprefix("\b\n")
    return text if kept == text else f"```text\n{kept.rstrip()}\n```"
