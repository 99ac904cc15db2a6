"""The judge is judged: on a sound company it finds nothing, and each planted breach is found under its own name."""

from __future__ import annotations

import base64
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from cshub.engine import Options
from tests.faults import invariants
from tests.faults.company import Company
from tests.faults.conftest import MakeCompany

SECRET = "a+canary/of=24+characters"


@pytest.fixture
def company(make_company: MakeCompany) -> Company:
    """A small company after one clean run."""
    company = make_company(customers=12)
    assert company.run().state == "ok"
    return company


def plant(company: Company, *statements: str) -> None:
    """Change the store behind cshub's back."""
    with closing(sqlite3.connect(company.store)) as db, db:
        for name in ("write_ledger_keeps_rows", "write_ledger_only_redacts"):
            db.execute(f"drop trigger {name}")
        for statement in statements:
            db.execute(statement)


def field_of_a_customer(company: Company, field: str = "cshub_health_score") -> tuple[str, str]:
    """A customer's record in the CRM, and the value of a field there."""
    records = company.portal.records("companies")
    return next((id, value) for id, record in sorted(records.items()) if (value := record.get(field)))


def test_nothing_is_found_in_a_sound_company(company: Company) -> None:
    assert invariants.after_a_clean_run(company.store, company.portal) == []
    assert invariants.after_a_crash(company.store, company.portal) == []
    assert invariants.ended(company.store, 0) == []


@pytest.mark.parametrize(
    ("rule", "text", "statement"),
    [
        ("I1", "is not stored", "delete from contact where rowid = (select max(rowid) from contact)"),
        ("I1", "is not stored", "update ticket set deleted = 1 where rowid = (select max(rowid) from ticket)"),
        ("I1", ".name is 'Old'", "update account set name = 'Old' where rowid = 1"),
        ("I1", "no longer there", "update deal set id = '1' || id where rowid = 1"),
        ("I1", "newer than the vendor's own", "update deal set changed_at = changed_at + 1 where rowid = 1"),
        ("I1", "not linked to", "update ticket set account_id = (select max(id) from account) where rowid = 1"),
        ("I2", "1 rows of account have no run", "update account set run = 99 where rowid = 1"),
        ("I2", "1 rows of write_ledger have no run", "update write_ledger set run = 99 where number = 1"),
        ("I3", "which nobody confirmed", "delete from write_ledger where field = 'cshub_health_score'"),
        ("I3", "no outcome", ("insert into write_intent select 1, plan, number, 1, 'crm', 'companies', id, field, old,"
         " new, why, customer, scorecard, 0 from plan_write where number = 1")),
        ("I4", "the ledger tells []", "delete from write_ledger where number = 1"),
        ("I4", "the vendor's log", ("insert into write_ledger select 100000, at, run, plan, connection, org, target, id,"
         " field, old, new, why, customer, scorecard, request_id, outcome, code, message, null from write_ledger limit 1")),
        ("I8", "still says it is running", "update run set state = 'running' where id = 1"),
        ("I8", "with 1 streams lost", "update run_stream set state = 'failed' where stream = 'deals'"),
        ("I9", "accounted for", "update run_stream set new = new - 1 where stream = 'deals'"),
        ("I9", "'planned': 9999", "update run set report = json_set(report, '$.stages.apply.planned', 9999)"),
        ("I9", "with 1 lines to go", "update plan_write set state = 'planned' where number = 1"),
    ],
)  # fmt: skip
def test_a_breach_in_the_store_is_found(company: Company, rule: str, text: str, statement: str) -> None:
    plant(company, statement)
    found = invariants.after_a_clean_run(company.store, company.portal)
    assert [one for one in found if one.startswith(f"{rule}: ") and text in one], found


def test_a_cursor_ahead_of_its_rows_is_found(company: Company) -> None:
    plant(company, "delete from contact where rowid = 1")
    found = invariants.after_a_crash(company.store, company.portal)
    assert len(found) == 1
    assert found[0].startswith("I2: behind the cursor: contacts ")


