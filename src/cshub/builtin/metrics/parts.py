"""Aggregates that forms are built of: a function over the rows of a kind, written like `{count: ticket, where: …}`."""

from __future__ import annotations

from collections.abc import Sequence

from cshub import Aggregate

from .arguments import FILTER, Options, decay, kind_and_value, span, text

#: Functions that other forms take apart or divide.
FUNCTIONS = ("count", "sum", "avg", "min", "max", "distinct")


def aggregate(function: str, main: object, options: Options) -> Aggregate:
    """`kind` for a count, `kind.column` for the rest, with the usual options."""
    kind, value = kind_and_value(main, function, wants_value=function != "count")
    return Aggregate(
        kind=kind,
        function=function,
        value=value,
        where=text(options, "where"),
        window=span(options, "window"),
        at=text(options, "at"),
        decay=decay(options),
    )


def part(
    given: object, options: Options, *, form: str, functions: Sequence[str] = FUNCTIONS, own: Sequence[str] = FILTER
) -> Aggregate:
    """An aggregate written inside another form; the form's options are its own unless it has others."""
    names = [name for name in functions if isinstance(given, dict) and name in given]
    if not isinstance(given, dict) or len(names) != 1:
        raise ValueError(f"{form} takes one of {', '.join(functions)}, written like {{count: ticket}}")
    unknown = [name for name in given if name not in (*own, names[0])]
    if unknown:
        raise ValueError(f"{form} does not know {unknown[0]}; a part takes {', '.join(own)}")
    return aggregate(names[0], given[names[0]], {**options, **given})


def both(*rules: str | None) -> str | None:
    """All rules at once; None when there is none."""
    known = [rule for rule in rules if rule]
    return " and ".join(f"({rule})" for rule in known) if len(known) > 1 else known[0] if known else None
