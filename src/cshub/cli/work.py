"""Carrying out stages for a person: options, progress, a stop at the next page's boundary, and the report at the end."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import ParamSpec, TypeVar, cast

import click

from ..engine import Hub, Options, run
from ..errors import ConfigError
from ..model import RunReport
from .failure import exit_code
from .invocation import Invocation, json_option
from .logs import configure
from .output import say, show_json
from .progress import Requests, progress
from .summary import show_report

P = ParamSpec("P")
R = TypeVar("R")
Callback = Callable[..., object]


def work_options(*names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """The options of a stage, by name, with `--json`."""

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        json_option(function)  # click notes options at the function itself, the last one first
        for name in reversed(names):
            _OPTIONS[name](function)
        return function

    return decorate


_OPTIONS: dict[str, Callable[[Callback], Callback]] = {
    "select": click.option("--select", multiple=True, metavar="CONNECTION[.STREAM]", help="only these; may be repeated"),
    "customer": click.option("--customer", multiple=True, metavar="CUSTOMER", help="only these; may be repeated"),
    "full": click.option("--full", is_flag=True, help="read the streams from the beginning"),
    "sweep": click.option("--sweep", is_flag=True, help="list every living id as well, to find what vanished"),
    "accept": click.option("--accept-vanished", is_flag=True, help="believe it when much has vanished at once"),
    "everybody": click.option("--all", "everybody", is_flag=True, help="score all customers, not only those due"),
    "limit": click.option("--limit", type=click.IntRange(min=1), help="at most so many records"),
    "dry": click.option("--dry-run", is_flag=True, help="stop before anything is sent: leave the plan"),
    "wait": click.option(
        "--wait", "wait_s", type=click.FloatRange(min=0), default=60.0, show_default=True, metavar="SECONDS",
        help="how long to wait for another instance that does this work",
    ),
}  # fmt: skip


def work(
    invocation: Invocation,
    stages: Sequence[str],
    *,
    command: str,
    as_json: bool,
    **asked: object,
) -> None:
    """Carry the stages out, print the report, and end the command with the exit code of the run."""
    with working(invocation) as hub:
        report = carry_out(hub, stages, command=command, asked=asked)
        if as_json:
            show_json(run=report)
        else:
            show_report(report, hub)
    click.get_current_context().exit(exit_code(report))


def carry_out(hub: Hub, stages: Sequence[str], *, command: str, asked: Mapping[str, object]) -> RunReport:
    """Carry the stages out with the options a person asked for."""
    return run(hub, stages, command=command, options=options_of(hub, asked))


@contextmanager
def working(invocation: Invocation) -> Iterator[Hub]:
    """The hub with progress on a terminal; the first Ctrl-C or SIGTERM stops the work at the next page's boundary."""
    configure(quiet=invocation.quiet)
    requests = Requests()
    with (
        stoppable() as stopping,
        invocation.hub(stopping=stopping, observer=requests) as hub,
        progress(hub, requests, quiet=invocation.quiet),
    ):
        yield hub


def options_of(hub: Hub, asked: Mapping[str, object]) -> Options:
    """Options for the engine: customers by whatever name a person gave them. Raises ConfigError for an unknown name."""
    rest = dict(asked)
    select = cast("Sequence[str]", rest.pop("select", ()))
    customers = [hub.customer(text) for text in cast("Sequence[str]", rest.pop("customer", ()))]
    check_selection(hub, select)
    chosen = Options(select=tuple(select), customers=tuple(customers), only_due=not select)
    return replace(chosen, **rest)  # type: ignore[arg-type]  # click's options by the names of `Options`


def check_selection(hub: Hub, select: Sequence[str]) -> None:
    """Raise ConfigError for a selection that names no connection and no stream."""
    connections = hub.config.connections.values()
    known = [name for c in connections for name in (c.name, *(f"{c.name}.{stream.name}" for stream in c.streams))]
    for name in select:
        if name not in known:
            hint = f"there are: {', '.join(known)}"
            raise ConfigError(f"there is no connection or stream {name!r}", where="--select", hint=hint)


@contextmanager
def stoppable() -> Iterator[Callable[[], bool]]:
    """Whether somebody asked to stop, while the block runs; a second Ctrl-C does not wait any longer."""
    asked = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            raise KeyboardInterrupt
        asked.set()
        say("stopping at the next page; once more to stop at once")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
