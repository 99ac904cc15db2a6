"""The page of hooks: what a plugin can implement, with the exact signatures."""

from __future__ import annotations

from collections.abc import Callable

from cshub import hookspecs

from .signatures import doc, signature


def page() -> str:
    """Hooks in the order of `cshub/hookspecs.py`."""
    return f"# Hooks\n\n{doc(hookspecs)}\n\n" + "\n\n".join(section(hook) for hook in public_hooks())


def public_hooks() -> list[Callable[..., object]]:
    """Every function of the contract that pluggy's marker stands on."""
    return [value for value in vars(hookspecs).values() if callable(value) and hasattr(value, "cshub_spec")]


def section(hook: Callable[..., object]) -> str:
    """One hook under its own heading."""
    return f"## {hook.__name__}\n\n```python\n{signature(hook)}\n```\n\n{doc(hook)}"
