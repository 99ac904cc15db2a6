"""Query answers: their shape, their pages, and which rows they show when."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Sandbox, SandboxClock
from cshub_salesforce.sandbox import Salesforce, create

from .conftest import HOST, Connect, refusal, soql

ACCOUNTS = [{"Name": f"Account {n:04d}"} for n in range(450)]


@pytest.fixture
def many(clock: SandboxClock, connect: Connect) -> httpx.Client:
    return connect(create(clock=clock, seed_accounts=ACCOUNTS, visibility_lag_s=0))


def test_an_answer_has_salesforces_shape(client: httpx.Client) -> None:
    made = client.post("/sobjects/Account", json={"Name": "One", "NumberOfEmployees": 3, "MRR__c": 24}).json()["id"]
    fields = (
        "Id, Name, NumberOfEmployees, MRR__c, Website, Parent.Name, Owner.Email, Owner.Name, SystemModstamp, IsDeleted"
    )
    body = client.get("/query", params={"q": f"SELECT {fields} FROM Account"}).json()
    url = "/services/data/v66.0/sobjects"
    owner = body["records"][0]["Owner"]["attributes"]["url"].rpartition("/")[2]
    assert body == {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": {"type": "Account", "url": f"{url}/Account/{made}"},
                "Id": made,
                "Name": "One",
                "NumberOfEmployees": 3,
                "MRR__c": 24.0,
                "Website": None,
                "Parent": None,
                "Owner": {
                    "attributes": {"type": "User", "url": f"{url}/User/{owner}"},
                    "Email": "cshub@acme.example",
                    "Name": "Integration User",
                },
                "SystemModstamp": "2026-09-15T09:30:00.000+0000",
                "IsDeleted": False,
            }
        ],
    }


def test_pages_follow_one_another_by_their_locators(many: httpx.Client) -> None:
    answer = many.get(
        "/query", params={"q": "SELECT Id FROM Account"}, headers={"Sforce-Query-Options": "batchSize=200"}
    )
    pages = [answer.json()]
    while "nextRecordsUrl" in pages[-1]:
        pages.append(many.get(HOST + pages[-1]["nextRecordsUrl"]).json())
    assert [len(page["records"]) for page in pages] == [200, 200, 50]
    assert [page["done"] for page in pages] == [False, False, True]
    assert {page["totalSize"] for page in pages} == {450}
    assert len({row["Id"] for page in pages for row in page["records"]}) == 450
    assert pages[0]["nextRecordsUrl"].startswith("/services/data/v66.0/query/0r8")
    assert pages[0]["nextRecordsUrl"].endswith("-200")


def test_the_size_of_a_page_is_a_hint_between_200_and_2000(many: httpx.Client) -> None:
    def size(hint: str) -> int:
        headers = {"Sforce-Query-Options": f"batchSize={hint}"}
        return len(many.get("/query", params={"q": "SELECT Id FROM Account"}, headers=headers).json()["records"])

    assert [size("1"), size("300"), size("9000"), size("none")] == [200, 300, 450, 450]


def test_the_server_may_give_less_and_half_of_it_for_wide_rows(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, seed_accounts=ACCOUNTS, page_rows=100, wide_fields=3))
    assert len(soql(http, "SELECT Id, Name FROM Account")) == 100
    assert len(soql(http, "SELECT Id, Name, Website FROM Account")) == 50


def test_a_locator_dies_after_two_days(many: httpx.Client, clock: SandboxClock) -> None:
    headers = {"Sforce-Query-Options": "batchSize=200"}
    url = HOST + many.get("/query", params={"q": "SELECT Id FROM Account"}, headers=headers).json()["nextRecordsUrl"]
    for _ in range(24):
        clock.advance(7_000)
        assert many.get(url).status_code == 200
    clock.advance(6_000)
    assert many.get(url)
    clock.advance(6_000)
    assert refusal(many.get(url)) == (400, "INVALID_QUERY_LOCATOR", "invalid query locator")


def test_count_counts(many: httpx.Client) -> None:
    body = many.get("/query", params={"q": "SELECT COUNT() FROM Account WHERE Name LIKE 'Account 00%'"}).json()
    assert body == {"totalSize": 100, "done": True, "records": []}


def test_deleted_rows_show_in_query_all_for_fifteen_days(
    sandbox: Sandbox[Salesforce], client: httpx.Client, clock: SandboxClock, connect: Connect
) -> None:
    gone = sandbox.vendor.add("Account", {"Name": "Gone"})
    clock.advance(90)
    sandbox.vendor.remove("Account", gone)
    wanted = "SELECT Id, IsDeleted, SystemModstamp FROM Account"
    assert soql(client, wanted) == []
    row = soql(client, wanted, everything=True)[0]
    assert (row["IsDeleted"], row["SystemModstamp"]) == (True, "2026-09-15T09:31:30.000+0000")
    clock.advance(15 * 86_400 + 1)
    assert soql(connect(sandbox), wanted, everything=True) == []


def test_what_people_change_shows_after_its_stamp(clock: SandboxClock, connect: Connect) -> None:
    sandbox = create(clock=clock, empty=True, visibility_lag_s=60)
    http = connect(sandbox)
    made = sandbox.vendor.add("Account", {"Name": "Late"})
    assert soql(http, "SELECT Id FROM Account") == []
    clock.advance(60)
    assert soql(http, "SELECT SystemModstamp FROM Account")[0]["SystemModstamp"] == "2026-09-15T09:30:00.000+0000"
    sandbox.vendor.edit("Account", made, {"Name": "Later"})
    sandbox.vendor.remove("Account", made)
    assert [row["Name"] for row in soql(http, "SELECT Name FROM Account")] == ["Late"]
    clock.advance(60)
    assert soql(http, "SELECT Name FROM Account") == []
    assert [row["Name"] for row in soql(http, "SELECT Name FROM Account", everything=True)] == ["Later"]


def test_what_the_api_changes_shows_at_once(clock: SandboxClock, connect: Connect) -> None:
    http = connect(create(clock=clock, empty=True, visibility_lag_s=60))
    http.post("/sobjects/Account", json={"Name": "Now"})
    assert len(soql(http, "SELECT Id FROM Account")) == 1


def test_old_closed_tasks_are_archived(client: httpx.Client) -> None:
    task = {"Subject": "Old", "Status": "Completed", "ActivityDate": "2025-01-31"}
    client.post("/sobjects/Task", json=task)
    assert soql(client, "SELECT Id FROM Task") == []
    assert [row["IsArchived"] for row in soql(client, "SELECT IsArchived FROM Task", everything=True)] == [True]


def test_an_address_is_an_object_made_of_its_parts(client: httpx.Client) -> None:
    client.post("/sobjects/Account", json={"Name": "There", "BillingCity": "Kiel", "BillingCountry": "Germany"})
    address = soql(client, "SELECT BillingAddress FROM Account")[0]["BillingAddress"]
    keys = "city country geocodeAccuracy latitude longitude postalCode state street"
    assert sorted(address) == keys.split()
    assert (address["city"], address["street"]) == ("Kiel", None)


def test_a_queue_may_own_a_case(client: httpx.Client) -> None:
    queue = soql(client, "SELECT Id FROM Group WHERE Type = 'Queue'")[0]["Id"]
    assert client.post("/sobjects/Case", json={"Subject": "Help", "OwnerId": queue}).status_code == 201
    owner = soql(client, "SELECT Owner.Name, Owner.Email FROM Case")[0]["Owner"]
    assert (queue[:3], owner["attributes"]["type"], owner["Name"], owner["Email"]) == ("00G", "Group", "Support", None)


def test_a_list_that_repeats_itself_leads_to_its_second_page_for_ever(clock: SandboxClock, connect: Connect) -> None:
    from cshub.testing.sandbox import Fault, FaultKind

    sandbox = create(clock=clock, seed_accounts=ACCOUNTS)
    http = connect(sandbox)
    sandbox.faults.add(Fault(kind=FaultKind.SAME_CURSOR))
    headers = {"Sforce-Query-Options": "batchSize=200"}
    first = http.get("/query", params={"q": "SELECT Id FROM Account"}, headers=headers).json()
    again = http.get(HOST + first["nextRecordsUrl"]).json()
    assert again["records"] != first["records"]
    assert again["nextRecordsUrl"] == first["nextRecordsUrl"]
