"""Waivers: a rule that cannot hold is skipped with its reason; a waiver nobody needs, or of nothing, fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from cshub.testing import DestinationContract, SourceContract, Trial
from cshub.testing.contract.suite import DESTINATION_RULES, SOURCE_RULES, keep, known_rules, misfits
from tests.contract.connectors.demo.harness import harness


def holds(trial: Trial) -> None:
    """This holds for everybody."""
    assert trial.connector.name


def fails(trial: Trial) -> None:
    """This holds for nobody."""
    raise AssertionError("it does not hold")


def test_a_rule_that_is_broken_fails(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="does not hold"):
        keep(fails, harness(), tmp_path, {}, "any")


def test_a_rule_that_holds_passes_without_a_word(tmp_path: Path) -> None:
    assert keep(holds, harness(), tmp_path, {}, "any") is None


@pytest.mark.parametrize("name", ["fails", "any"], ids=["by name", "by group"])
def test_a_waived_rule_is_skipped_with_its_reason(tmp_path: Path, name: str) -> None:
    with pytest.raises(pytest.skip.Exception, match="the vendor cannot do it"):
        keep(fails, harness(), tmp_path, {name: "the vendor cannot do it"}, "any")


def test_a_waiver_that_is_not_needed_fails(tmp_path: Path) -> None:
    with pytest.raises(pytest.fail.Exception, match=r"holds is waived .* but it holds"):
        keep(holds, harness(), tmp_path, {"holds": "the vendor cannot do it"}, "any")


def test_a_waiver_of_no_rule_is_found() -> None:
    assert misfits(SOURCE_RULES, {"ids_are_stabel": "the vendor renumbers them"}) == ["'ids_are_stabel' is no rule"]


def test_a_waiver_without_a_reason_is_found() -> None:
    assert misfits(SOURCE_RULES, {"wire": "no"}) == ["the waiver of wire gives no reason"]


def test_a_suite_of_both_knows_the_rules_of_both() -> None:
    class Both(SourceContract, DestinationContract):
        harness = harness()

    assert known_rules(Both).keys() == {*SOURCE_RULES, *DESTINATION_RULES}
    assert known_rules(SourceContract).keys() == SOURCE_RULES.keys()
