"""Asking before anything is written to a CRM; off a terminal nobody can be asked, so `--yes` says it beforehand."""

from __future__ import annotations

import sys

import click

from ..errors import ConfigError


def consent(question: str, *, yes: bool) -> None:
    """Return when the answer is yes. Raises click.Abort for a no, ConfigError when there is nobody to ask."""
    if yes:
        return
    if not sys.stdin.isatty():
        hint = "add --yes when you mean it; `cshub plan` shows what would change"
        raise ConfigError("writing off a terminal needs --yes", hint=hint)
    click.confirm(question, abort=True, err=True)
