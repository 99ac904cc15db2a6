"""Counts, sums and means in which older rows count less (SCORING §2), finished here because no two databases agree on powers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Context, Decimal
from functools import lru_cache
from typing import TypeAlias

from ..model import Decay, Scalar
from .amounts import NANO, half_up, nanos, number

#: What a database gathered of one customer → the value, None for a customer without rows.
Reduce: TypeAlias = Callable[[object], Scalar]

#: After so many half-lives a row weighs less than 1e-19 and is left out.
_HALVINGS = 64
#: A table of more weights is a mistake in the length of a step.
MOST_STEPS = 100_000
_UNIT = 10**24
_FINE = 10**60
_EXACT = Context(prec=80)


@lru_cache(maxsize=64)
def weights(decay: Decay) -> tuple[tuple[int, ...], int]:
    """What a row weighs at an age of 0, 1, 2 … steps, and what 1 is in the same unit; older rows weigh nothing."""
    if decay.half_life is not None:
        return tuple(_halving(decay.step, decay.half_life)), _UNIT
    assert decay.rate is not None
    assert decay.per is not None
    lost, whole = decay.rate.numerator * _us(decay.step), decay.rate.denominator * _us(decay.per)
    return tuple(range(whole, 0, -lost)), whole


def steps_of(decay: Decay) -> int:
    """How many steps it takes until a row weighs nothing."""
    if decay.half_life is not None:
        return _HALVINGS * decay.half_life // decay.step
    assert decay.rate is not None
    assert decay.per is not None
    return decay.per * decay.rate.denominator // (decay.step * decay.rate.numerator)


def decayed(function: str, decay: Decay) -> Reduce:
    """The finish of a decayed count, sum or avg over `ages;amounts`."""
    table, one = weights(decay)

    def reduce(gathered: object) -> Scalar:
        if gathered is None:
            return 0.0 if function == "count" else None
        ages, _, amounts = str(gathered).partition(";")
        weighed = [table[int(age)] for age in ages.split(",")] if ages else []
        if function == "count":
            return number(half_up(sum(weighed) * NANO, one))
        total = sum(weight * amount for weight, amount in zip(weighed, nanos(amounts), strict=True))
        if function == "sum":
            return number(half_up(total, one))
        return number(half_up(total, sum(weighed))) if weighed else None

    return reduce


def _halving(step: timedelta, half_life: timedelta) -> Iterator[int]:
    """The powers of one step's share, in whole numbers with 36 digits to spare, so that no rounding reaches the result."""
    exponent = _EXACT.divide(Decimal(-_us(step)), Decimal(_us(half_life)))
    share = int(_EXACT.multiply(_EXACT.power(Decimal(2), exponent), Decimal(_FINE)).to_integral_value())
    left = _FINE
    for _ in range(_HALVINGS * half_life // step + 1):
        yield half_up(left * _UNIT, _FINE)
        left = half_up(left * share, _FINE)


def _us(length: timedelta) -> int:
    return length // timedelta(microseconds=1)
