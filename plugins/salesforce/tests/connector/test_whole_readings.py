"""The traps of reading whole objects, S9–S11, each under its name, before the stateful double."""

from __future__ import annotations

import json

import httpx
import pytest

from cshub import VendorTrouble
from cshub_salesforce.sandbox import Limits
from cshub_salesforce.sandbox.fields import text

from .conftest import DAYS, Desk, Open, Reader, strike


def test_s9_an_object_the_bulk_api_does_not_know_is_read_over_rest(open_desk: Open) -> None:
    desk = open_desk(not_in_bulk=["Task"])
    id = desk.org.add("Task", Type="Call")
    reader = Reader(desk, "events", settings={"methods": {"events": "bulk"}})
    reader.pull()
    assert reader.ids() == [id]


def test_s9_without_jobs_left_it_is_read_over_rest(open_desk: Open) -> None:
    desk = open_desk(limits=Limits(bulk_jobs=0))
    id = desk.org.add("Task", Type="Call")
    reader = Reader(desk, "events", settings={"methods": {"events": "bulk"}})
    reader.pull()
    assert reader.ids() == [id]


def test_s9_a_job_that_fails_says_why_and_the_next_pull_begins_another(open_desk: Open) -> None:
    desk = open_desk(bulk_failure="Retried more than 20 times")
    id = desk.org.add("Task", Type="Call")
    reader = Reader(desk, "events", settings={"methods": {"events": "bulk"}})
    with pytest.raises(VendorTrouble, match="Retried more than 20 times"):
        reader.pull()
    desk.org.switch(bulk_failure="")
    reader.pull()
    assert reader.ids() == [id]


def test_s9_a_job_that_ends_as_unsupported_is_read_over_rest(open_desk: Open) -> None:
    desk = open_desk(bulk_failure="This query is not supported by the Bulk API")
    id = desk.org.add("Task", Type="Call")
    reader = Reader(desk, "events", settings={"methods": {"events": "bulk"}})
    reader.pull()
    assert reader.ids() == [id]


NASTY = ["007", "", None, "true", "2026-01-01", "a,b", 'say "x"', "two\nlines", "null", "#N/A", "日本", "'\\"]


def test_s10_bulk_and_rest_give_the_same_rows(open_desk: Open) -> None:
    desk = open_desk(page_rows=5)
    mapped = {"note": "Note__c", "mrr": "MRR__c", "active": {"field": "Active__c", "type": "flag"}, **DAYS}
    for number, note in enumerate(NASTY):
        values = {"MRR__c": number * 1.5 or None, "Active__c": bool(number % 2), "Renewal_Date__c": "2026-12-31"}
        desk.org.add("Account", Name=note or "x", Note__c=note, **values)
    gone = desk.org.add("Account", Name="gone")
    desk.org.remove("Account", gone)
    found = []
    for method in ("rest", "bulk"):
        reader = Reader(desk, "accounts", settings={"accounts": mapped, "methods": {"accounts": method}})
        reader.pull()
        assert reader.gone() == [gone]
        found.append(reader.rows)
    assert found[0] == found[1]
    assert len(found[0]) == len(NASTY)
    extras = [row[-1] for row in found[1].values()]
    assert [extra["note"] for extra in extras if isinstance(extra, dict)] == [note or None for note in NASTY]
    assert any("jobs/query" in path for path in desk.org.asked)


@pytest.mark.parametrize("stream", ["accounts", "contacts", "deals", "tickets", "events", "owners"])
def test_s10_the_made_up_company_is_the_same_either_way(open_desk: Open, stream: str) -> None:
    desk = open_desk(empty=False, customers=20, page_rows=30)
    found = []
    for method in ("rest", "bulk"):
        reader = Reader(desk, stream, settings={"methods": {stream: method}})
        reader.pull()
        found.append(reader.rows)
    assert found[0] == found[1]
    assert found[0]


NAMES = [f"A_Rather_Long_Name_For_Field_{number:04d}__c" for number in range(600)]
WIDE = {"accounts": {f"f{number}": name for number, name in enumerate(NAMES)}, "methods": {"accounts": "rest"}}


def test_s11_a_wide_object_is_read_in_one_piece(desk: Desk) -> None:
    desk.org.make("Account", *(text(name, name[-7:]) for name in NAMES))
    id = desk.org.add("Account", Name="wide", **{name: name[-7:] for name in NAMES})
    reader = Reader(desk, "accounts", settings=WIDE)
    reader.pull()
    extra = reader.extra(id)
    assert isinstance(extra, dict)
    assert extra["f599"] == "0599__c"
    assert len(extra) == 600
    assert "POST /services/data/v66.0/composite" in desk.org.asked
    assert max(len(str(each.url)) for each in desk.org.requests) < 16_384


def test_s11_a_refusal_inside_a_composite_request_is_the_refusal(desk: Desk) -> None:
    desk.org.make("Account", *(text(name, name[-7:]) for name in NAMES))
    body = [{"message": "No such column", "errorCode": "INVALID_FIELD"}]
    part = {"body": body, "httpHeaders": {}, "httpStatusCode": 400, "referenceId": "rows"}
    desk.org.instead.append(
        lambda request: (
            httpx.Response(200, content=json.dumps({"compositeResponse": [part]}))
            if request.url.path.endswith("composite")
            else None
        )
    )
    with pytest.raises(Exception, match="No such column") as caught:
        Reader(desk, "accounts", settings=WIDE).pull()
    assert "crm: accounts query" in str(caught.value)


@pytest.mark.parametrize("name", ["INVALID_QUERY_LOCATOR", "QUERY_TIMEOUT", "QUERY_TOO_COMPLICATED"])
def test_s11_in_the_middle_of_a_result_it_is_gone_on_from_the_last_record(open_desk: Open, name: str) -> None:
    desk = open_desk(page_rows=3)
    for number in range(10):
        desk.org.add("Account", Name=f"a{number}")
    strike(desk, name, on="*/query/*", skip=1, times=1)
    reader = Reader(desk, "accounts", settings={"methods": {"accounts": "rest"}})
    reader.pull()
    assert len(reader.ids()) == 10
