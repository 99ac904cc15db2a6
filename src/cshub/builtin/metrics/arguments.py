"""What people write after a form's name: kinds and columns, texts, lengths of time, shares. Complaints begin with the option's name."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from typing import TypeAlias

from cshub import KINDS, Decay, duration

Options: TypeAlias = Mapping[str, object]
FILTER = ("where", "window", "at")
_PERCENT = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,6})?) ?%")


def kind_and_value(main: object, form: str, *, wants_value: bool) -> tuple[str, str | None]:
    """`kind.column`, or a kind alone."""
    kinds = ", ".join(KINDS)
    if not isinstance(main, str) or not main:
        raise ValueError(f"{form} needs {'kind.column' if wants_value else 'a kind of rows'}; kinds are {kinds}")
    kind, _, value = main.partition(".")
    if wants_value and not value:
        raise ValueError(f"{form} needs a column as well, like {form}: {kind}.column")
    if value and not wants_value:
        raise ValueError(f"{form} takes a kind alone, like {form}: {kind}; use distinct for different values")
    return kind.strip(), value.strip() or None


def text(options: Options, name: str) -> str | None:
    """An option that is text."""
    given = options.get(name)
    if given is None or (isinstance(given, str) and given.strip()):
        return given
    raise ValueError(f"{name} needs text in quotes")


def choice(options: Options, name: str, known: Sequence[str], default: str | None = None) -> str:
    """An option that is one of a few words."""
    given = options.get(name, default)
    if given not in known or not isinstance(given, str):
        raise ValueError(f"{name} is one of {', '.join(known)}")
    return given


def span(options: Options, name: str, default: timedelta | None = None) -> timedelta | None:
    """An option that is a length of time."""
    if options.get(name) is None:
        return default
    try:
        return duration(options[name])
    except ValueError as error:
        raise ValueError(f"{name} {error}") from error


def length(options: Options, name: str, default: timedelta) -> timedelta:
    """The same, longer than nothing."""
    found = span(options, name, default)
    if not found:
        raise ValueError(f"{name} is longer than nothing")
    return found


def whole(options: Options, name: str, default: int) -> int:
    """An option that is a whole number above zero."""
    given = options.get(name, default)
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise ValueError(f"{name} needs a whole number, 1 or more")
    return given


def numbers(options: Options, name: str) -> dict[str, float]:
    """An option that gives each of some names a number above zero."""
    given = options.get(name)
    if not isinstance(given, dict) or not given:
        raise ValueError(f"{name} needs names with numbers, like {{A: 2, B: 1}}")
    for key, number in given.items():
        is_number = isinstance(number, int | float) and not isinstance(number, bool)
        if not isinstance(key, str) or not is_number or not math.isfinite(number) or number <= 0:
            raise ValueError(f"{name} needs a number above zero for {key}")
    return {str(key): number for key, number in given.items()}


def decay(options: Options) -> Decay | None:
    """`decay: {linear: 50%, per: 30d}` or `decay: {half_life: 30d}`, with a `step:` of a day unless told otherwise."""
    given = options.get("decay")
    if given is None:
        return None
    if not isinstance(given, dict) or ("linear" in given) is ("half_life" in given):
        raise ValueError("decay is either {linear: 50%, per: 30d} or {half_life: 30d}")
    known = ("linear", "per", "step") if "linear" in given else ("half_life", "step")
    unknown = [name for name in given if name not in known]
    if unknown:
        raise ValueError(f"decay does not know {unknown[0]}; it takes {', '.join(known)}")
    return _decay(given)


def _decay(given: Options) -> Decay:
    try:
        step = length(given, "step", timedelta(days=1))
        if "half_life" in given:
            return Decay(step=step, half_life=length(given, "half_life", timedelta(0)))
        return Decay(step=step, rate=_rate(given["linear"]), per=length(given, "per", timedelta(0)))
    except ValueError as error:
        raise ValueError(f"decay: {error}") from error


def _rate(given: object) -> Fraction:
    found = _PERCENT.fullmatch(given.strip()) if isinstance(given, str) else None
    if isinstance(given, int | float) and not isinstance(given, bool) and math.isfinite(given):
        rate = Fraction(str(given))
    elif found:
        rate = Fraction(found[1]) / 100
    else:
        raise ValueError("linear needs a share, like 50%")
    if rate <= 0:
        raise ValueError("linear needs a share above 0%")
    return rate
