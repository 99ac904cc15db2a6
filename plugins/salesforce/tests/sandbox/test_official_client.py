"""The usual Python client, `simple-salesforce`, unmodified, works against the served sandbox.

It speaks https alone. Its constructor takes the session it sends with, so the tests hand it one that leads https to the
sandbox's plain port; nothing of the client is changed.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cshub.testing.sandbox import SandboxClock, serve
from cshub_salesforce.sandbox import create

simple_salesforce = pytest.importorskip("simple_salesforce", reason="simple-salesforce is not installed")
requests = pytest.importorskip("requests", reason="requests is not installed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest.fixture(scope="module")
def official() -> Iterator[Any]:
    sandbox = create(clock=SandboxClock(), customers=40, page_rows=25, visibility_lag_s=0, bulk_work_s=0)

    class Plain(requests.adapters.HTTPAdapter):
        def send(self, request: Any, *args: Any, **options: Any) -> Any:
            request.url = request.url.replace("https://", "http://", 1)
            return super().send(request, *args, **options)

    with serve(sandbox) as running, requests.Session() as session:
        session.mount("https://", Plain())
        session.trust_env = False
        client = simple_salesforce.Salesforce(
            session_id=sandbox.vendor.access.open_session(),
            instance_url=running.url.replace("http:", "https:"),
            session=session,
            version="66.0",
        )
        client.sandbox = sandbox
        yield client


def test_it_describes_and_lists(official: Any) -> None:
    assert "Account" in {each["name"] for each in official.describe()["sobjects"]}
    assert {"Id", "Name", "MRR__c"} <= {field["name"] for field in official.Account.describe()["fields"]}
    assert official.limits()["DailyApiRequests"]["Max"] == 15_000
    assert official.Account.metadata()["objectDescribe"]["keyPrefix"] == "001"


def test_it_pages_through_a_query(official: Any) -> None:
    first = official.query("SELECT Id FROM Contact")
    assert (len(first["records"]), first["done"]) == (25, False)
    more = official.query_more(first["nextRecordsUrl"], identifier_is_url=True)
    assert len(more["records"]) == 25
    found = official.query_all("SELECT Id FROM Contact")
    assert found["totalSize"] == len({row["Id"] for row in found["records"]}) > 100
    assert (
        len(list(official.query_all_iter("SELECT Id FROM Account")))
        == official.query("SELECT COUNT() FROM Account")["totalSize"]
    )


def test_it_reads_deleted_rows(official: Any) -> None:
    made = official.Account.create({"Name": "Gone"})["id"]
    assert official.Account.delete(made) == 204
    query = simple_salesforce.format_soql("SELECT Id FROM Account WHERE Id = {}", made)
    assert official.query_all(query)["totalSize"] == 0
    assert official.query_all(query, include_deleted=True)["totalSize"] == 1


def test_it_makes_changes_and_upserts(official: Any) -> None:
    made = official.Account.create({"Name": "O'Neil \\ Sons"})
    assert made["success"] is True
    assert official.Account.update(made["id"], {"MRR__c": 12.5}) == 204
    row = official.Account.get(made["id"])
    assert (row["Name"], row["MRR__c"]) == ("O'Neil \\ Sons", 12.5)
    assert official.Account.upsert("Tenant__c/from-client", {"Name": "New"}) == 201
    assert official.Account.upsert("Tenant__c/from-client", {"Name": "Newer"}) == 200
    assert official.Account.get_by_custom_id("Tenant__c", "from-client")["Name"] == "Newer"
    query = simple_salesforce.format_soql("SELECT Id FROM Account WHERE Name = {}", "O'Neil \\ Sons")
    assert official.query(query)["records"][0]["Id"] == made["id"]


def test_it_asks_what_was_updated_and_deleted(official: Any) -> None:
    from datetime import timedelta

    now = official.sandbox.clock.now()
    span = now - timedelta(hours=1), now + timedelta(minutes=5)
    made = official.Contact.create({"LastName": "Short"})["id"]
    assert made in official.Contact.updated(*span)["ids"]
    official.Contact.delete(made)
    assert made in {row["id"] for row in official.Contact.deleted(*span)["deletedRecords"]}


def test_it_understands_the_errors(official: Any) -> None:
    with pytest.raises(simple_salesforce.SalesforceMalformedRequest, match="No such column 'Nothing'"):
        official.query("SELECT Nothing FROM Account")
    with pytest.raises(simple_salesforce.SalesforceResourceNotFound):
        official.Account.get("001WX0000000001AAA")
    official.Contact.create({"LastName": "A", "Email": "twice@x.example"})
    official.Contact.create({"LastName": "B", "Email": "twice@x.example"})
    with pytest.raises(simple_salesforce.SalesforceMoreThanOneRecord):
        official.Contact.get_by_custom_id("Email", "twice@x.example")
    official.sandbox.vendor.access.end_sessions()
    with pytest.raises(simple_salesforce.SalesforceExpiredSession):
        official.query("SELECT Id FROM Account")
    official.session_id = official.sandbox.vendor.access.open_session()
    official.headers["Authorization"] = f"Bearer {official.session_id}"


def test_it_writes_lists_through_its_rest_call(official: Any) -> None:
    rows = official.query("SELECT Id FROM Account LIMIT 3")["records"]
    records = [{"attributes": {"type": "Account"}, "id": row["Id"], "MRR__c": 1} for row in rows]
    outcomes = official.restful("composite/sobjects", method="PATCH", json={"allOrNone": False, "records": records})
    assert [outcome["success"] for outcome in outcomes] == [True, True, True]


def test_it_makes_a_field(official: Any) -> None:
    body = {"FullName": "Account.By_Client__c", "Metadata": {"label": "By client", "type": "Date"}}
    made = official.toolingexecute("sobjects/CustomField", method="POST", data=body)
    assert made["success"] is True


def test_it_queries_in_bulk(official: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Its waiting is real; a job of this sandbox is done at once.
    monkeypatch.setattr("simple_salesforce.bulk2.sleep", lambda seconds: None)
    parts = list(official.bulk2.Account.query("SELECT Id, Name FROM Account", max_records=20))
    rows = [line for part in parts for line in part.splitlines()[1:]]
    assert len(parts) > 2
    assert len(rows) == official.query("SELECT COUNT() FROM Account")["totalSize"]
    files = official.bulk2.Account.download("SELECT Id FROM Account", path=str(tmp_path))
    assert sum(each["number_of_records"] for each in files) == len(rows)


def test_it_writes_in_bulk(official: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simple_salesforce.bulk2.sleep", lambda seconds: None)
    records = [{"Name": f"Bulk {n}", "MRR__c": str(n)} for n in range(5)]
    (outcome,) = official.bulk2.Account.insert(records=records)
    assert (outcome["numberRecordsTotal"], outcome["numberRecordsFailed"]) == (5, 0)
    assert official.query("SELECT COUNT() FROM Account WHERE Name LIKE 'Bulk _'")["totalSize"] == 5
