"""What happens in which order: rounds of moves before a pull and during it. Nothing here knows any vendor."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, get_args

from .declared import Verb

#: How often each verb comes, in the order of `Verb`.
WEIGHTS = (30, 40, 8, 14, 8)
#: Milliseconds between two moves: often none, so that many share one stamp.
PAUSES_MS = (0, 0, 0, 1, 40, 900, 5_000)
#: Seconds between two pulls: right away, as in production, after a night, after days.
GAPS_S = (0.0, 900.0, 900.0, 3_600.0, 36_000.0, 90_000.0, 260_000.0)
LARGEST_ROUND = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One thing a person does: `verb` to a record of the `object`-th type, chosen by `pick` and `other` out of those there are."""

    object: int
    verb: Verb
    pick: int
    other: int
    pause_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """Moves made `between` two pulls, `gap_s` of time, and moves made `during` the pull, one after every `every`-th request."""

    between: tuple[Move, ...]
    during: tuple[Move, ...]
    every: int
    gap_s: float


History: TypeAlias = tuple[Round, ...]


def random_history(seed: int, *, moves: int) -> History:
    """So many moves in rounds of 0 to 40; equal seeds give equal histories. The first round's pull is the first reading."""
    return tuple(_rounds(random.Random(seed), moves))


def _rounds(dice: random.Random, left: int) -> Iterator[Round]:
    while left > 0:
        size = min(left, dice.randint(0, LARGEST_ROUND))
        left -= size
        between = dice.randint(0, size)
        yield Round(
            between=tuple(_move(dice) for _ in range(between)),
            during=tuple(_move(dice) for _ in range(size - between)),
            every=dice.randint(1, 3),
            gap_s=dice.choice(GAPS_S),
        )


def _move(dice: random.Random) -> Move:
    return Move(
        object=dice.randrange(1_000),
        verb=dice.choices(get_args(Verb), WEIGHTS)[0],
        pick=dice.randrange(1_000_000),
        other=dice.randrange(1_000_000),
        pause_ms=dice.choice(PAUSES_MS),
    )
