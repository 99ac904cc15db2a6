"""Files of scorecard tests: what a customer's metrics say, and what score, band and lines are expected of that."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from ..errors import ConfigError
from ..expr.problem import did_you_mean
from ..model import Reading, Scalar, Scorecard, Status
from ..model.durations import Share
from ..scoring.needs import metrics_of
from .blocks import Strict
from .check import check
from .document import read_file
from .load import Cards
from .nodes import Block, Items, Node, Place, Step, Value
from .problems import Problems

#: How the name of a file of tests ends; the file it tests has the same name with `.yaml` alone.
SUFFIX = ".test.yaml"
_KINDS = tuple(status for status in Status if status is not Status.OK)


class ExpectBlock(Strict):
    """What a test expects; what it does not name is not looked at. `score: null` is no score."""

    score: float | None = Field(default=None, description="in points, or null where there is none")
    band: str | None = None
    coverage: Share | None = None
    reason: str | None = Field(default=None, description="words of the reason why there is no score")
    drivers: dict[str, float] = Field(default={}, description="points of lines by name")
    missing: list[str] | dict[str, str] | None = Field(
        default=None, description="signals without data, or how each is missing"
    )


class TrialBlock(Strict):
    """One test."""

    name: str | None = Field(default=None, max_length=200)
    scorecard: str | None = Field(default=None, description="the card of this test, where it is another")
    given: dict[str, object] = Field(description="metrics with their values; what is not named is missing")
    expect: ExpectBlock


class TrialsBlock(Strict):
    """A file of tests."""

    configuration: str | None = Field(default=None, description="the file that is tested, from here")
    scorecard: str = Field(default="default", description="the card that is tested")
    tests: list[object] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One test: a card, readings, and what is expected. `named` are the expectations that were written down."""

    name: str
    place: Place
    card: Scorecard
    readings: Mapping[str, Reading]
    expect: ExpectBlock
    named: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """A file of tests, of the scorecards of one file."""

    path: Path
    cards: Cards
    trials: tuple[Trial, ...]


def read_trials(path: Path, cards: Callable[[Path | None], Cards]) -> Trials:
    """The tests of a file; `cards` reads the scorecards of a file (None: those of the configuration in use).

    Raises ConfigError with every mistake.
    """
    root, twice = read_file(path, str(path))
    problems = Problems(found=list(twice))
    core = check(root, TrialsBlock, problems, ())
    if core is None:
        raise _mistaken(path, problems)
    found = cards(_tested(path, core.configuration))
    tests = root.get("tests")
    reader = _Reader(found, core.scorecard, problems)
    trials = tuple(reader.read(tests)) if isinstance(tests, Items) else ()
    if problems.found:
        raise _mistaken(path, problems)
    return Trials(path=path, cards=found, trials=trials)


def _tested(path: Path, configuration: str | None) -> Path | None:
    """The file that is tested: as named, else the one beside it, else that of the configuration in use."""
    if configuration is not None:
        return path.parent / configuration
    beside = path.with_name(path.name.removesuffix(SUFFIX) + ".yaml")
    return beside if path.name.endswith(SUFFIX) and beside.exists() else None


def _mistaken(path: Path, problems: Problems) -> ConfigError:
    mistakes = problems.mistakes()
    count = f"{len(mistakes)} mistakes" if len(mistakes) > 1 else "1 mistake"
    return ConfigError(f"{count} in {path}", problems=mistakes)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads tests. `usual` is the scorecard of those that name none."""

    cards: Cards
    usual: str
    problems: Problems

    def read(self, tests: Items) -> Iterator[Trial]:
        """The tests that are right."""
        for number, node in enumerate(tests.nodes):
            steps = ("tests", number)
            core = check(node, TrialBlock, self.problems, steps)
            card = self._card(node, core.scorecard, steps) if core is not None else None
            if core is None or card is None or not isinstance(node, Block):
                continue
            readings = dict(self._readings(card, node.get("given"), (*steps, "given")))
            self._check_expect(card, node.get("expect"), core.expect, (*steps, "expect"))
            yield Trial(
                name=core.name or f"test {number + 1}",
                place=node.place,
                card=card,
                readings=readings,
                expect=core.expect,
                named=frozenset(core.expect.model_fields_set),
            )

    def _card(self, node: Node, named: str | None, steps: tuple[Step, ...]) -> Scorecard | None:
        name, cards = named or self.usual, self.cards.scorecards
        if name not in cards:
            message = f"there is no scorecard {name} in {self.cards.path}"
            self.problems.add(node.place, (*steps, "scorecard"), message, did_you_mean(name, cards))
        return cards.get(name)

    def _readings(self, card: Scorecard, node: Node | None, steps: tuple[Step, ...]) -> Iterator[tuple[str, Reading]]:
        """A reading of every metric the card needs; those that are not given are missing."""
        needed = metrics_of(card)
        for entry in node if isinstance(node, Block) else ():
            if entry.key not in needed:
                hint = did_you_mean(entry.key, needed)
                message = f"the card {card.name} needs no metric {entry.key}"
                self.problems.add(entry.place, (*steps, entry.key), message, hint)
        for name in needed:
            given = node.get(name) if isinstance(node, Block) else None
            yield name, _reading(name, None) if given is None else self._reading(name, given, (*steps, name))

    def _reading(self, name: str, node: Node, steps: tuple[Step, ...]) -> Reading:
        if isinstance(node, Value):
            return _reading(name, node.value)
        if isinstance(node, Block):
            status, value = node.get("status"), node.get("value")
            known = isinstance(status, Value) and status.text in _KINDS
            if known and not node.without(("status", "value")).entries and (value is None or isinstance(value, Value)):
                assert isinstance(status, Value)
                given = value.value if isinstance(value, Value) else None
                return Reading(metric=name, value=given, status=Status(status.text))
        kinds = ", ".join(_KINDS)
        self.problems.add(
            node.place, steps, "is no value", f"write a value, null, or {{status: …}} with one of {kinds}"
        )
        return _reading(name, None)

    def _check_expect(self, card: Scorecard, node: Node | None, expect: ExpectBlock, steps: tuple[Step, ...]) -> None:
        if not isinstance(node, Block):
            return
        bands = [name for name, _ in card.bands.edges]
        band = node.get("band")
        if expect.band is not None and expect.band not in bands and band is not None:
            hint = did_you_mean(expect.band, bands)
            self.problems.add(band.place, (*steps, "band"), f"there is no band {expect.band}", hint)
        if not expect.model_fields_set:
            self.problems.add(node.place, steps, "expects nothing", "write score:, band:, drivers: or missing:")


def _reading(name: str, value: Scalar) -> Reading:
    return Reading(metric=name, value=value, status=Status.MISSING if value is None else Status.OK)
