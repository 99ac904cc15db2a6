"""Bulk queries: states by the clock, CSV as Bulk writes it, pages, and what a job cannot be."""

from __future__ import annotations

import csv
import io

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_salesforce.sandbox import Limits, Salesforce, create

from .conftest import DATA, HOST, Connect, refusal

ACCOUNTS = [{"Name": f'A "{n}"\nB', "MRR__c": f"{n}.5"} for n in range(25)]


@pytest.fixture
def bulk(clock: SandboxClock, connect: Connect) -> httpx.Client:
    return connect(create(clock=clock, seed_accounts=ACCOUNTS, visibility_lag_s=0, bulk_work_s=8))


def job(client: httpx.Client, query: str, **options: str) -> str:
    answer = client.post("/jobs/query", json={"operation": "query", "query": query, **options})
    assert answer.status_code == 200, answer.text
    assert answer.json()["state"] in ("UploadComplete", "JobComplete", "Failed")
    return str(answer.json()["id"])


def state(client: httpx.Client, key: str) -> str:
    return str(client.get(f"/jobs/query/{key}").json()["state"])


def test_a_job_moves_with_the_clock(bulk: httpx.Client, clock: SandboxClock) -> None:
    key = job(bulk, "SELECT Id FROM Account")
    states = []
    for _ in range(3):
        states.append(state(bulk, key))
        clock.advance(4)
    assert states == ["UploadComplete", "InProgress", "JobComplete"]
    shown = bulk.get(f"/jobs/query/{key}").json()
    assert (shown["numberRecordsProcessed"], shown["retries"], shown["object"]) == (25, 0, "Account")
    assert [each["id"] for each in bulk.get("/jobs/query").json()["records"]] == [key]


def test_results_come_in_pages_until_the_locator_says_null(bulk: httpx.Client, clock: SandboxClock) -> None:
    key = job(bulk, "SELECT Id, Name, MRR__c, IsDeleted, SystemModstamp, Website, Owner.Email FROM Account")
    assert refusal(bulk.get(f"/jobs/query/{key}/results"))[0] == 404
    clock.advance(8)
    rows, sizes, locator = [], [], ""
    while locator != "null":
        answer = bulk.get(f"/jobs/query/{key}/results", params={"maxRecords": 10, "locator": locator})
        locator = answer.headers["Sforce-Locator"]
        sizes.append(answer.headers["Sforce-NumberOfRecords"])
        assert answer.text.startswith('"Id","Name","MRR__c","IsDeleted","SystemModstamp","Website","Owner.Email"\n')
        rows += list(csv.DictReader(io.StringIO(answer.text)))
    assert sizes == ["10", "10", "5"]
    assert [row["Name"] for row in rows] == [row["Name"] for row in ACCOUNTS]
    last = rows[-1]
    assert (last["MRR__c"], last["IsDeleted"], last["Website"]) == ("24.5", "false", "")
    assert (last["SystemModstamp"], last["Owner.Email"]) == ("2026-09-15T09:30:00.000Z", "admin@acme.example")


def test_an_empty_result_is_the_header_alone(bulk: httpx.Client, clock: SandboxClock) -> None:
    options = {"columnDelimiter": "PIPE", "lineEnding": "CRLF"}
    key = job(bulk, "SELECT Id, Name FROM Account WHERE Name = 'nobody'", **options)
    clock.advance(8)
    answer = bulk.get(f"/jobs/query/{key}/results")
    assert (answer.text, answer.headers["Sforce-NumberOfRecords"]) == ('"Id"|"Name"\r\n', "0")
    assert answer.headers["Sforce-Locator"] == "null"


def test_pages_can_be_listed_beforehand(bulk: httpx.Client, clock: SandboxClock) -> None:
    key = job(bulk, "SELECT Id FROM Account")
    clock.advance(8)
    (page,) = bulk.get(f"/jobs/query/{key}/resultPages").json()["resultPages"]
    assert bulk.get(HOST + page["resultUrl"]).text.count("\n") == 26
    assert refusal(bulk.get(f"/jobs/query/{key}/results", params={"locator": "nonsense"}))[0] == 400
    assert refusal(bulk.get(f"/jobs/query/{key}/results", params={"maxRecords": "0"}))[0] == 400


