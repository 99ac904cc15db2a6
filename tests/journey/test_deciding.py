"""A person decides whose a record is, at the command line; the word stands in a file for git, and counts from the next link on."""

from __future__ import annotations

from pathlib import Path

import pytest

from cshub.config.decisions import HEADER
from tests.journey.desk import Desk

RULES = "  rules: [external_id, domain, email_domain]\n"
KEPT = "  rules: [map, external_id, domain, email_domain]\n  map: links.yaml\n"
SECOND = """
  billing:
    connector: file
    path: billing.csv
    kind: account
    key: id
    columns: {name: name, external_id: company, mrr: mrr, currency: currency, owner: owner, plan: plan}
  people:
    connector: file
    path: people.csv
    kind: owner
    key: id
    columns: {name: name, email: email}

# 3. Who"""


@pytest.fixture
def twins(desk: Desk) -> tuple[Desk, str, str, str]:
    """Two companies that claim one domain, and a contact of it; linked, with a file for decisions that is not there yet."""
    desk.replace(RULES, KEPT)
    vendor = desk.sandbox.vendor
    first, second = (
        str(vendor.add("companies", {"name": name, "domain": "twin.example", "lifecyclestage": "customer"}))
        for name in ("Twin One", "Twin Two")
    )
    contact = str(vendor.add("contacts", {"email": "ada@twin.example", "firstname": "Ada"}))
    desk.ok("pull")
    desk.ok("link")
    return desk, first, second, contact


def links(desk: Desk) -> str:
    return (desk.folder / "links.yaml").read_text(encoding="utf-8")


def owner(desk: Desk, contact: str, *companies: str) -> list[tuple[str, str]]:
    """The companies that the contact is linked to, with the rule and what it saw."""
    found = []
    for company in companies:
        records = desk.json("identity", f"crm:{company}")["records"]
        assert isinstance(records, list)
        found += [(company, f"{one['rule']}: {one['evidence']}") for one in records if one["id"] == contact]
    return found


def test_the_line_that_review_prints_decides(twins: tuple[Desk, str, str, str]) -> None:
    desk, first, second, contact = twins
    (tie,) = desk.json("identity", "review")["reviews"]  # type: ignore[misc]  # a list, else it fails right here
    assert tie["accept"] in desk.ok("identity", "review")
    told = desk.ok(*tie["accept"].removeprefix("cshub ").split())
    assert f"crm:contact:{contact} belongs to crm:{first}: written to links.yaml" in told
    assert "`cshub link`" in told
    assert links(desk) == HEADER + f'"crm:contact:{contact}": {{belongs_to: "crm:{first}", on: 2026-03-02}}\n'
    assert owner(desk, contact, first, second) == []
    desk.ok("link")
    assert owner(desk, contact, first, second) == [(first, f"map: crm:{first}")]
    assert desk.json("identity", "review")["reviews"] == []


def test_a_prospect_with_the_customers_domain_is_shown_by_name_and_may_be_rejected(
    twins: tuple[Desk, str, str, str],
) -> None:
    desk, first, second, contact = twins
    desk.sandbox.vendor.edit(
        "companies", second, {"lifecyclestage": ""}
    )  # HubSpot moves no company to an earlier stage
    desk.clock.advance(60)
    desk.ok("pull")
    desk.ok("link")
    reason = f"twin.example is also the email domain of Twin Two (crm:{second}), which is no customer"
    (tie,) = desk.json("identity", "review")["reviews"]  # type: ignore[misc]  # a list, else it fails right here
    assert (tie["reason"], tie["rivals"][0]["name"]) == (reason, "Twin Two")
    told = desk.ok("identity", "review")
    assert reason in told
    assert f"crm:{second}  Twin Two" in told
    assert f"or, if it is no customer's: cshub identity reject crm:{contact} crm:{first}" in told
    desk.ok("identity", "reject", f"crm:{contact}", f"crm:{second}")
    desk.ok("link")
    assert owner(desk, contact, first) == [(first, f"email_domain: twin.example; a person ruled out crm:{second}")]


def test_a_rejected_candidate_leaves_the_other_and_a_second_one_leaves_nobody(
    twins: tuple[Desk, str, str, str],
) -> None:
    desk, first, second, contact = twins
    desk.ok("identity", "reject", f"crm:{contact}", "Twin One", "--by", "Ana", "--because", "left them in May")
    desk.ok("link")
    assert owner(desk, contact, first, second) == [
        (second, f"email_domain: twin.example; a person ruled out crm:{first}")
    ]
    desk.ok("identity", "unlink", "contact", f"crm:{contact}")
    desk.ok("link")
    assert owner(desk, contact, first, second) == []
    assert desk.json("identity", "review")["reviews"] == []
    assert links(desk).count("\n") == HEADER.count("\n") + 1
    overview = desk.ok("identity")
    assert "Decided by people: 0 accepted, 1 rejected, 0 of nobody" in overview


