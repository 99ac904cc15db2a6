"""Fixtures of the core's own tests; what the plugins' tests need too lives in the `conftest.py` one folder up."""

from __future__ import annotations