def test_query_all_holds_deleted_rows(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, seed_accounts=ACCOUNTS, visibility_lag_s=0, bulk_work_s=0)
    sandbox.vendor.remove("Account", str(sandbox.vendor.dump("Account")[0]["Id"]))
    http = connect(sandbox)
    sizes = {}
    for operation in ("query", "queryAll"):
        key = job(http, "SELECT Id FROM Account", operation=operation)
        sizes[operation] = http.get(f"/jobs/query/{key}/results").headers["Sforce-NumberOfRecords"]
    assert sizes == {"query": "24", "queryAll": "25"}


def test_a_job_belongs_to_its_version_and_is_kept_seven_days(bulk: httpx.Client, clock: SandboxClock) -> None:
    key = job(bulk, "SELECT Id FROM Account")
    other = f"{HOST}{DATA.replace('66', '65')}/jobs/query/{key}"
    assert refusal(bulk.get(other))[0] == 409
    for _ in range(7 * 24):
        clock.advance(3_600)
        bulk.get("/limits")
    clock.advance(1)
    assert refusal(bulk.get(f"/jobs/query/{key}"))[0] == 404


def test_a_job_can_be_aborted_and_then_deleted(bulk: httpx.Client) -> None:
    key = job(bulk, "SELECT Id FROM Account")
    assert refusal(bulk.delete(f"/jobs/query/{key}"))[0] == 400
    assert bulk.patch(f"/jobs/query/{key}", json={"state": "Aborted"}).json()["state"] == "Aborted"
    assert refusal(bulk.patch(f"/jobs/query/{key}", json={"state": "Aborted"}))[:2] == (400, "INVALIDJOBSTATE")
    assert bulk.delete(f"/jobs/query/{key}").status_code == 204
    assert bulk.get(f"/jobs/query/{key}").status_code == 404


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT BillingAddress FROM Account", "Selecting compound data not supported in Bulk Query"),
        ("SELECT Id FROM Case", "Entity 'Case' is not supported by the Bulk API."),
        ("SELECT COUNT() FROM Account", "not supported in Bulk Query"),
        ("SELECT Id FROM Account LIMIT 5 OFFSET 5", "not supported in Bulk Query"),
        ("SELECT Nothing FROM Account", "No such column 'Nothing'"),
    ],
)
def test_what_is_refused_at_creation(clock: SandboxClock, connect: Connect, query: str, words: str) -> None:
    http = connect(create(clock=clock, empty=True, not_in_bulk=["Case"]))
    status, _, message = refusal(http.post("/jobs/query", json={"operation": "query", "query": query}))
    assert status == 400
    assert words in message


def test_jobs_may_fail_and_are_counted(clock: SandboxClock, connect: Connect) -> None:
    switches = {"bulk_failure": "TransactionTimeout", "bulk_work_s": 0, "limits": Limits(bulk_jobs=1)}
    http = connect(create(clock=clock, empty=True, **switches))
    shown = http.get(f"/jobs/query/{job(http, 'SELECT Id FROM Account')}").json()
    assert (shown["state"], shown["errorMessage"]) == ("Failed", "TransactionTimeout")
    _, _, message = refusal(http.post("/jobs/query", json={"operation": "query", "query": "SELECT Id FROM Account"}))
    assert message == "Max bulk v2 query jobs (1) per 24 hrs has been reached"


def test_a_wrong_job_is_refused(sandbox: Sandbox[Salesforce], client: httpx.Client) -> None:
    body = {"operation": "query", "query": "SELECT Id FROM Account"}
    for change in ({"operation": "insert"}, {"contentType": "JSON"}, {"columnDelimiter": "DOT"}, {"lineEnding": "CR"}):
        assert refusal(client.post("/jobs/query", json={**body, **change}))[0] == 400
