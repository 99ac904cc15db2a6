"""`cshub schema`: the JSON Schema of the configuration, for editors."""

from __future__ import annotations

import click
import orjson

from ..config.schema import json_schema
from ..plugins import discover
from .invocation import Command
from .output import show


@click.command(cls=Command, short_help="Print the JSON Schema of the configuration, for editors.")
def command() -> None:
    r"""Print the JSON Schema of cshub.yaml with the plugins that are installed, so that an editor completes and underlines.

    \b
    cshub schema > cshub.schema.json
    """
    show(orjson.dumps(json_schema(discover()), option=orjson.OPT_INDENT_2).decode())
