"""The page of errors: the tree, then each error with its exit code and its word for machines."""

from __future__ import annotations

import textwrap

from cshub import errors

from .signatures import doc, signature


def page() -> str:
    """Errors in the order of `cshub/errors.py`."""
    module = doc(errors)
    intro, _, tree = module.partition("\n\n")
    tree, _, rest = tree.rpartition("\n\n")
    sections = "\n\n".join(section(error) for error in public_errors())
    return f"# Errors\n\n{intro}\n\n```text\n{textwrap.dedent(tree)}\n```\n\n{rest}\n\n{sections}"


def public_errors() -> list[type[errors.CshubError]]:
    """Every class of the tree, in the order of the source."""
    return [
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, errors.CshubError)
    ]


def section(error: type[errors.CshubError]) -> str:
    """One error under its own heading."""
    parent = error.__mro__[1].__name__
    facts = f"Exit code {error.exit_code}, `{error.code}` in JSON and logs, below `{parent}`."
    call = signature(error.__init__, name=error.__name__)
    return f"## {error.__name__}\n\n{doc(error)}\n\n{facts}\n\n```python\n{call}\n```"
