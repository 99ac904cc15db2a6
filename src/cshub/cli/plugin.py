"""`cshub plugin`: the beginning of a plugin of your own."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import cast

import click

from .invocation import Group
from .output import show

_SCAFFOLD = f"{__package__.rpartition('.')[0]}.testing.scaffold"


@click.group(cls=Group, name="plugin", short_help="Begin a plugin of your own.")
def command() -> None:
    """Begin a plugin of your own: a connector, a metric, a model, an identity rule or an action."""


@command.command("new", short_help="Write a package that runs, with its tests.")
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False), help="where  [./NAME]")
def new(*, name: str, folder: Path | None) -> None:
    r"""Write a package that runs: a REST source, its sandbox, and its contract test. Never overwrites a file.

    \b
    cshub plugin new helpdesk
    pip install -e helpdesk && cshub plugins
    """
    place = folder or Path(name)
    # `cshub.testing` stands above the command line, so it is loaded by name, as `plugins` loads the built-ins.
    write = cast("Callable[[str, Path], list[Path]]", import_module(_SCAFFOLD).write)
    for path in write(name, place):
        show(f"wrote {path}")
    show(f"  → pip install -e {place} && cshub plugins")
