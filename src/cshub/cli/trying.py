"""Scorecard tests at work: each one scored as a customer would be, and what differs from what it expects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ..config.trials import Trial, Trials
from ..model import MICRO, Driver, Scored, Status
from ..plugins import Registry
from ..scoring import finish, next_state
from ..scoring.adjust import Owned
from ..scoring.rounding import to_micro
from ..scoring.words import detail, number

#: A customer nobody has: its score begins with the first band, so the time does not matter.
_CUSTOMER, _NOW = "test", datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """A test and what came of it; `differences` are sentences, none when it passed."""

    trial: Trial
    micro: int | None
    band: str | None
    coverage: float
    drivers: tuple[Driver, ...]
    differences: tuple[str, ...]


def run(trials: Trials) -> Iterator[Tried]:
    """Every test of a file, in its order."""
    for trial in trials.trials:
        yield _tried(trials.cards.registry, trial)


def lines(tried: Tried) -> Iterator[str]:
    """What a person reads of a test: its name, and where it failed the differences and how the score came about."""
    yield f"  {'✖' if tried.differences else '✔'} {tried.trial.name}"
    if tried.differences:
        yield from (f"      {difference}" for difference in tried.differences)
        yield from (f"        {detail(driver)}" for driver in tried.drivers)


def document(tried: Tried) -> dict[str, object]:
    """The same as data."""
    return {
        "name": tried.trial.name,
        "line": tried.trial.place.line,
        "scorecard": tried.trial.card.name,
        "scorecard_hash": tried.trial.card.hash,
        "ok": not tried.differences,
        "differences": tried.differences,
        "score": None if tried.micro is None else tried.micro / MICRO,
        "micro": tried.micro,
        "band": tried.band,
        "coverage": tried.coverage,
        "drivers": tried.drivers,
    }


def _tried(registry: Registry, trial: Trial) -> Tried:
    card = trial.card
    (scored,), failures = registry.score(card, [(_CUSTOMER, trial.readings)])
    owned: list[Owned] = []
    if scored is not None:
        wanted, more = registry.adjust([scored])
        failures = [*failures, *more]
        owned = [(owner.name, adjustment) for owner, found in wanted for adjustment in found]
    done = finish(card, scored, owned) if scored is not None else None
    troubles = [str(failure) for failure in failures]
    if done is None:
        return Tried(trial=trial, micro=None, band=None, coverage=0.0, drivers=(), differences=tuple(troubles))
    band = next_state(card.bands, None, done.micro / MICRO, _NOW).band if done.micro is not None else None
    return Tried(
        trial=trial,
        micro=done.micro,
        band=band,
        coverage=done.coverage,
        drivers=done.drivers,
        differences=(*troubles, *_differences(trial, done, band)),
    )


def _differences(trial: Trial, done: Scored, band: str | None) -> Iterator[str]:
    expect, named = trial.expect, trial.named
    if "score" in named and done.micro != (None if expect.score is None else to_micro(expect.score)):
        reason = f" ({done.reason})" if done.reason else ""
        yield f"score: expected {_points(expect.score)}, is {number(done.micro) or 'none'}{reason}"
    if "band" in named and band != expect.band:
        yield f"band: expected {expect.band or 'none'}, is {band or 'none'}"
    if expect.coverage is not None and round(done.coverage, 6) != round(expect.coverage, 6):
        yield f"coverage: expected {expect.coverage:.4%}, is {done.coverage:.4%}"
    if expect.reason is not None and expect.reason not in (done.reason or ""):
        yield f"reason: expected {expect.reason!r}, is {done.reason or 'none'}"
    for name, points in expect.drivers.items():
        yield from _line_differs(name, points, done.drivers)
    if expect.missing is not None:
        yield from _missing_differs(expect.missing, done.drivers)


def _points(points: float | None) -> str:
    return "none" if points is None else number(to_micro(points)) or "none"


def _line_differs(name: str, points: float, drivers: Sequence[Driver]) -> Iterator[str]:
    found = [driver.micro for driver in drivers if driver.name == name]
    if not found:
        yield f"drivers: there is no line {name}; there are {', '.join(dict.fromkeys(one.name for one in drivers))}"
    elif sum(found) != to_micro(points):
        yield f"drivers: {name}: expected {_points(points)}, is {number(sum(found))}"


def _missing_differs(expected: list[str] | dict[str, str], drivers: Sequence[Driver]) -> Iterator[str]:
    """A signal counts as missing when its line says so; how each is missing counts where the test says how."""
    found = {
        one.name: str(one.status) for one in drivers if one.sort in ("signal", "input") and one.status is not Status.OK
    }
    wanted = expected if isinstance(expected, dict) else dict.fromkeys(expected)
    for name in sorted({*wanted, *found}):
        if name not in found:
            yield f"missing: expected {name}, which has data"
        elif name not in wanted:
            yield f"missing: {name} is {found[name].replace('_', ' ')}, which was not expected"
        elif wanted[name] is not None and wanted[name] != found[name]:
            yield f"missing: {name}: expected {wanted[name]}, is {found[name]}"
