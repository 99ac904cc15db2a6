"""What goes wrong for people: each has its own message, says what to do, and ends with its exit code; nothing is half-written."""

from __future__ import annotations

from pathlib import Path

import pytest

from cshub.testing.sandbox import Fault, FaultKind
from tests.journey.desk import Desk

FILE = """
  usage:
    connector: file
    path: usage.csv
    kind: event
    key: [company, day]
    mode: replace
    columns: {account.external_id: company, at: day, value: value, name: what}

# 3. Who"""


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("approve: auto", "aprove: auto", "publish.crm.aprove: is no known key", "approve"),
        ("token: env:HUBSPOT_TOKEN", "token: pat-eu1-literal", "a secret may not stand in this file", "env:NAME"),
        ("      days_silent:     {w", "      days_quiet:     {w", "days_quiet", "days_silent"),
        ("stage == 'customer'", "stagee == 'customer'", "stagee", "stage"),
        ("crm: {where: \"stage == 'customer'\"}", "crm: {}", "needs a filter", "where: all"),
        ("pull: 15m", "pull: fast", "schedule.pull", "15m"),
    ],
    ids=["a typo in a key", "a literal secret", "an unknown metric", "an unknown column", "no filter", "no duration"],
)
def test_a_mistake_in_the_file_is_told_with_its_place(desk: Desk, old: str, new: str, message: str, hint: str) -> None:
    desk.replace(old, new)
    line = desk.config.read_text(encoding="utf-8").partition(new)[0].count("\n") + 1
    result = desk.cshub("run")
    assert result.exit_code == 2
    told = next(one for one in result.stderr.splitlines() if message in one)
    assert told.startswith(f"{desk.config}:{line}:")
    assert hint in told
    assert "pat-eu1-literal" not in result.output
    assert not (desk.folder / "cshub.db").exists()


def test_all_mistakes_are_told_at_once(desk: Desk) -> None:
    desk.replace("approve: auto", "aprove: auto")
    desk.replace("pull: 15m", "pull: fast")
    found = desk.json("validate")
    assert found["ok"] is False
    assert isinstance(found["problems"], list)
    assert len(found["problems"]) == 2


def test_a_bad_token_is_told_apart_and_nothing_is_stored(desk: Desk) -> None:
    desk.environ["HUBSPOT_TOKEN"] = "pat-eu1-of-somebody-else"
    result = desk.cshub("run")
    assert result.exit_code == 3
    assert "does not know this token" in result.stdout
    assert "`cshub doctor`" in result.stdout
    assert "pat-eu1-of-somebody-else" not in result.output
    doctor = desk.cshub("doctor")
    assert doctor.exit_code == 3
    assert "make a new token" in doctor.stdout


def test_a_missing_scope_is_named_with_its_stream_and_the_others_come_in(tmp_path: Path) -> None:
    from cshub_hubspot.sandbox import create

    desk = Desk(tmp_path)
    scopes = ["crm.objects.companies.read", "crm.objects.contacts.read", "tickets", "crm.objects.owners.read"]
    desk.sandbox = create(seed=7, customers=20, clock=desk.clock, limits="off", scopes=scopes)
    desk.environ.update(desk.sandbox.credentials)
    result = desk.cshub("pull")
    assert result.exit_code == 3
    assert "crm.deals: skipped: no permission" in result.stdout
    assert "crm.objects.deals.read" in desk.cshub("doctor").stdout
    streams = desk.json("status")["streams"]
    assert isinstance(streams, list)
    states = {one["stream"]: one["state"] for one in streams}
    assert (states["crm.companies"], states["crm.deals"]) == ("ok", "skipped: no permission")


