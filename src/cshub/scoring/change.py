"""Why a score changed (SCORING §8): its change split into behaviour, availability, freshness, override, config and caps, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from math import lcm
from typing import Protocol, TypeAlias

from ..model import Driver, Scalar, Status
from .attribution import apportion

#: Lines of a score that its signals give; all others but `points` are limits and rounding.
_UNITS = ("base", "signal", "part")
_Key: TypeAlias = tuple[str, str, str, str]


class ChangePart(StrEnum):
    """What a line of a change is about."""

    BEHAVIOUR = "behaviour"  # the customer did something
    AVAILABILITY = "availability"  # data came or went, and weights with it
    FRESHNESS = "freshness"  # time passed and nothing else happened
    OVERRIDE = "override"  # a person set the score
    CONFIG = "config"  # the scorecard changed
    CAP = "cap"  # a floor, cap, veto, the clamp or the rounding


class Standing(Protocol):
    """A score with its lines: a `SavedScore`, or what a model and `finish` gave."""

    @property
    def micro(self) -> int | None:
        """The score in micro-points; None where there is none."""

    @property
    def drivers(self) -> tuple[Driver, ...]:
        """Its lines, which add up to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One line of a change, in micro-points. `was` and `now` are the metric's values; `text` is the newer score's reason."""

    part: ChangePart
    name: str
    micro: int
    group: str | None = None
    was: Scalar = None
    now: Scalar = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of the shown score: its lines add up to `micro` exactly. `notes` say where two parts could not be told apart."""

    micro: int
    lines: tuple[ChangeLine, ...]
    notes: tuple[str, ...] = ()

    def total(self, part: ChangePart) -> int:
        """The sum of one part's lines."""
        return sum(line.micro for line in self.lines if line.part is part)


def split(
    before: Standing,
    after: Standing,
    *,
    aged: Standing | None = None,
    rescored: Standing | None = None,
    shown_before: int | None = None,
    shown_after: int | None = None,
) -> Change | None:
    """The change from one score to another; None where one of them has no number.

    `aged` is the score of the old scorecard and the old facts at the new time (None: time alone changes nothing), `rescored` that of the
    old scorecard and the new facts (None: the scorecard is the same). `shown_…` are what people saw in micro-points where an override
    stood over the machine's score. Order: freshness, facts (behaviour and availability), config, override, caps.
    """
    if before.micro is None or after.micro is None:
        return None
    notes = []
    if aged is not None and aged.micro is None:
        notes.append("time alone took the score away: its part is counted with the facts")
    start = aged if aged is not None and aged.micro is not None else before
    lines = [replace(line, part=ChangePart.FRESHNESS) for line in _merged(before, start)]
    if rescored is not None and rescored.micro is None:
        notes.append("by the old scorecard the new facts give no score: their part is counted as config")
        end = start
    else:
        end = rescored if rescored is not None else after
        lines += _facts(start, end)
    lines += _whole(ChangePart.CONFIG, "scorecard", (after.micro or 0) - (end.micro or 0))
    shown = (
        before.micro if shown_before is None else shown_before,
        after.micro if shown_after is None else shown_after,
    )
    lines += _whole(ChangePart.OVERRIDE, "override", shown[1] - after.micro - (shown[0] - before.micro))
    order = list(ChangePart)
    lines.sort(key=lambda line: order.index(line.part))
    return Change(micro=shown[1] - shown[0], lines=tuple(lines), notes=tuple(notes))


def _whole(part: ChangePart, name: str, micro: int) -> list[ChangeLine]:
    return [ChangeLine(part=part, name=name, micro=micro)] if micro else []


def _merged(start: Standing, end: Standing) -> Iterator[ChangeLine]:
    """The same change with one line per name, whatever its parts."""
    found: dict[tuple[str | None, str], ChangeLine] = {}
    for line in _facts(start, end):
        known = found.get((line.group, line.name))
        found[line.group, line.name] = line if known is None else replace(known, micro=known.micro + line.micro)
    yield from (line for line in found.values() if line.micro)


