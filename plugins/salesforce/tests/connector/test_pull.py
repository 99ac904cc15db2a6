"""Reading: one request where nothing is new, the way back when a result dies or runs too long, and what must never be followed."""

from __future__ import annotations

import httpx
import pytest

from cshub import AnswerError, PageLoop, PermissionMissing, VendorTrouble
from cshub_salesforce import bulk

from .conftest import Desk, Open, Reader, living, refuse
from .org import error


def test_a_pull_without_news_is_one_query_behind_its_describe(desk: Desk) -> None:
    for number in range(3):
        desk.org.add("Account", Name=f"a{number}")
    desk.tick(minutes=1)
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(minutes=15)
    desk.org.forget()
    reader.pull()
    assert [path.rpartition("/")[2] for path in desk.org.asked] == ["describe", "queryAll"]
    assert reader.ids() == []


def test_only_declared_fields_are_asked_for(desk: Desk) -> None:
    Reader(desk, "contacts").pull()
    assert desk.org.queries[-1].partition(" FROM ")[0] == (
        "SELECT Id, SystemModstamp, IsDeleted, MasterRecordId, Email, LastName, Title, AccountId, FirstName"
    )


@pytest.mark.parametrize("full", [True, False])
def test_a_dead_locator_costs_no_row_and_gives_none_twice(desk: Desk, full: bool) -> None:
    desk.org.switch(page_rows=3)
    reader = Reader(desk, "accounts")
    if not full:
        reader.pull()
        desk.tick(hours=1)
    for number in range(10):
        desk.org.add("Account", Name=f"a{number}")
    desk.tick(hours=1)
    source = desk.connect()
    for page in source.pull(reader.stream, reader.cursor, desk.clock.now()):
        reader.land(page)
        desk.org.lose_locators()
    given = [row[0] for page in reader.pages for row in page.rows]
    assert set(reader.rows) == living(desk, "Account")
    assert len(given) == 10


def test_a_locator_that_dies_at_once_each_time_still_gets_on(desk: Desk) -> None:
    desk.org.switch(page_rows=3)
    for number in range(10):
        desk.org.add("Account", Name=f"a{number}")
    desk.org.instead.append(
        lambda request: error(400, "INVALID_QUERY_LOCATOR", "gone") if "/query/" in request.url.path else None
    )
    reader = Reader(desk, "accounts", settings={"methods": {"accounts": "rest"}})
    reader.pull()
    assert len(reader.ids()) == 10


@pytest.mark.parametrize("code", ["QUERY_TIMEOUT", "QUERY_TOO_COMPLICATED"])
def test_a_query_that_runs_too_long_is_asked_for_less(desk: Desk, code: str) -> None:
    for number in range(1_203):
        desk.org.add("Account", Name=f"a{number}")
    refuse(desk, "queryAll", code, "Your query request was running for too long.", times=2)
    reader = Reader(desk, "accounts", settings={"methods": {"accounts": "rest"}})
    reader.pull()
    assert len(reader.ids()) == 1_203
    assert [query.rpartition(" ")[2] for query in desk.org.queries[1:]] == ["2000", "500", "500", "500"]


def test_a_query_that_always_runs_too_long_ends(desk: Desk) -> None:
    refuse(desk, "queryAll", "QUERY_TIMEOUT", "too long", times=99)
    with pytest.raises(VendorTrouble, match="too long"):
        Reader(desk, "accounts").pull()
    assert len(desk.org.queries) < 8


def test_bad_records_alone_are_rejected_and_never_read_for_ever(desk: Desk) -> None:
    def look(request: httpx.Request) -> httpx.Response | None:
        if "queryAll" not in request.url.path:
            return None
        return httpx.Response(200, json={"done": True, "totalSize": 1, "records": [{"Id": None, "Name": "x"}]})

    desk.org.instead.append(look)
    reader = Reader(desk, "accounts")
    (page,) = reader.pull()
    assert [each.reason for each in page.rejects] == ["the record has no Id"]
    assert '"Name": "x"' in page.rejects[0].payload


def test_a_record_that_cannot_be_mapped_is_rejected_alone(desk: Desk) -> None:
    bad, good = desk.org.add("Account", Note__c="many"), desk.org.add("Account", Note__c="7")
    reader = Reader(desk, "accounts", settings={"accounts": {"seats": {"field": "Note__c", "type": "number"}}})
    (page,) = reader.pull()
    assert reader.ids() == [good]
    assert [(each.id, each.reason) for each in page.rejects] == [(bad, "Note__c: 'many' is not a finite number")]


def spoil(desk: Desk, link: str) -> None:
    desk.org.instead.append(
        lambda request: (
            httpx.Response(200, json={"done": False, "records": [], "nextRecordsUrl": link})
            if "query" in request.url.path
            else None
        )
    )


