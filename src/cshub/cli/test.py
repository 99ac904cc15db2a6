"""`cshub test`: the tests of scorecards, written in YAML beside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from ..config import Cards, load_cards
from ..config.trials import SUFFIX, Trials, read_trials
from ..errors import ConfigError
from .invocation import Command, Invocation, json_option, pass_invocation
from .output import plural, show, show_json
from .trying import Tried, document, lines, run


@click.command(cls=Command, short_help="Test scorecards against what they should say.")
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]…")
@json_option
@pass_invocation
@click.pass_context
def command(context: click.Context, invocation: Invocation, *, paths: tuple[Path, ...], as_json: bool) -> None:
    r"""Run the tests of scorecards: given what the metrics say, the score, the band and the lines are those expected.

    PATH is a file of tests, or a folder whose files `*.test.yaml` are run; without it, the folder of the configuration.
    No connection, no secret and no store is needed. Ends with 1 when a test fails.

    \b
    cshub test
    cshub test config/scorecards
    cshub test config/scorecards/planhat.test.yaml --json
    """
    files = [file for path in paths or (_folder(invocation),) for file in _files(path)]
    known: dict[Path | None, Cards] = {}

    def cards(path: Path | None) -> Cards:
        if path not in known:
            known[path] = _cards(invocation, path)
        return known[path]

    read = [read_trials(file, cards) for file in files]
    tried = [(trials, list(run(trials))) for trials in read]
    failed = sum(bool(one.differences) for _, found in tried for one in found)
    passed = sum(len(found) for _, found in tried) - failed
    if as_json:
        show_json(ok=not failed, passed=passed, failed=failed, files=[_document(*one) for one in tried])
    else:
        for line in _lines(tried):
            show(line)
        show(f"{plural(passed, 'test')} passed, {failed} failed")
    if failed:
        context.exit(1)


def _folder(invocation: Invocation) -> Path:
    return load_cards(invocation.config, environ=invocation.environ, profile=invocation.profile).path.parent


def _cards(invocation: Invocation, path: Path | None) -> Cards:
    """The scorecards of a file of its own, which no profile concerns, or of the configuration in use."""
    if path is not None:
        return load_cards(path, environ={})
    return load_cards(invocation.config, environ=invocation.environ, profile=invocation.profile)


def _files(path: Path) -> list[Path]:
    """The files of tests a path means. Raises ConfigError when there is none."""
    if path.is_file():
        return [path]
    if not path.exists():
        raise ConfigError(f"there is no {path}", hint="name a file of tests, or a folder with some")
    found = sorted(path.rglob(f"*{SUFFIX}"))
    if not found:
        raise ConfigError(
            f"there is no file *{SUFFIX} in {path}", hint="docs/how-to/test-a-scorecard.md says how to write one"
        )
    return found


def _lines(tried: Sequence[tuple[Trials, Sequence[Tried]]]) -> Iterator[str]:
    for trials, found in tried:
        yield f"{trials.path}  (of {trials.cards.path})"
        for one in found:
            yield from lines(one)


def _document(trials: Trials, found: Sequence[Tried]) -> dict[str, object]:
    return {
        "file": str(trials.path),
        "configuration": str(trials.cards.path),
        "tests": [document(one) for one in found],
    }