def test_a_csv_with_a_broken_row_lands_the_others_and_keeps_the_broken_one(desk: Desk) -> None:
    rows = ["company,day,value,what", "C-10043,2026-02-01,5,logins", "C-10043,2026-02-02,many,logins"]
    (desk.folder / "usage.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    desk.replace("\n# 3. Who", FILE)
    result = desk.cshub("run")
    assert result.exit_code == 3
    assert "1 record did not get through: `cshub failed list`" in result.stdout
    listed = desk.ok("failed", "list")
    assert "usage.events" in listed
    assert "value" in listed
    assert "many" in desk.ok("failed", "show", "1")
    desk.ok("failed", "drop", "1")
    assert "everything got through" in desk.ok("failed", "list")


def test_a_file_that_is_not_there_is_a_failed_stream_with_its_name(desk: Desk) -> None:
    desk.replace("\n# 3. Who", FILE)
    result = desk.cshub("pull", "--select", "usage")
    assert result.exit_code == 3
    assert "usage.csv" in result.stdout


def test_a_login_form_instead_of_data_is_told_and_never_stored(desk: Desk) -> None:
    desk.sandbox.faults.add(Fault(kind=FaultKind.HTML, on="*/companies*"))
    result = desk.cshub("pull", "--select", "crm.companies")
    assert result.exit_code == 3
    assert "crm.companies" in result.stdout
    assert "a web page (a login form?)" in result.stdout
    streams = desk.json("status")["streams"]
    assert isinstance(streams, list)
    assert {one["stream"]: one["rows"] for one in streams}["crm.companies"] == 0


def test_a_customer_without_a_domain_is_scored_and_named(seen: Desk) -> None:
    text = seen.ok("identity", "review")
    assert "without a domain" in text
    assert "fill in the domain in the CRM" in text
    found = seen.json("identity", "review")["without_domain"]
    assert isinstance(found, list)
    assert seen.json("explain", found[0])["score"] is not None


def test_companies_that_claim_one_domain_leave_their_contacts_to_a_person(desk: Desk) -> None:
    companies = desk.sandbox.vendor
    first, second = (
        companies.add("companies", {"name": name, "domain": "twin.example", "lifecyclestage": "customer"})
        for name in ("Twin One", "Twin Two")
    )
    companies.add("contacts", {"email": "ada@twin.example", "firstname": "Ada"})
    desk.set_up()
    text = desk.ok("identity", "review")
    assert "Twin One" in text
    assert "Twin Two" in text
    assert f"crm:{first}" in text
    assert f"crm:{second}" in text
    assert "cshub identity accept crm:" in text
    assert "first name the file that keeps what you decide" in text


def test_a_property_that_does_not_exist_is_named_by_doctor(desk: Desk) -> None:
    desk.replace("mrr: mrr\n", "mrr: mrrr\n")
    result = desk.cshub("doctor")
    assert result.exit_code == 3
    assert "accounts.mrr: companies have no property mrrr" in result.stdout
    assert "did you mean mrr?" in result.stdout


def test_a_missing_crm_field_is_named_with_the_command_that_makes_it(desk: Desk) -> None:
    result = desk.cshub("run")
    assert result.exit_code == 3
    assert "cshub_health" in result.stdout
    assert "`cshub setup crm --apply`" in result.stdout
    assert desk.sandbox.writes.changes() == []
    assert "`cshub setup crm --apply`" in desk.cshub("doctor").stdout


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (("explain", "Nobody Ltd"), "no customer is called 'Nobody Ltd'", "an id, a name, a domain"),
        (("pull", "--select", "crm.thickets"), "'crm.thickets'", "crm.tickets"),
        (("preview", "crm.thickets"), "'crm.thickets'", "crm.tickets"),
        (("setup", "crmm"), "'crmm'", "crm"),
        (("runs", "99"), "there is no run 99", "`cshub runs`"),
        (("failed", "show", "99"), "there is no open record 99", "`cshub failed list`"),
        (("apply", "crm-99", "--yes"), "there is no plan 'crm-99'", "`cshub plan`"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_a_name_nobody_has_is_told_with_those_there_are(
    seen: Desk, arguments: tuple[str, ...], message: str, hint: str
) -> None:
    result = seen.cshub(*arguments)
    assert result.exit_code == 2
    assert message in result.stderr
    assert hint in result.stderr


def test_the_store_and_everything_beside_it_is_for_its_owner_alone(seen: Desk) -> None:
    made = [path for path in seen.folder.rglob("*") if path.name.startswith("cshub.db")]
    assert made
    assert [path.name for path in made if path.stat().st_mode & 0o077] == []
