"""The page of kinds: the rows cshub knows and their columns."""

from __future__ import annotations

from cshub import model

from .signatures import cell, doc, sentence


def page() -> str:
    """Kinds in the order of the table in `cshub/model`."""
    kinds = model.KINDS.values() if hasattr(model.KINDS, "values") else model.KINDS
    return f"# Kinds\n\n{doc(model.kinds)}\n\n" + "\n\n".join(section(kind) for kind in kinds)


def section(kind: model.Kind) -> str:
    """One kind under its own heading, with a table of its columns."""
    when = f" Windows count back along `{kind.at}`." if kind.at else ""
    lines = [f"| `{column.name}` | {meaning(column)} | {cell(column.doc)} |" for column in kind.columns]
    return "\n".join(
        [
            f"## {kind.name}",
            "",
            f"{sentence(kind.doc)}{when}",
            "",
            "| column | type | meaning |",
            "|---|---|---|",
            *lines,
        ]
    )


def meaning(column: model.Column) -> str:
    """The column's type, with the only values it may have."""
    return f"{column.type}: {', '.join(column.values)}" if column.values else str(column.type)