@pytest.mark.parametrize(
    "link", ["https://203.0.113.9/next", "//evil.example/x", "https://acme.my.salesforce.com.evil.example/x", "/a/../b"]
)
def test_a_next_page_elsewhere_is_not_followed(desk: Desk, link: str) -> None:
    spoil(desk, link)
    with pytest.raises(AnswerError):
        Reader(desk, "accounts", settings={"methods": {"accounts": "rest"}}).pull()
    assert {each.url.host for each in desk.org.requests} == {"acme.my.salesforce.com"}


@pytest.mark.parametrize("link", ["/services/data/v66.0/query/0r8-1", "1"])
def test_a_list_that_names_the_same_next_page_again_is_found(desk: Desk, link: str) -> None:
    spoil(desk, link)
    with pytest.raises(PageLoop):
        Reader(desk, "accounts", settings={"methods": {"accounts": "rest"}}).pull()
    assert len(desk.org.requests) < 8


@pytest.mark.parametrize(
    "said", [{}, {"records": []}, {"records": {}, "done": True}, [], "x", {"records": [], "done": False}]
)
def test_an_answer_that_is_no_page_is_no_empty_list(desk: Desk, said: object) -> None:
    desk.org.instead.append(lambda request: httpx.Response(200, json=said) if "queryAll" in request.url.path else None)
    with pytest.raises(AnswerError, match="crm: accounts query"):
        Reader(desk, "accounts", settings={"methods": {"accounts": "rest"}}).pull()


def test_an_object_that_is_hidden_is_a_missing_right(desk: Desk) -> None:
    desk.org.switch(hidden_objects=frozenset({"Case"}))
    with pytest.raises(PermissionMissing, match="Case: read") as caught:
        Reader(desk, "tickets").pull()
    assert caught.value.scopes == ("Case: read",)


def test_person_accounts_are_left_out_unless_wanted(open_desk: Open) -> None:
    desk = open_desk(person_accounts=True)
    (person,) = living(desk, "Account")
    firm = desk.org.add("Account", Name="firm")
    reader = Reader(desk, "accounts")
    reader.pull()
    assert reader.ids() == [firm]
    swept = [id for ids, _ in desk.connect().ids(reader.stream, None) for id in ids]
    assert swept == [firm]
    everybody = Reader(desk, "accounts", settings={"person_accounts": True})
    everybody.pull()
    assert set(everybody.ids()) == {firm, person}


@pytest.mark.parametrize("several", [True, False])
def test_a_currency_is_read_where_the_org_has_several(open_desk: Open, several: bool) -> None:
    desk = open_desk(multi_currency=several)
    more = {"CurrencyIsoCode": "GBP"} if several else {}
    account, deal = desk.org.add("Account", **more), desk.org.add("Opportunity", Amount=7, **more)
    for name, id in (("accounts", account), ("deals", deal)):
        reader = Reader(desk, name)
        reader.pull()
        assert reader.column("currency", id) == ("GBP" if several else None)


def test_a_sweep_lists_the_living_and_goes_on_after_any_part(desk: Desk) -> None:
    desk.org.switch(page_rows=3)
    for number in range(10):
        desk.org.add("Contact", LastName=f"c{number}")
    gone = desk.org.add("Contact", LastName="gone")
    desk.org.remove("Contact", gone)
    stream = desk.stream("contacts")
    parts = list(desk.connect().ids(stream, None))
    assert [id for ids, _ in parts for id in ids] == sorted(living(desk, "Contact"))
    rest = [id for ids, _ in desk.connect().ids(stream, parts[1][1]) for id in ids]
    assert rest == [id for ids, _ in parts[2:] for id in ids]
    again = [id for ids, _ in desk.connect().ids(stream, parts[-1][1]) for id in ids]
    assert len(again) == 10, "a sweep that was done begins anew"


def test_fields_cshub_owns_come_along_in_canonical_text(desk: Desk) -> None:
    desk.owned["Account"] = ("Score__c", "Not_There__c")
    id = desk.org.add("Account", Name="a", Score__c=72.0)
    reader = Reader(desk, "accounts")
    (page,) = reader.pull()
    assert [(each.target, each.id, each.field, each.value) for each in page.owned] == [
        ("Account", id, "Score__c", "72")
    ]


def test_clocks_that_disagree_lose_nothing(desk: Desk) -> None:
    reader = Reader(desk, "accounts")
    reader.pull(desk.clock.now().replace(year=2027))  # this machine is a year ahead
    desk.tick(hours=1)
    id = desk.org.add("Account", Name="a")
    reader.pull()
    assert reader.ids() == [id]


# --- the Bulk API ---------------------------------------------------------------------------------------------------------


def test_many_records_are_read_in_bulk_and_few_are_not(desk: Desk) -> None:
    for number in range(12):
        desk.org.add("Account", Name=f"a{number}")
    few = Reader(desk, "accounts", settings={"bulk_above": 12})
    few.pull()
    assert not [path for path in desk.org.asked if "jobs" in path]
    many = Reader(desk, "accounts", settings={"bulk_above": 11})
    many.pull()
    assert [path.rpartition("/")[2] for path in desk.org.asked if "jobs" in path and "POST" in path] == ["query"]
    assert many.rows == few.rows
    desk.tick(hours=1)
    desk.org.forget()
    many.pull()
    assert [path for path in desk.org.asked if "jobs" in path] == [], "changes are never read in bulk"


