"""Counts, sums and means in which older rows count less (SCORING §2), finished here because no two databases agree on powers."""

from __future__ import annotations

from collections.abc import Callable
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
_UNIT = 10**24
_EXACT = Context(prec=60)


@lru_cache(maxsize=64)
def weights(decay: Decay) -> tuple[tuple[int, ...], int]:
    """What a row weighs at an age of 0, 1, 2 … steps, and what 1 is in the same unit; older rows weigh nothing."""
    if decay.half_life is not None:
        steps = _HALVINGS * decay.half_life // decay.step
        return tuple(_half(age * decay.step, decay.half_life) for age in range(steps + 1)), _UNIT
    assert decay.rate is not None
    assert decay.per is not None
    lost, whole = decay.rate.numerator * _us(decay.step), decay.rate.denominator * _us(decay.per)
    return tuple(range(whole, 0, -lost)), whole


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


def _half(age: timedelta, half_life: timedelta) -> int:
    exponent = _EXACT.divide(Decimal(-_us(age)), Decimal(_us(half_life)))
    return int(_EXACT.multiply(_EXACT.power(Decimal(2), exponent), Decimal(_UNIT)).to_integral_value())


def _us(length: timedelta) -> int:
    return length // timedelta(microseconds=1)
