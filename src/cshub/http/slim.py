"""httpx without its own command line. This module is imported before anything else here."""

from __future__ import annotations

import sys

# The imports of that command line (click, rich, pygments) take most of httpx's start-up; it does without when they are missing.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None is how Python marks a module as not to be imported

from httpx import BaseTransport as Transport  # noqa: E402 - the line above must come first
from httpx import WSGITransport  # noqa: E402 - the line above must come first

__all__ = ["Transport", "WSGITransport"]