def test_a_row_not_yet_due_to_the_cursor_is_no_breach(company: Company) -> None:
    id, _ = field_of_a_customer(company, "name")
    company.portal.edit("companies", id, {"name": "Just now"})
    assert invariants.after_a_crash(company.store, company.portal) == []


def test_an_older_value_in_the_crm_is_found_and_excused_by_an_open_drift(company: Company) -> None:
    id, score = field_of_a_customer(company)
    company.portal.edit("companies", id, {"cshub_health_score": "1"})
    with closing(invariants.opened(company.store)) as db:
        assert "is '1'; the ledger last confirmed" in next(invariants.fields_confirmed(db, company.portal))
    plant(
        company,
        f"insert into drift values ('crm', 'companies', '{id}', 'cshub_health_score', '{score}', '1', 0, 'open')",
    )
    with closing(invariants.opened(company.store)) as db:
        assert list(invariants.fields_confirmed(db, company.portal)) == []


def test_a_write_that_is_not_in_the_ledger_needs_an_open_intent(company: Company) -> None:
    plant(company, "create temp table last as select * from write_ledger where number = (select max(number) from write_ledger)",
          "insert into write_intent select number, plan, 1, run, connection, target, id, field, old, new, why, customer,"
          " scorecard, at from last",
          "delete from write_ledger where number = (select max(number) from write_ledger)")  # fmt: skip
    assert invariants.after_a_crash(company.store, company.portal) == []
    with closing(sqlite3.connect(company.store)) as db, db:
        db.execute("delete from write_intent")
    assert invariants.after_a_crash(company.store, company.portal)[0].startswith("I4: ")


def test_a_damaged_page_is_found(company: Company) -> None:
    with closing(sqlite3.connect(company.store)) as db:
        db.execute("pragma wal_checkpoint(truncate)")
        place = db.execute("select rootpage from sqlite_schema where name = 'account_seq'").fetchone()[0]
    content = bytearray(company.store.read_bytes())
    content[(place - 1) * 4096 + 3 : (place - 1) * 4096 + 5] = b"\0\1"
    company.store.write_bytes(content)
    with closing(invariants.opened(company.store)) as db:
        assert list(invariants.intact(db)) != []


def test_a_run_that_moves_anything_is_not_idle(company: Company) -> None:
    before = company.portal.written()
    report = company.run(options=Options(everybody=True))
    found = invariants.idle(report, before, [*before, *before[:2]])
    assert found == [
        "I6: 12 score due in a run after a clean one",
        "I6: 2 fields were written in a run after a clean one",
    ]


@pytest.mark.parametrize(
    "form",
    [
        str.encode,
        lambda secret: quote(secret, safe="").encode(),
        lambda secret: base64.b64encode(secret.encode()),
        lambda secret: base64.b64encode(f"user:{secret}:".encode()),
        lambda secret: base64.b64encode(f"Bearer {secret}".encode()),
    ],
)
def test_a_secret_is_found_in_every_form(tmp_path: Path, form: Callable[[str], bytes]) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "log").write_bytes(os.urandom(100) + form(SECRET) + os.urandom(100))
    found = invariants.secrets(tmp_path, [f"said {form(SECRET).decode()} aloud"], [SECRET])
    assert {text.split(" as ")[0] for text in found} == {
        "I7: a secret stands in deep/log",
        "I7: a secret stands in output 1",
    }


def test_other_text_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(os.urandom(10_000))
    assert invariants.secrets(tmp_path, ["nothing to see"], [SECRET]) == []


@pytest.mark.parametrize("code", [1, 3, -9])
def test_an_exit_code_that_says_otherwise_is_found(company: Company, code: int) -> None:
    assert invariants.ended(company.store, code) == [f"I8: run 1 ended ok, its process with {code}"]