def test_what_changes_while_a_job_runs_arrives_with_the_next_pull(desk: Desk) -> None:
    id = desk.org.add("Account", Name="a")
    reader = Reader(desk, "accounts", settings={"methods": {"accounts": "bulk"}})
    source = desk.connect(**reader.settings)
    states = iter(["InProgress"] * 20)

    def look(request: httpx.Request) -> httpx.Response | None:
        if request.method != "GET" or "jobs" not in request.url.path or "results" in request.url.path:
            return None
        state = next(states, None)
        return None if state is None else httpx.Response(200, json={"id": "x", "state": state})

    desk.org.instead.append(look)
    for page in source.pull(reader.stream, None, desk.clock.now()):
        if not reader.pages:
            desk.tick(minutes=1)
            desk.org.edit("Account", id, Name="changed")
        reader.land(page)
    assert reader.column("name", id) == "a"
    assert max(desk.clock.slept) <= 5, "the wait can be broken off"
    desk.tick(hours=2)
    reader.pull()
    assert reader.column("name", id) == "changed"


def test_a_pull_cut_short_goes_on_with_the_same_job(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BULK_PAGE", 4)
    for number in range(10):
        desk.org.add("Account", Name=f"a{number}")
    reader = Reader(desk, "accounts", settings={"methods": {"accounts": "bulk"}})
    while len(reader.rows) < 4:
        reader.pull(at_most=1)
    assert len(reader.rows) == 4
    desk.org.forget()
    reader.pull()
    assert len(reader.ids()) == 6
    assert [path for path in desk.org.asked if "POST" in path] == []
    assert set(reader.rows) == living(desk, "Account")


def test_a_job_whose_result_is_no_longer_kept_is_begun_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "BULK_PAGE", 4)
    for number in range(10):
        desk.org.add("Account", Name=f"a{number}")
    reader = Reader(desk, "accounts", settings={"methods": {"accounts": "bulk"}})
    while len(reader.rows) < 4:
        reader.pull(at_most=1)
    desk.tick(days=8)  # results are kept for seven days
    reader.pull()
    assert len(reader.ids()) == 10


def test_a_bulk_result_without_rows_is_an_empty_page(desk: Desk) -> None:
    reader = Reader(desk, "accounts", settings={"methods": {"accounts": "bulk"}})
    desk.org.instead.append(
        lambda request: httpx.Response(200, content=header(desk)) if "results" in request.url.path else None
    )
    reader.pull()
    assert reader.ids() == []
    reader.pull()
    assert "SystemModstamp >=" in desk.org.queries[-1]


def header(desk: Desk) -> bytes:
    """The first line of the result of the last job."""
    (body,) = (each.content for each in desk.org.requests if each.method == "POST" and "jobs" in each.url.path)
    return body.partition(b"SELECT ")[2].partition(b" FROM")[0].replace(b", ", b",") + b"\n"


@pytest.mark.parametrize(
    ("lines", "headers"),
    [
        (b"", {}),
        (b"<html></html>", {}),
        (b'["this"]', {}),
        (b"Id,Name\n001,x\n", {}),
        (b"%s001dM00003jU9GxQAK,only two\n", {}),
        (b"%s", {"Sforce-NumberOfRecords": "3"}),
        (b'%s"001', {}),
        (b"%s\xff\n", {}),
    ],
)
def test_a_bulk_result_that_is_cut_or_something_else_is_no_data(
    desk: Desk, lines: bytes, headers: dict[str, str]
) -> None:
    desk.org.add("Account", Name="a")
    desk.org.instead.append(
        lambda request: (
            httpx.Response(200, headers=headers, content=lines.replace(b"%s", header(desk)))
            if "results" in request.url.path
            else None
        )
    )
    reader = Reader(desk, "accounts", settings={"methods": {"accounts": "bulk"}})
    with pytest.raises(AnswerError):
        reader.pull()
    assert reader.rows == {}


def test_a_job_that_gave_fewer_rows_than_it_processed_is_no_complete_reading(open_desk: Open) -> None:
    desk = open_desk(bulk_work_s=0)
    desk.org.add("Account", Name="a")
    said = {"id": "x", "state": "JobComplete", "numberRecordsProcessed": 2}
    desk.org.instead.append(
        lambda request: (
            httpx.Response(200, json=said)
            if request.method == "GET" and "jobs" in request.url.path and "results" not in request.url.path
            else None
        )
    )
    with pytest.raises(AnswerError, match="gave 1 of the 2 records"):
        Reader(desk, "accounts", settings={"methods": {"accounts": "bulk"}}).pull()
