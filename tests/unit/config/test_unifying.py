"""`identity.fields` and `identity.owners`: what is read, and what is told about mistakes."""

from __future__ import annotations

import pytest

from cshub.model import Priority
from tests.unit.config.conftest import Load, Mistakes
from tests.unit.config.world import GOOD

RULES = "  rules: [email_domain, domain]\n"
SECOND = GOOD.replace("  usage: {", "  sales: {connector: crm, token: env:CRM_TOKEN}\n  usage: {", 1)


def written(lines: str) -> str:
    """The configuration with these lines below `identity:`."""
    assert RULES in SECOND
    return SECOND.replace(RULES, RULES + "".join(f"  {line}\n" for line in lines.split("\n")))


def test_a_field_is_asked_for_in_the_order_written_or_of_the_newest(read: Load) -> None:
    text = written(
        "fields: {mrr: [sales, crm], tier: newest, stage: {newest: [sales]}}\nowners: {'crm:005': 'sales:41'}"
    )
    identity = read(text).identity
    assert identity.fields == {
        "mrr": Priority(connections=("sales", "crm")),
        "tier": Priority(connections=("crm", "sales"), is_newest=True),
        "stage": Priority(connections=("sales",), is_newest=True),
    }
    assert identity.owners == {"crm:005": "sales:41"}


@pytest.mark.parametrize(
    ("lines", "path", "message", "hint"),
    [
        ("fields: {mr: [crm]}", "identity.fields.mr", "is no field of an account", "did you mean mrr?"),
        ("fields: {zzz: [crm]}", "identity.fields.zzz", "is no field of an account", "known here: created_at"),
        ("fields: {domains: [crm]}", "identity.fields.domains", "cannot come from one source", "domains of all"),
        ("fields: {parent: [crm]}", "identity.fields.parent", "cannot come from one source", "its own connection"),
        ("fields: {mrr: [crmm]}", "identity.fields.mrr.0", "no connection crmm", "did you mean crm?"),
        ("fields: {mrr: [crm, usage]}", "identity.fields.mrr.1", "brings no accounts", "with accounts"),
        ("fields: {mrr: [crm, crm]}", "identity.fields.mrr.1", "crm is there twice", "keep the first"),
        ("fields: {mrr: []}", "identity.fields.mrr", "where the value comes from", "[crm, sales]"),
        ("fields: {mrr: crm}", "identity.fields.mrr", "where the value comes from", "[crm, sales]"),
        ("fields: {mrr: {oldest: [crm]}}", "identity.fields.mrr", "where the value comes from", "newest"),
        ("fields: {mrr: {newest: newest}}", "identity.fields.mrr.newest", "where the value comes from", "newest"),
        ("owners: {'crm:5': 'sale:41'}", "identity.owners.crm:5", "no connection sale", "did you mean sales?"),
        ("owners: {'5': 'sales:41'}", "identity.owners.5", "is no owner of a connection", '"crm:123"'),
        ("owners: {'crm:5': 'crm:5'}", "identity.owners.crm:5", "the same owner twice", "delete"),
    ],
)
def test_each_mistake_is_told_where_it_is(mistakes: Mistakes, lines: str, path: str, message: str, hint: str) -> None:
    (problem,) = mistakes(written(lines))
    assert problem.path == path
    assert message in problem.message
    assert hint in (problem.hint or "")


METRIC = "  urgent_open: {count: ticket, where: \"priority == 'urgent' and is_open\"}\n"


def test_another_source_of_a_field_that_is_scored_is_another_version_of_the_card(read: Load) -> None:
    scored = written("fields: {mrr: [crm]}").replace(METRIC, "  urgent_open: {value: account.mrr}\n")
    other = scored.replace("{mrr: [crm]}", "{mrr: [sales]}")
    unscored = scored.replace("{mrr: [crm]}", "{mrr: [crm], name: [sales]}")
    assert "account.mrr" in scored
    first, second, third = (read(text).scorecards["default"] for text in (scored, other, unscored))
    assert first.hash != second.hash
    assert first.hash == third.hash
    assert '"fields":{"mrr":["crm"]}' in first.text
