"""The command line: one file per command, each imported only when it is called. What a command does is done by the layers below."""

from __future__ import annotations

from .program import main as main
from .program import program as program
