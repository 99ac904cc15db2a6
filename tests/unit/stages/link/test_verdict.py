"""The choice between several customers."""

from __future__ import annotations

from cshub.stages.link.verdict import ancestry, choose, common_ancestor

FAMILY = {"child": "parent", "sister": "parent", "parent": "top", "cousin": "top"}


def test_a_single_customer_decides_with_its_evidence() -> None:
    verdict = choose("domain", {"crm:1": "a.com"}, {})
    assert (verdict.customer, verdict.rule, verdict.evidence) == ("crm:1", "domain", "a.com")


def test_a_tie_names_every_candidate_in_order() -> None:
    verdict = choose("domain", {"crm:2": "b.com", "crm:1": "a.com"}, {})
    assert (verdict.customer, verdict.candidates, verdict.key) == (None, ("crm:1", "crm:2"), "a.com")
    assert verdict.reason == "2 customers match by domain"


def test_a_family_decides_for_the_lowest_customer_above_all() -> None:
    assert common_ancestor(["child", "sister"], FAMILY) == "parent"
    assert common_ancestor(["child", "cousin"], FAMILY) == "top"
    assert common_ancestor(["child", "parent"], FAMILY) == "parent"
    assert common_ancestor(["child", "stranger"], FAMILY) is None


def test_a_line_of_ancestors_ends_at_a_circle() -> None:
    assert ancestry("a", {"a": "b", "b": "a"}) == ("a", "b")
