"""The contract suites as classes for pytest: one test per rule, waivers with their reasons, and none that is not needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, TypeAlias

import pytest

from . import absence, cursors, declared, fields, rows, secrets, wire, writes
from .harness import Harness
from .trial import Trial

#: A promise that a connector keeps: its docstring says which; it fails by raising.
Rule: TypeAlias = Callable[[Trial], None]

#: The rules by group. A waiver names a rule, or a group for all of its rules.
SOURCE_RULES: Mapping[str, tuple[Rule, ...]] = {
    "declared": declared.RULES,
    "rows": rows.RULES,
    "cursors": cursors.RULES,
    "absence": absence.RULES,
    "secrets": secrets.RULES,
    "wire": wire.RULES,
}
DESTINATION_RULES: Mapping[str, tuple[Rule, ...]] = {"fields": fields.RULES, "writes": writes.RULES}


def keep(rule: Rule, harness: Harness, folder: Path, waivers: Mapping[str, str], group: str) -> None:
    """Hold a connector to a rule. Raises when it breaks it; skips when that is waived, fails when the waiver is not needed."""
    reason = waivers.get(rule.__name__, waivers.get(group))
    if reason is None:
        with Trial(harness, folder) as trial:
            rule(trial)
        return
    try:
        with Trial(harness, folder) as trial:
            rule(trial)
    except Exception:  # noqa: BLE001 - any failure shows that the waiver is needed
        pytest.skip(f"waived: {reason}")
    pytest.fail(f"{rule.__name__} is waived ({reason}), but it holds: take the waiver away")


def misfits(rules: Mapping[str, tuple[Rule, ...]], waivers: Mapping[str, str]) -> list[str]:
    """What is wrong with these waivers: names that are no rule, and reasons that say nothing."""
    known = {*rules, *(rule.__name__ for group in rules.values() for rule in group)}
    unknown = [f"{name!r} is no rule" for name in waivers if name not in known]
    silent = [f"the waiver of {name} gives no reason" for name, reason in waivers.items() if len(reason.split()) < 3]
    return unknown + silent


def _cases(rules: Mapping[str, tuple[Rule, ...]]) -> list[object]:
    return [pytest.param(rule, group, id=rule.__name__) for group, them in rules.items() for rule in them]


class SourceContract:
    """What every source keeps. A subclass named `Test…` gives the `harness`, and `waivers` (rule or group → reason)."""

    harness: ClassVar[Harness]
    waivers: ClassVar[Mapping[str, str]] = {}

    @pytest.mark.parametrize(("rule", "group"), _cases(SOURCE_RULES))
    def test_source_keeps(self, rule: Rule, group: str, tmp_path: Path) -> None:
        """The connector keeps this rule."""
        keep(rule, self.harness, tmp_path, self.waivers, group)

    def test_waivers_are_about_rules(self) -> None:
        """Each waiver names a rule and gives a reason."""
        assert misfits(known_rules(type(self)), self.waivers) == []


class DestinationContract:
    """What every destination keeps. A subclass named `Test…` gives the `harness`, and `waivers` (rule or group → reason)."""

    harness: ClassVar[Harness]
    waivers: ClassVar[Mapping[str, str]] = {}

    @pytest.mark.parametrize(("rule", "group"), _cases(DESTINATION_RULES))
    def test_destination_keeps(self, rule: Rule, group: str, tmp_path: Path) -> None:
        """The connector keeps this rule."""
        keep(rule, self.harness, tmp_path, self.waivers, group)

    def test_waivers_are_about_rules(self) -> None:
        """Each waiver names a rule and gives a reason."""
        assert misfits(known_rules(type(self)), self.waivers) == []


def known_rules(suite: type) -> Mapping[str, tuple[Rule, ...]]:
    """The rules of a suite, which may be both."""
    found: dict[str, tuple[Rule, ...]] = {}
    if issubclass(suite, SourceContract):
        found.update(SOURCE_RULES)
    if issubclass(suite, DestinationContract):
        found.update(DESTINATION_RULES)
    return found