def test_an_accepted_record_can_be_unlinked_and_accepted_again(twins: tuple[Desk, str, str, str]) -> None:
    desk, first, second, contact = twins
    desk.ok("identity", "accept", f"crm:contact:{contact}", f"crm:{first}")
    desk.ok("link")
    desk.ok("identity", "unlink", f"crm:{contact}")
    desk.ok("link")
    assert [company for company, _ in owner(desk, contact, first, second)] == [second]
    desk.ok("identity", "accept", f"crm:{contact}", f"crm:{first}")
    desk.ok("link")
    assert owner(desk, contact, first, second) == [(first, f"map: crm:{first}")]


def test_an_account_that_is_nobodys_is_no_customer(twins: tuple[Desk, str, str, str]) -> None:
    desk, first, second, contact = twins
    desk.ok("identity", "reject", f"crm:{first}", "--nobody")
    desk.ok("link")
    assert [company for company, _ in owner(desk, contact, second)] == [second]
    assert desk.json("show", f"crm:{first}")["state"] == "left"


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("accept", "crm:404", "Twin One"), "no record crm:404 is known"),
        (("accept", "cmr:1", "Twin One"), "there is no connection cmr"),
        (("accept", "crm", "Twin One"), "'crm' is no record"),
        (("accept", "house", "crm:1", "Twin One"), "'house crm:1' is no record"),
        (("accept", "{contact}", "Twin Three"), "no customer is called 'Twin Three'"),
        (("accept", "{contact}", "Twin"), "may be 2 customers"),
        (("accept", "{contact}"), "needs RECORD CUSTOMER"),
        (("reject", "{contact}"), "needs RECORD CUSTOMER"),
        (("accept", "{first}", "Twin One"), "belongs to itself already"),
        (("unlink", "{first}"), "is the customer's own account"),
        (("reject", "{contact}", "crm:404"), "no customer is called 'crm:404'"),
        (("unlink", "{contact}"), "is linked to nobody"),
    ],
)
def test_a_decision_that_makes_no_sense_is_refused_and_nothing_is_written(
    twins: tuple[Desk, str, str, str], words: tuple[str, ...], message: str
) -> None:
    desk, first, _, contact = twins
    asked = [word.format(contact=f"crm:{contact}", first=f"crm:{first}") for word in words]
    result = desk.cshub("identity", *asked)
    assert result.exit_code == 2, result.output
    assert message in result.output.replace("\n", " ")
    assert not (desk.folder / "links.yaml").exists()


def test_without_a_file_for_decisions_the_lines_to_write_are_told(desk: Desk) -> None:
    desk.ok("pull")
    result = desk.cshub("identity", "accept", "crm:1", "crm:2")
    assert result.exit_code == 2
    assert (
        "write `map: links.yaml` below `identity:`, with `rules: [map, external_id, domain, email_domain]`"
        in result.output
    )


def test_a_file_for_decisions_that_no_rule_looks_at_is_a_mistake(desk: Desk) -> None:
    desk.replace(RULES, RULES + "  map: links.yaml\n")
    result = desk.cshub("validate")
    assert result.exit_code == 2
    assert "identity.map: is not looked at: `rules:` does not name map" in result.output


def test_mistakes_in_the_map_are_told_with_its_name_and_line(twins: tuple[Desk, str, str, str]) -> None:
    desk, *_ = twins
    assert desk.cshub("validate").exit_code == 0
    text = '# ours\n"crm:contact:1": "cmr:2"\n"crm:contact:2": {belongs_to: "crm:3", not: ["crm:3"]}\n'
    (desk.folder / "links.yaml").write_text(text, encoding="utf-8")
    result = desk.cshub("validate")
    assert result.exit_code == 2
    assert "links.yaml:2:19  crm:contact:1: there is no connection cmr" in result.output
    assert "links.yaml:3:2  crm:contact:2: is both accepted and rejected for crm:3" in result.output
    found = desk.json("validate")
    assert (found["ok"], len(found["problems"])) == (False, 2)  # type: ignore[arg-type]  # a list, else it fails right here
    for words in (("link",), ("identity", "accept", "crm:1", "crm:2")):
        stopped = desk.cshub(*words)
        assert stopped.exit_code != 0
        assert "the map has mistakes" in stopped.output
    assert (desk.folder / "links.yaml").read_text(encoding="utf-8") == text


def test_a_map_that_is_no_yaml_is_told_too(twins: tuple[Desk, str, str, str]) -> None:
    desk, *_ = twins
    (desk.folder / "links.yaml").write_text('"a: b\n', encoding="utf-8")
    result = desk.cshub("validate")
    assert result.exit_code == 2
    assert "links.yaml" in result.output
    assert "this is no YAML" in result.output


# --- several sources ----------------------------------------------------------------------------------------------------


