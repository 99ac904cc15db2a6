"""What every command shares: the global options, and the way from them to a configuration at work."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .output import say

if TYPE_CHECKING:
    from ..config import Config
    from ..engine import Hub, Surroundings


@dataclass(slots=True, kw_only=True)
class Invocation:
    """One call of the program. `environ` is this process's own; `surroundings`, when given, replaces clock and wire."""

    config: Path | None = None
    profile: str | None = None
    quiet: bool = False
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    surroundings: Surroundings | None = None

    def load(self) -> Config:
        """The configuration, its remarks told. Raises ConfigError with every mistake."""
        from ..config import load  # noqa: PLC0415 - start-up: `--help` needs no configuration

        config = load(self.config, environ=self.environ, profile=self.profile)
        for warning in config.warnings:
            say(f"remark: {warning}")
        return config

    @contextmanager
    def hub(
        self, *, stopping: Callable[[], bool] | None = None, observer: Callable[[str], None] | None = None
    ) -> Iterator[Hub]:
        """The configuration at work while the block runs; `stopping` and `observer` are handed to its connections."""
        from ..engine import Surroundings, open_hub  # noqa: PLC0415 - start-up: `--help` opens no store
        from ..http import SYSTEM_CLOCK  # noqa: PLC0415 - start-up: `--help` opens no store

        config = self.load()
        around = self.surroundings or Surroundings(clock=SYSTEM_CLOCK)
        if stopping is not None:
            around = replace(around, stopping=stopping)
        if observer is not None:
            around = replace(around, observer=observer)
        with open_hub(config, around) as hub:
            yield hub


pass_invocation = click.make_pass_decorator(Invocation, ensure=True)
json_option = click.option("--json", "as_json", is_flag=True, help="print JSON, with a `schema_version`")
yes_option = click.option("--yes", "-y", is_flag=True, help="do not ask; needed for writing off a terminal")


def shared_options() -> list[click.Option]:
    """The options that stand before or after a command: the one nearer to the end wins."""
    return [
        _shared("--config", type=click.Path(path_type=Path), metavar="PATH", help="the configuration  [./cshub.yaml]"),
        _shared("--profile", metavar="NAME", help="an overlay of the configuration with a store of its own"),
        _shared("--quiet", "-q", is_flag=True, help="say nothing but the result"),
    ]


class Command(click.Command):
    """A command that takes the shared options as well."""

    def __init__(self, *args: object, **attributes: object) -> None:
        super().__init__(*args, **attributes)  # type: ignore[arg-type]  # handed through as they came
        self.params = [*self.params, *shared_options()]
        self.help = _unwrapped(self.help)


class Group(click.Group):
    """A command of commands, each of which takes the shared options."""

    command_class = Command

    def __init__(self, *args: object, **attributes: object) -> None:
        super().__init__(*args, **attributes)  # type: ignore[arg-type]  # handed through as they came
        self.help = _unwrapped(self.help)


def _unwrapped(text: str | None) -> str | None:
    """Click leaves a paragraph below a backspace as it is; in a raw docstring that mark is two characters."""
    return text.replace("\\b\n", "\b\n") if text else text


def _shared(*names: str, **attributes: object) -> click.Option:
    return click.Option(names, expose_value=False, callback=_remember, **attributes)  # type: ignore[arg-type]  # handed through as they came


def _remember(context: click.Context, option: click.Parameter, value: object) -> None:
    if value:
        setattr(context.ensure_object(Invocation), str(option.name), value)
