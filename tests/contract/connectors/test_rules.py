"""Each rule is broken by the connector made to break it, and by nothing else that could be mistaken for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cshub import CshubError
from cshub.testing import Trial
from cshub.testing.contract import DESTINATION_RULES, SOURCE_RULES, Rule
from tests.contract.connectors.demo import broken_reading, broken_writing
from tests.contract.connectors.demo.harness import harness

BROKEN = {**broken_reading.BROKEN, **broken_writing.BROKEN}
RULES = {
    rule.__name__: rule for groups in (SOURCE_RULES, DESTINATION_RULES) for group in groups.values() for rule in group
}


def test_every_rule_has_a_connector_that_breaks_it() -> None:
    assert BROKEN.keys() == RULES.keys()


def test_there_are_enough_rules() -> None:
    assert len(RULES) >= 20


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_connector_made_to_break_a_rule_is_found_out(name: str, tmp_path: Path) -> None:
    with Trial(harness(BROKEN[name]), tmp_path) as trial, pytest.raises((AssertionError, CshubError)) as found:
        RULES[name](trial)
    assert str(found.value)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_every_rule_says_what_it_promises(rule: Rule) -> None:
    assert (rule.__doc__ or "").endswith(".")