def _facts(start: Standing, end: Standing) -> list[ChangeLine]:
    """The change between two scores of one scorecard."""
    old, new = _lines(start.drivers), _lines(end.drivers)
    keys = list(dict.fromkeys([*old, *new]))
    units = [key for key in keys if key[0] in _UNITS]
    rest = [key for key in keys if key[0] not in _UNITS]
    found = _of_units(old, new, units)
    for key in rest:
        part = ChangePart.BEHAVIOUR if key[0] == "points" else ChangePart.CAP
        micro = _micro(new, key) - _micro(old, key)
        found.append(_line(part, old.get(key), new.get(key), micro))
    return [line for line in found if line.micro]


def _lines(drivers: Sequence[Driver]) -> dict[_Key, Driver]:
    """The lines by what they are about; lines about the same thing are one."""
    found: dict[_Key, Driver] = {}
    for line in drivers:
        if line.sort == "input":
            continue
        key = (line.sort, line.group or "", line.name, line.owner or "")
        known = found.get(key)
        found[key] = line if known is None else replace(known, micro=known.micro + line.micro)
    return found


def _micro(lines: Mapping[_Key, Driver], key: _Key) -> int:
    return lines[key].micro if key in lines else 0


def _of_units(old: Mapping[_Key, Driver], new: Mapping[_Key, Driver], keys: Sequence[_Key]) -> list[ChangeLine]:
    """Behaviour and availability of every unit; the last units of the sum go where the largest remainders are."""
    shares = [share for key in keys for share in _split(old.get(key), new.get(key))]
    denominator = lcm(*(share.denominator for share in shares))
    total = sum(_micro(new, key) - _micro(old, key) for key in keys)
    numerators = [share.numerator * (denominator // share.denominator) for share in shares]
    ranked = sorted(range(len(shares)), key=lambda place: (keys[place // 2][1:], place % 2))
    order = [0] * len(shares)
    for rank, place in enumerate(ranked):
        order[place] = rank
    micros = apportion(numerators, denominator, total, order)
    parts = (ChangePart.BEHAVIOUR, ChangePart.AVAILABILITY)
    return [
        _line(parts[place % 2], old.get(keys[place // 2]), new.get(keys[place // 2]), micro)
        for place, micro in enumerate(micros)
    ]


def _split(old: Driver | None, new: Driver | None) -> tuple[Fraction, Fraction]:
    """How much of one unit's change is behaviour, w₀·(s₁ − s₀), and how much availability: the rest.

    A side that is missing takes the other side's s, so that behaviour is nothing; what the scorecard assumes for it is availability.
    """
    whole = _weighed(new) - _weighed(old)
    if old is None or new is None or old.status is not Status.OK or new.status is not Status.OK:
        return Fraction(0), whole
    weight, points = _weight_and_points(old)
    behaviour = weight * (_weight_and_points(new)[1] - points)
    return behaviour, whole - behaviour


def _weighed(line: Driver | None) -> Fraction:
    if line is None:
        return Fraction(0)
    weight, points = _weight_and_points(line)
    return weight * points


def _weight_and_points(line: Driver) -> tuple[Fraction, int]:
    """The weight after sharing out and the points; a line without a weight counts as it is. Shares are floats, read as they are."""
    if line.weight_share is None or line.sort == "base":
        return Fraction(1), line.micro
    return Fraction(line.weight_share), line.shaped_micro or 0


def _line(part: ChangePart, old: Driver | None, new: Driver | None, micro: int) -> ChangeLine:
    line = new or old
    assert line is not None
    return ChangeLine(
        part=part,
        name=line.name,
        micro=micro,
        group=line.group,
        was=old.value if old is not None else None,
        now=new.value if new is not None else None,
        text=line.text,
    )
