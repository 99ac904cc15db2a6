"""Bulk ingest: a job is open until somebody says it is complete, and tells what became of every row."""

from __future__ import annotations

import csv
import io

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_salesforce.sandbox import Salesforce, create

from .conftest import HOST, Connect, refusal, soql

TEXT = {"Content-Type": "text/csv"}


@pytest.fixture
def bulk(clock: SandboxClock) -> Sandbox[Salesforce]:
    return create(clock=clock, empty=True, visibility_lag_s=0, bulk_work_s=8, limits="off")


@pytest.fixture
def http(bulk: Sandbox[Salesforce], connect: Connect) -> httpx.Client:
    return connect(bulk)


def open_job(http: httpx.Client, operation: str, **more: str) -> str:
    body = {"object": "Account", "operation": operation, "contentType": "CSV", "lineEnding": "LF", **more}
    made = http.post("/jobs/ingest", json=body).json()
    assert (made["state"], made["contentUrl"]) == ("Open", f"services/data/v66.0/jobs/ingest/{made['id']}/batches")
    return str(made["id"])


def run(http: httpx.Client, clock: SandboxClock, operation: str, text: str, **more: str) -> str:
    key = open_job(http, operation, **more)
    assert http.put(f"/jobs/ingest/{key}/batches", content=text.encode(), headers=TEXT).status_code == 201
    assert http.patch(f"/jobs/ingest/{key}", json={"state": "UploadComplete"}).json()["state"] == "InProgress"
    clock.advance(8)
    return key


def told(http: httpx.Client, key: str, which: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(http.get(f"/jobs/ingest/{key}/{which}").text)))


def test_rows_are_written_and_told_one_by_one(
    bulk: Sandbox[Salesforce], http: httpx.Client, clock: SandboxClock
) -> None:
    one, two, gone = (bulk.vendor.add("Account", {"Name": name, "Website": "x"}) for name in "ABC")
    bulk.vendor.remove("Account", gone)
    bulk.vendor.org.locked.add(two)
    text = f"Id,MRR__c,Website,Name\n{one},72,#N/A,\n{two},1,,\n{gone},1,,\n{one},1,,{'x' * 300}\n"
    key = run(http, clock, "update", text)
    job = http.get(f"/jobs/ingest/{key}").json()
    assert (job["state"], job["numberRecordsProcessed"], job["numberRecordsFailed"]) == ("JobComplete", 4, 3)
    (done,) = told(http, key, "successfulResults/")
    assert (done["sf__Id"], done["sf__Created"], done["MRR__c"]) == (one, "false", "72")
    reasons = {row["sf__Error"].partition(":")[0] for row in told(http, key, "failedResults/")}
    assert reasons == {"UNABLE_TO_LOCK_ROW", "ENTITY_IS_DELETED", "STRING_TOO_LONG"}
    (row,) = soql(http, f"SELECT Name, MRR__c, Website FROM Account WHERE Id = '{one}'")
    assert (row["Name"], row["MRR__c"], row["Website"]) == ("A", 72.0, None)
    assert told(http, key, "unprocessedrecords/") == []


def test_rows_are_upserted_and_related_by_external_ids(
    bulk: Sandbox[Salesforce], http: httpx.Client, clock: SandboxClock
) -> None:
    parent = bulk.vendor.add("Account", {"Name": "Mother", "Tenant__c": "C-1"})
    text = "Tenant__c,Name,Parent.Tenant__c\nC-1,Mothership,\nC-2,Child,C-1\nC-3,Orphan,C-9\n"
    key = run(http, clock, "upsert", text, externalIdFieldName="Tenant__c")
    created = {row["Tenant__c"]: row["sf__Created"] for row in told(http, key, "successfulResults")}
    assert created == {"C-1": "false", "C-2": "true"}
    (failure,) = told(http, key, "failedResults")
    assert failure["sf__Error"].startswith("INVALID_FIELD:Foreign key external ID: C-9 not found")
    assert soql(http, "SELECT ParentId FROM Account WHERE Tenant__c = 'C-2'")[0]["ParentId"] == parent


def test_rows_are_made_and_deleted(bulk: Sandbox[Salesforce], http: httpx.Client, clock: SandboxClock) -> None:
    made = told(http, run(http, clock, "insert", "Name,MRR__c\nA,1\nB,2\n"), "successfulResults")
    first, second = (row["sf__Id"] for row in sorted(made, key=lambda row: row["Name"]))
    run(http, clock, "delete", f"Id\n{first}\n")
    run(http, clock, "hardDelete", f"Id\n{second}\n")
    assert soql(http, "SELECT Id FROM Account") == []
    assert [row["Id"] for row in soql(http, "SELECT Id FROM Account", everything=True)] == [first]


def test_a_forgotten_job_stays_open_and_an_aborted_one_writes_nothing(http: httpx.Client, clock: SandboxClock) -> None:
    key = open_job(http, "insert")
    assert http.put(f"/jobs/ingest/{key}/batches", content=b"Name\nA\n", headers=TEXT).status_code == 201
    clock.advance(3_600)
    assert http.get(f"/jobs/ingest/{key}").json()["state"] == "Open"
    assert refusal(http.put(f"/jobs/ingest/{key}/batches", content=b"Name\nA\n", headers=TEXT))[1] == "INVALIDJOBSTATE"
    assert http.patch(f"/jobs/ingest/{key}", json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert told(http, key, "unprocessedrecords") == [{"Name": "A"}]
    assert soql(http, "SELECT Id FROM Account") == []
    assert [each["id"] for each in http.get("/jobs/ingest").json()["records"]] == [key]
    assert http.delete(f"/jobs/ingest/{key}").status_code == 204
    assert http.get(f"/jobs/ingest/{key}").status_code == 404


def test_results_wait_for_the_end(http: httpx.Client, clock: SandboxClock) -> None:
    key = open_job(http, "insert")
    http.put(f"{HOST}/services/data/v66.0/jobs/ingest/{key}/batches", content=b"Name\nA\n", headers=TEXT)
    http.patch(f"/jobs/ingest/{key}", json={"state": "UploadComplete"})
    assert told(http, key, "successfulResults") == []
    assert refusal(http.delete(f"/jobs/ingest/{key}"))[1] == "INVALIDJOBSTATE"
    assert refusal(http.patch(f"/jobs/ingest/{key}", json={"state": "Aborted"}))[1] == "INVALIDJOBSTATE"
    clock.advance(8)
    assert len(told(http, key, "successfulResults")) == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"operation": "replace"}, "INVALIDJOB"),
        ({"object": "Nothing"}, "INVALIDENTITY"),
        ({"operation": "upsert"}, "INVALIDJOB"),
        ({"operation": "upsert", "externalIdFieldName": "Industry"}, "INVALIDJOB"),
    ],
)
def test_a_wrong_job_is_refused(http: httpx.Client, change: dict[str, str], code: str) -> None:
    body = {"object": "Account", "operation": "insert", **change}
    assert refusal(http.post("/jobs/ingest", json=body))[:2] == (400, code)


def test_data_must_be_csv(http: httpx.Client) -> None:
    key = open_job(http, "insert")
    answer = http.put(f"/jobs/ingest/{key}/batches", json={})
    assert refusal(answer)[:2] == (415, "UNSUPPORTED_MEDIA_TYPE")
