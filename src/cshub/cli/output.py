"""How the program speaks: data to stdout, talk to stderr, tables and JSON, colours only where they are wanted."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

#: Grows when a field of the JSON output changes its meaning; fields are only ever added without it.
SCHEMA_VERSION = 1


def say(text: str) -> None:
    """Talk: to stderr, and not at all with `--quiet`."""
    context = click.get_current_context(silent=True)
    if context is None or not getattr(context.obj, "quiet", False):
        click.echo(text, err=True)


def complain(text: str) -> None:
    """Talk that is never left out: to stderr."""
    click.echo(text, err=True)


def show(text: str = "") -> None:
    """Data: to stdout."""
    click.echo(text)


def show_json(**document: object) -> None:
    """Data as JSON, with the version of its schema; times in ISO 8601, UTC."""
    import orjson  # noqa: PLC0415 - start-up: most calls print no JSON

    options = orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS
    show(orjson.dumps({"schema_version": SCHEMA_VERSION, **document}, default=_plain, option=options).decode())


def show_table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table to stdout: fitted to the terminal, else as wide as it is. A column whose name begins with `#` is set right; nothing without rows."""
    if not rows:
        return
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if is_terminal():
        _show_fitted(columns, cells)
        return
    names = [name.removeprefix("#") for name in columns]
    widths = [max(map(len, column)) for column in zip(names, *cells, strict=True)]
    for row in (names, ["─" * width for width in widths], *cells):
        padded = (
            cell.rjust(width) if name.startswith("#") else cell.ljust(width)
            for name, cell, width in zip(columns, row, widths, strict=True)
        )
        show("  ".join(padded).rstrip())


def heading(text: str) -> str:
    """The text as a heading."""
    return click.style(text, bold=True)


def is_terminal() -> bool:
    """Whether a person reads stdout."""
    return sys.stdout.isatty()


def no_colour() -> bool:
    """Whether colours are unwanted (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def count(number: int) -> str:
    """A number with its thousands apart: `12 300`."""
    return f"{number:,}".replace(",", " ")


def plural(number: int, one: str, many: str | None = None) -> str:
    """`1 stream`, `2 streams`."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def shortened(text: str | None, length: int = 60) -> str:
    """One line of at most `length` characters; an em dash for nothing."""
    if text is None or text == "":
        return "—"
    line = " / ".join(text.split("\n"))
    return line if len(line) <= length else line[: length - 1] + "…"


def _show_fitted(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - start-up: rich takes a tenth of a second
    from rich.console import Console  # noqa: PLC0415 - start-up: rich takes a tenth of a second
    from rich.table import Table  # noqa: PLC0415 - start-up: rich takes a tenth of a second
    from rich.text import Text  # noqa: PLC0415 - start-up: rich takes a tenth of a second

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(name.removeprefix("#"), justify="right" if name.startswith("#") else "left", overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    Console(no_color=no_colour(), highlight=False).print(table)


def _plain(value: object) -> object:
    if isinstance(value, frozenset | set | tuple):
        return list(value)
    try:
        return dict(value)  # type: ignore[call-overload]  # a read-only mapping, or else it fails right here
    except TypeError:
        return str(value)