@pytest.fixture
def billed(desk: Desk) -> Desk:
    """A desk that also reads accounts and owners of a billing tool, for the worst customers among others."""
    desk.replace("\n# 3. Who", SECOND)
    owners = [(one.id, one.email, f"{one.first_name} {one.last_name}") for one in desk.sandbox.vendor.portal.owners]
    people = ["id,name,email", *(f"B{id},{name},{email}" for id, email, name in owners)]
    (desk.folder / "people.csv").write_text("\n".join(people) + "\n", encoding="utf-8")
    rows = ["id,name,company,mrr,currency,owner,plan"]
    rows += [
        f"b{number},Billed {number},C-{number},{number},CHF,B{owners[0][0]},gold" for number in range(10000, 10060)
    ]
    (desk.folder / "billing.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    desk.ok("pull")
    desk.ok("link")
    return desk


def fields(desk: Desk, customer: str) -> dict[str, dict[str, object]]:
    found = desk.json("identity", customer)["fields"]
    assert isinstance(found, list)
    return {one["name"]: one for one in found}


def test_identity_says_why_a_value_is_here(billed: Desk) -> None:
    mrr = fields(billed, "C-10043")["mrr"]
    assert mrr["value"] == 1400
    assert mrr["source"]["connection"] == "crm"  # type: ignore[index]  # an object, else it fails right here
    assert [(one["connection"], one["id"], one["value"]) for one in mrr["others"]] == [("billing", "b10043", 10043)]  # type: ignore[attr-defined]  # a list, else it fails right here
    for command in ("identity", "show"):
        text = billed.ok(command, "C-10043")
        assert "Why is this value here:" in text
        assert "not 10 043" in text
        assert "billing:b10043, read 2026-03-02 09:20, lost: first of crm, billing" in text


def test_a_declared_source_gives_the_value_that_is_scored_and_shown(billed: Desk) -> None:
    billed.replace(RULES, RULES + "  fields: {mrr: [billing, crm], plan: [billing]}\n")
    found = fields(billed, "C-10043")
    assert (found["mrr"]["value"], found["currency"]["value"], found["plan"]["value"]) == (10043, "CHF", "gold")
    assert found["mrr"]["why"] == "first of billing, crm (identity.fields)"
    assert found["currency"]["why"] == "goes with mrr"
    assert "10 043 CHF a month" in billed.ok("show", "C-10043")


def test_what_is_scored_follows_the_declared_source_and_yesterdays_explanation_stays(billed: Desk) -> None:
    billed.replace("  urgent_open:     {count", "  revenue:         {value: account.mrr}\n  urgent_open:     {count")
    billed.replace(
        "          open_tickets:    {weight: 30,",
        "          revenue: {bad: 0, good: 20000}\n          open_tickets:    {weight: 30,",
    )
    billed.ok("score")
    before = billed.ok("explain", "C-10043")
    assert "= 1400" in before
    billed.clock.advance(86_400)
    billed.replace(RULES, RULES + "  fields: {mrr: [billing]}\n")
    billed.ok("score")
    assert "= 10043" in billed.ok("explain", "C-10043")
    assert billed.ok("explain", "C-10043", "--at", "2026-03-02T12:00") == before


def test_an_owner_is_one_person_with_an_id_in_each_tool(billed: Desk) -> None:
    owner = billed.json("show", "C-10043")["owner"]
    assert isinstance(owner, dict)
    assert [one["connection"] for one in owner["owners"]] == ["crm", "people"]
    first, second = (f"{one['connection']}:{one['id']}" for one in owner["owners"])
    assert f"{owner['name']}  (2 owners, one person: {first}, {second})" in billed.ok("show", "C-10043")
    assert owner == billed.json("identity", "C-10043")["owner"]


def test_an_owner_of_whom_only_the_id_is_known_is_named_by_it(billed: Desk) -> None:
    billed.replace(RULES, RULES + "  fields: {owner: [billing]}\n")
    assert "  owner       billing:B" in billed.ok("show", "C-10043")


def test_owners_of_one_name_are_told_and_joined_by_a_line(billed: Desk) -> None:
    first = billed.sandbox.vendor.portal.owners[0]
    people = f"id,name,email\nX1,{first.first_name} {first.last_name},private@example.org\n"
    (billed.folder / "people.csv").write_text(people, encoding="utf-8")
    billed.ok("pull")
    billed.ok("link")
    (alike,) = billed.json("identity", "review")["owners_alike"]  # type: ignore[misc]  # a list, else it fails right here
    line = f'{{"{alike["one"]}": "{alike["other"]}"}}'
    assert line in billed.ok("identity", "review")
    billed.replace(RULES, RULES + f"  owners: {line}\n")
    billed.ok("link")
    assert billed.json("identity", "review")["owners_alike"] == []


def test_a_missing_map_is_a_remark_and_a_folder_a_mistake(desk: Desk, tmp_path: Path) -> None:
    desk.replace(RULES, KEPT)
    result = desk.cshub("validate")
    assert result.exit_code == 0
    assert "there is no file links.yaml yet" in result.output
    (tmp_path / "links.yaml").mkdir()
    assert desk.cshub("validate").exit_code == 2
