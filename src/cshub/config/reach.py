"""Lint of stages, segments and scorecards: rules that nobody can reach, and rules that hold together, each with an example.

Only what is certain is said: of a rule that cannot be taken apart, or of more facts than can be tried, nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from ..errors import Problem
from ..expr import Expression
from ..expr.instant import days_since
from ..expr.nodes import Name, Node, walk
from ..model import Type
from .grid import AS_OF, Customer, Grid
from .nodes import Place
from .placement import CHURNED, IGNORED, MONTH, PlacementRules, Rule, Test, expected_days, started

#: Customers that are tried for one question.
_MOST = 5_000
_EVENT = "the milestone's event"
_MILESTONE = ("milestone_reached", "time_to_value", "onboarding_overdue")
_UNSCORED = (CHURNED, IGNORED)
#: A stage that goes with any other facts.
_FREE = "the stage"
_NOWHERE = Place("", 1, 1)


def lint_placement(rules: PlacementRules) -> tuple[Problem, ...]:
    """Remarks about rules that are certainly not meant, in the order of the file."""
    trial = _Trial(rules)
    found: list[Problem] = []
    if rules.lifecycle.is_written:
        found += trial.ladder("lifecycle.stages.{}", rules.lifecycle.stages)
    found += [one for rule in rules.segments for one in trial.never("segments.{}.when", rule)]
    found += trial.ladder("scorecards.{}.when", rules.cards)
    return tuple(sorted(found, key=lambda one: (one.line, one.column)))


@dataclass(frozen=True, slots=True)
class _Trial:
    """Tries rules on customers. `tests` are the rules made ready, by their text."""

    rules: PlacementRules
    tests: dict[str, Test] = field(default_factory=dict)

    def ladder(self, path: str, rules: Sequence[Rule]) -> Iterator[Problem]:
        """Rules of which the first that holds counts: those never reached, and those that hold together."""
        for place, rule in enumerate(rules):
            earlier = rules[:place]
            lost = list(self.never(path, rule)) or list(self._hidden(path, rule, earlier))
            yield from lost
            if not lost:
                yield from self._overlaps(path, rule, earlier)

    def never(self, path: str, rule: Rule) -> Iterator[Problem]:
        """A rule that holds for nobody."""
        grid = self._grid([rule])
        if (
            grid is not None
            and grid.is_complete
            and not any(self._fits(grid, one, [rule])[0] for one in grid.customers())
        ):
            only = (
                " but customers that are not scored" if self._is_card(rule) and self._holds_at_all(rule, grid) else ""
            )
            yield _problem(path, rule, f"no customer can fit it{only}", "mend the rule, or delete it")

    def _holds_at_all(self, rule: Rule, grid: Grid) -> bool:
        return any(self._holds(rule, self._row(grid, one)) for one in grid.customers())

    def _hidden(self, path: str, rule: Rule, earlier: Sequence[Rule]) -> Iterator[Problem]:
        """A rule that earlier ones leave nobody: one of them alone, or all together."""
        for others in (*([one] for one in earlier), earlier if len(earlier) > 1 else []):
            grid = self._grid([rule, *others]) if others else None
            if grid is None or not grid.is_complete:
                continue
            answers = [(one, self._fits(grid, one, [rule, *others])) for one in grid.customers()]
            fitting = [(one, found[1:]) for one, found in answers if found[0]]
            if all(any(found) for _, found in fitting):
                needed = [other.name for place, other in enumerate(others) if any(found[place] for _, found in fitting)]
                names = " or ".join(needed)
                example = f"a customer with {self._told(fitting[0][0])} fits it, and {needed[0]} before it"
                message = f"is never reached: whoever fits it fits {names}, which stands before it ({example})"
                yield _problem(path, rule, message, f"put it before {needed[0]}, or delete it")
                return

    def _overlaps(self, path: str, rule: Rule, earlier: Sequence[Rule]) -> Iterator[Problem]:
        """Earlier rules that hold for the same customers. What has churned or is ignored is so whatever else is true of it."""
        for other in earlier:
            if other.name in _UNSCORED:
                continue
            grid = self._gathered([rule, other], is_free=False)
            tried = islice(grid.customers(whole=True), _MOST)
            example = next((one for one in tried if all(self._fits(grid, one, [rule, other]))), None)
            if example is not None:
                short = self._told(self._short(grid, example, [rule, other]))
                message = (
                    f"holds together with {other.name}: a customer with {short} fits both, and {other.name} counts"
                )
                yield _problem(
                    path, rule, message, f"say in the rule what tells it from {other.name}, if that is not meant"
                )

    def _fits(self, grid: Grid, customer: Customer, rules: Sequence[Rule]) -> list[bool]:
        """Which of the rules hold, and for cards: of customers that are scored."""
        row = self._row(grid, customer)
        is_scored = row["stage"] not in _UNSCORED or "stage" not in grid.asked
        return [self._holds(rule, row) and (is_scored or not self._is_card(rule)) for rule in rules]

    def _holds(self, rule: Rule, row: Mapping[str, object]) -> bool:
        return self._true(rule.when, row if self._is_late(rule) else {**row, "stage": row["account_stage"]})

    def _true(self, rule: Expression, row: Mapping[str, object]) -> bool:
        test = self.tests.get(rule.text)
        if test is None:
            test = self.tests[rule.text] = rule.closure(AS_OF)
        try:
            return test(row) is True
        except (TypeError, ValueError, ArithmeticError):
            return False

    def _is_card(self, rule: Rule) -> bool:
        return any(rule is card for card in self.rules.cards)

    def _is_late(self, rule: Rule) -> bool:
        """Whether `stage` in the rule is that of the lifecycle."""
        return not any(rule is stage for stage in self.rules.lifecycle.stages)

    # The facts behind a rule

    def _grid(self, rules: Sequence[Rule]) -> Grid | None:
        """The customers to try the rules on; None when they are too many."""
        for is_free in (False, True):
            grid = self._gathered(rules, is_free=is_free)
            if grid.size() <= _MOST:
                return grid
        return None

    def _gathered(self, rules: Sequence[Rule], *, is_free: bool) -> Grid:
        """The facts of the rules and of what they lean on. `is_free`: any stage with any facts, which is more than there can be."""
        own = self.rules
        types = {**own.fields, **{name: type for rule in own.expressions() for name, type in _types(rule.node)}}
        late = {"stage", *_MILESTONE, *(one.name for one in own.segments)}
        base = {name: type for name, type in types.items() if name in own.fields or name in own.metrics}
        grid = Grid(types=base, start=own.lifecycle.start, derived=own.derived)
        if is_free:
            grid.fact(_FREE, Type.TEXT).written |= set(own.lifecycle.names)
        waiting, seen = [(rule, self._is_late(rule)) for rule in rules], set[str]()
        while waiting:
            rule, is_late = waiting.pop()
            grid.add(rule.when.node, frozenset(late if is_late else _MILESTONE))
            names = set(rule.when.names) & (late if is_late else set(_MILESTONE)) - seen
            seen |= names
            grid.asked |= names | (set(rule.when.names) & own.derived.keys())
            waiting += [(one, True) for one in own.segments if one.name in names]
            if names & set(_MILESTONE):
                waiting += self._milestone(grid)
            if "stage" in names and not is_free:
                waiting += [(one, False) for one in own.lifecycle.stages]
        return grid

    def _milestone(self, grid: Grid) -> list[tuple[Rule, bool]]:
        onboarding = self.rules.onboarding
        for days in expected_days(onboarding):
            grid.tenure(days)
        if onboarding is None or onboarding.when is None:
            grid.fact(_EVENT, Type.FLAG)
            grid.tenure(0)
            return []
        return [(Rule(name="milestone", when=onboarding.when, place=_NOWHERE), False)]

    def _row(self, grid: Grid, customer: Customer) -> dict[str, object]:
        """The customer as rules about it see it."""
        own, row = self.rules, dict(customer)
        row["account_stage"] = row["stage"] = customer.get("stage")
        start = started(customer.get(own.lifecycle.start))
        days = None if start is None else days_since(start, AS_OF)
        tenure = None if days is None or days < 0 else days
        row.update(tenure=tenure, tenure_months=None if tenure is None else tenure / MONTH)
        row.update({name: row[of] for name, of in own.derived.items() if of in row})
        self._tell_milestone(row, tenure)
        if "stage" in grid.asked:
            fitting = (rule.name for rule in own.lifecycle.stages if self._true(rule.when, row))
            row["stage"] = customer.get(_FREE) or next(fitting, own.lifecycle.otherwise)
        row.update({one.name: self._true(one.when, row) for one in own.segments if one.name in grid.asked})
        return row

    def _tell_milestone(self, row: dict[str, object], tenure: int | None) -> None:
        onboarding = self.rules.onboarding
        is_reached = row.get(_EVENT) is True
        if onboarding is not None and onboarding.when is not None:
            is_reached = self._true(onboarding.when, row)
        late = tenure is not None and any(tenure >= days for days in expected_days(onboarding))
        row.update(milestone_reached=is_reached, onboarding_overdue=late and not is_reached)
        row["time_to_value"] = tenure if is_reached else None

    def _short(self, grid: Grid, customer: Customer, rules: Sequence[Rule]) -> Customer:
        """The example with its stage in the place of the facts that only the stage goes by."""
        if "stage" not in grid.asked:
            return customer
        known = {**customer, _FREE: self._row(grid, customer)["stage"]}
        return {name: known[name] for name in self._gathered(rules, is_free=True).facts}

    def _told(self, customer: Customer) -> str:
        """The facts of an example."""
        return ", ".join(self._one(name, value) for name, value in customer.items()) or "anything at all"

    def _one(self, name: str, value: object) -> str:
        start = started(value)
        if name == self.rules.lifecycle.start and start is not None and days_since(start, AS_OF) >= 0:
            return f"a tenure of {days_since(start, AS_OF)} days"
        if name == _EVENT:
            return "its milestone reached" if value else "its milestone not reached"
        if name == _FREE:
            return f"stage {value!r}"
        label = "account_stage" if name == "stage" else name
        if value is None:
            return f"no {label}"
        if isinstance(value, datetime):
            return f"{label} {value:%Y-%m-%d}"
        return f"{label} {value!r}" if isinstance(value, str) else f"{label} {value}"


def _types(node: Node) -> Iterator[tuple[str, Type]]:
    yield from ((part.name, part.type) for part in walk(node) if isinstance(part, Name))


def _problem(path: str, rule: Rule, message: str, hint: str) -> Problem:
    place = rule.place
    return Problem(
        file=place.file, line=place.line, column=place.column, path=path.format(rule.name), message=message, hint=hint
    )
