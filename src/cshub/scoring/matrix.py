"""The shape `matrix`: which shape judges a value depends on a second metric, such as stage, tenure or segment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..model import Scalar, Shape
from .shaping import Options, Range, Scale, Shaped, Shaper, abscissa, nano_of, whole_nano
from .tables import category

NOT_JUDGED = Shaped(None, "not judged here: no impact", outside=True)
Ready = Callable[[Shape, Scale], Shaper]


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a shape applies: up to and including a number, for some words, or (neither) everywhere else. No shape: not judged."""

    upto: Fraction | None
    words: frozenset[str] | None
    shape: Shape | None


def cells(options: Options) -> list[Cell]:
    """The cells in order; the first that holds decides. Raises ValueError with a sentence for people."""
    rows = options["cells"]
    if not isinstance(rows, Sequence) or isinstance(rows, str) or not rows:
        raise ValueError("cells is a list of {upto: …} or {is: …}, each with a shape")
    return [_cell(number, row) for number, row in enumerate(rows, start=1)]


def _cell(number: int, row: object) -> Cell:
    if not isinstance(row, Mapping):
        raise ValueError(f"cell {number} is a mapping")
    shape = row.get("shape")
    if shape is not None and not isinstance(shape, Shape):
        raise ValueError(f"cell {number}: its shape is none")
    if "upto" in row and "is" in row:
        raise ValueError(f"cell {number}: write either upto: or is:")
    words = row.get("is")
    if words is not None and not isinstance(words, list | tuple):
        words = [words]
    return Cell(
        None if row.get("upto") is None else abscissa(row["upto"]),
        None if words is None else frozenset(map(category, words)),
        shape,
    )


def mistakes(options: Options, check: Callable[[Shape], list[str]]) -> Iterator[str]:
    """Every mistake in a matrix, those of its shapes included. Raises ValueError like `cells`."""
    if not isinstance(options["by"], str) or not options["by"]:
        yield "by is the name of a metric"
    found, highest, used = cells(options), None, set[str]()
    for number, cell in enumerate(found, start=1):
        if cell.upto is None and cell.words is None and number < len(found):
            yield f"cell {number}: only the last may be for everything else"
        if cell.upto is not None:
            if highest is not None and cell.upto <= highest:
                yield f"cell {number}: its upto: must be above that of the cell before it"
            highest = cell.upto
        for word in sorted((cell.words or frozenset()) & used):
            yield f"cell {number}: {word} has a cell already"
        used |= cell.words or frozenset()
        if cell.shape is not None:
            nested = ["a matrix inside a matrix"] if cell.shape.name == "matrix" else check(cell.shape)
            yield from (f"cell {number}: {mistake}" for mistake in nested)
    if all(cell.shape is None for cell in found):
        yield "no cell has a shape"


def values(options: Options, of: Callable[[Shape], list[Fraction]]) -> list[Fraction]:
    """All points its shapes can give."""
    return [one for cell in cells(options) if cell.shape is not None for one in of(cell.shape)]


def ready(options: Options, out: Range, scale: Scale, make: Ready) -> Shaper:
    """The matrix made ready: it takes the value and that of the metric `by`."""
    by = str(options["by"])
    rows = [
        (
            None if cell.upto is None else whole_nano(cell.upto),
            cell.words,
            None if cell.shape is None else make(cell.shape, scale),
        )
        for cell in cells(options)
    ]

    def shape(value: Scalar, second: Scalar = None) -> Shaped:
        if second is None:
            return Shaped(None, f"{by} is missing, and what counts depends on it")
        for upto, words, judge in rows:
            if _holds(upto, words, second):
                return NOT_JUDGED if judge is None else judge(value)
        return Shaped(None, f"no cell is for {by} {str(second)[:40]}")

    return shape


def _holds(upto: int | None, words: frozenset[str] | None, second: Scalar) -> bool:
    if upto is not None:
        nano = nano_of(second)
        return not isinstance(nano, str) and nano <= upto
    return words is None or category(second) in words
