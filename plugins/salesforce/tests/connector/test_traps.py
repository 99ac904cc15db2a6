"""The traps of reading Salesforce, S1–S11, each under its name."""

from __future__ import annotations

import json

import httpx
import pytest

from cshub import ConfigError, RateLimited, VendorTrouble

from .conftest import Desk, Reader, living
from .org import error, field


def refuse(desk: Desk, path: str, code: str, message: str, *, times: int = 1, status: int = 400) -> None:
    """Have requests to this path answered with an error, so many times."""
    left = [times]

    def look(request: httpx.Request) -> httpx.Response | None:
        if path not in request.url.path or not left[0]:
            return None
        left[0] -= 1
        return error(status, code, message)

    desk.org.instead.append(look)


def test_s1_rows_with_an_equal_stamp_all_arrive(desk: Desk) -> None:
    desk.org.page_size = 100
    reader = Reader(desk, "contacts")
    reader.pull()
    desk.tick(hours=1)
    for number in range(950):
        desk.org.add("Contact", LastName=f"c{number}")
    desk.tick(hours=1)
    for _ in range(12):  # a new process for each page: only the cursor leads on
        reader.pull(at_most=1)
    assert set(reader.rows) == living(desk, "Contact")
    assert len(reader.rows) == 950


def test_s1_many_thousand_equal_stamps_end_and_give_each_row_once(desk: Desk) -> None:
    reader = Reader(desk, "contacts")
    reader.pull()
    desk.tick(hours=1)
    for number in range(25_000):
        desk.org.add("Contact", LastName=f"c{number}")
    desk.tick(hours=1)
    reader.pull()
    assert len(reader.ids()) == 25_000
    assert set(reader.rows) == living(desk, "Contact")
    reader.pull()
    assert reader.ids() == []


def test_s2_a_row_that_becomes_visible_late_arrives(desk: Desk) -> None:
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(minutes=30)
    late = desk.org.add("Account", Name="late")
    hidden = desk.org.tables["Account"].pop(late)  # its transaction is still going on
    desk.tick(minutes=5)
    fresh = desk.org.add("Account", Name="fresh")
    desk.tick(minutes=1)
    reader.pull()
    assert reader.ids() == [fresh], "rows are read up to now"
    desk.org.tables["Account"][late] = hidden
    desk.tick(minutes=3)
    reader.pull()
    assert reader.ids() == [late], "and what was given already is not given again"


def test_s2_a_record_that_changes_twice_in_one_second_arrives_as_it_is(desk: Desk) -> None:
    id = desk.org.add("Account", Name="a")
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.org.edit("Account", id, Name="b")  # after it was read, within the same second
    reader.pull()
    assert reader.column("name", id) == "b"
    desk.org.edit("Account", id, Name="c")
    desk.tick(minutes=1)
    reader.pull()
    assert reader.column("name", id) == "c"
    reader.pull()
    assert reader.ids() == []


def test_s2_a_pull_cut_short_in_the_overlap_does_not_move_past_what_is_settled(desk: Desk) -> None:
    desk.org.page_size = 2
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(minutes=30)
    late = desk.org.add("Account", Name="late")
    hidden = desk.org.tables["Account"].pop(late)
    for number in range(5):
        desk.tick(seconds=30)
        desk.org.add("Account", Name=f"a{number}")
    reader.pull(at_most=2)
    desk.org.tables["Account"][late] = hidden
    reader.pull()
    assert set(reader.rows) == living(desk, "Account")


def test_s3_calculated_fields_are_read_again_on_a_schedule_of_their_own(desk: Desk) -> None:
    id = desk.org.add("Account", Name="a", Score__c=1.0)
    desk.tick(minutes=1)
    reader = Reader(desk, "accounts", settings={"accounts": {"score": {"field": "Score__c", "type": "number"}}})
    reader.pull()
    desk.org.tables["Account"][id]["Score__c"] = 2.0  # a formula: no stamp moves
    desk.tick(hours=23)
    reader.pull()
    assert reader.extra(id) == {"score": 1}
    desk.tick(hours=2)
    reader.pull()
    assert reader.extra(id) == {"score": 2}
    desk.tick(hours=1)
    reader.pull()
    assert reader.ids() == [], "then it is quiet for another day"


def test_s3_a_stream_without_calculated_fields_is_not_read_whole(desk: Desk) -> None:
    desk.org.add("Account", Name="a", Score__c=1.0)
    desk.tick(minutes=1)
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(days=3)
    reader.pull()
    assert reader.ids() == []


def test_s4_a_mapped_field_that_is_not_there_is_named_with_its_key_and_the_nearest(desk: Desk) -> None:
    reader = Reader(desk, "accounts", settings={"accounts": {"mrr": "MRRR__c"}})
    with pytest.raises(ConfigError) as caught:
        reader.pull()
    assert "accounts.mrr" in str(caught.value)
    assert "Account has no field MRRR__c" in str(caught.value)
    assert "did you mean MRR__c?" in str(caught.value)


def test_s4_a_new_field_is_seen_by_the_next_pull_without_a_restart(desk: Desk) -> None:
    source = desk.connect(accounts={"seats": "Seats__c"})
    stream = desk.stream("accounts", accounts={"seats": "Seats__c"})
    with pytest.raises(ConfigError):
        list(source.pull(stream, None, desk.clock.now()))
    desk.org.fields["Account"]["Seats__c"] = field("Seats__c")
    desk.org.add("Account", Name="a", Seats__c="7")
    (row,) = [row for page in source.pull(stream, None, desk.clock.now()) for row in page.rows]
    assert row[-1] == {"seats": "7"}


def test_s4_a_usual_field_that_comes_to_light_has_everything_read_again(desk: Desk) -> None:
    hidden = desk.org.fields["Account"].pop("Website")
    id = desk.org.add("Account", Name="a", Website="https://www.acme.example/x")
    reader = Reader(desk, "accounts")
    reader.pull()
    assert reader.column("domains", id) is None
    desk.org.fields["Account"]["Website"] = hidden
    desk.tick(days=1)
    reader.pull()
    assert reader.column("domains", id) == ("acme.example",)


def test_s5_a_stamp_that_cannot_be_filtered_is_replaced_by_the_next_best(desk: Desk) -> None:
    desk.org.fields["Account"]["SystemModstamp"]["filterable"] = False
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(hours=1)
    id = desk.org.add("Account", Name="a")
    desk.org.forget()
    reader.pull()
    assert reader.ids() == [id]
    assert "LastModifiedDate >=" in desk.org.queries[0]
    assert "SystemModstamp" not in desk.org.queries[0]


def test_s5_without_any_stamp_everything_is_read_on_the_schedule(desk: Desk) -> None:
    for name in ("SystemModstamp", "LastModifiedDate"):
        desk.org.fields["Account"].pop(name)
    first = desk.org.add("Account", Name="a")
    reader = Reader(desk, "accounts")
    reader.pull()
    assert reader.ids() == [first]
    second = desk.org.add("Account", Name="b")
    desk.tick(hours=1)
    assert len(reader.pull()) == 1
    assert reader.ids() == []
    desk.tick(days=1)
    reader.pull()
    assert reader.ids() == [first, second]


def test_s6_history_is_read_from_its_beginning(desk: Desk) -> None:
    old = desk.org.add("Account", Name="old")
    desk.org.tables["Account"][old]["SystemModstamp"] = "1999-03-01T00:00:00.000+0000"
    reader = Reader(desk, "accounts")
    reader.pull()
    assert reader.ids() == [old]
    assert "WHERE" not in desk.org.queries[-1]


def test_s7_deleted_rows_are_tombstones_and_come_back_when_restored(desk: Desk) -> None:
    id = desk.org.add("Account", Name="a")
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(hours=1)
    desk.org.edit("Account", id, IsDeleted=True)
    desk.tick(minutes=1)
    reader.pull()
    assert reader.gone() == [id]
    reader.pull()
    assert reader.gone() == [], "told once"
    desk.org.tables["Account"][id]["IsDeleted"] = False  # restored within the same second
    reader.pull()
    assert reader.ids() == [id]


def test_s7_a_merged_row_leads_to_the_one_it_lives_on_as(desk: Desk) -> None:
    loser, winner = desk.org.add("Account", Name="loser"), desk.org.add("Account", Name="winner")
    reader = Reader(desk, "accounts")
    reader.pull()
    desk.tick(hours=1)
    desk.org.edit("Account", loser, IsDeleted=True, MasterRecordId=winner)
    reader.pull()
    assert [pair for page in reader.pages for pair in page.merges] == [(loser, winner)]
    assert reader.gone() == []


def test_s8_reading_stops_before_the_reserve_and_goes_on_later(desk: Desk) -> None:
    desk.org.page_size = 2
    for number in range(7):
        desk.org.add("Account", Name=f"a{number}")
    reader = Reader(desk, "accounts", settings={"methods": {"accounts": "rest"}})
    desk.org.instead.append(
        lambda request: setattr(desk.org, "usage", "api-usage=12000/15000") if "query/" in request.url.path else None
    )  # type: ignore[func-returns-value]  # looks, answers nothing
    with pytest.raises(RateLimited, match="12000 of the org's 15000"):
        reader.pull()
    assert len(reader.rows) == 4, "the pages before are landed"
    desk.org.instead.clear()
    desk.org.usage = "api-usage=300/15000"
    reader.pull()
    assert set(reader.rows) == living(desk, "Account")
    assert len(reader.ids()) == 3, "and only the rest is read"


def test_s8_writing_may_use_the_reserve(desk: Desk) -> None:
    id = desk.org.add("Account", Name="a")
    desk.org.usage = "api-usage=14000/15000"
    assert desk.connect().read("Account", [id], ["Name"]) == {id: {"Name": "a"}}


def test_s8_the_used_up_day_is_told_from_a_busy_moment(desk: Desk) -> None:
    desk.org.add("Account", Name="a")
    refuse(desk, "queryAll", "REQUEST_LIMIT_EXCEEDED", "ConcurrentRequests Limit exceeded.", status=403)
    reader = Reader(desk, "accounts")
    reader.pull()
    assert len(reader.rows) == 1
    assert desk.clock.waited_s == pytest.approx(5.0)
    refuse(desk, "queryAll", "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.", status=403)
    with pytest.raises(RateLimited, match="24 hours"):
        reader.pull()


def test_s9_an_object_the_bulk_api_does_not_know_is_read_over_rest(desk: Desk) -> None:
    id = desk.org.add("Task", Type="Call")
    refuse(desk, "jobs/query", "INVALIDENTITY", "Entity 'Task' is not supported by the Bulk API.")
    reader = Reader(desk, "events", settings={"methods": {"events": "bulk"}})
    reader.pull()
    assert reader.ids() == [id]


def test_s9_a_job_that_fails_says_why_and_the_next_pull_begins_another(desk: Desk) -> None:
    id = desk.org.add("Task", Type="Call")
    reader = Reader(desk, "events", settings={"methods": {"events": "bulk"}})

    def look(request: httpx.Request) -> httpx.Response | None:
        if request.method != "GET" or "jobs/query" not in request.url.path:
            return None
        return httpx.Response(200, json={"id": "x", "state": "Failed", "errorMessage": "Retried more than 20 times"})

    desk.org.instead.append(look)
    with pytest.raises(VendorTrouble, match="Retried more than 20 times"):
        reader.pull()
    desk.org.instead.clear()
    desk.org.instead.append(lambda request: look(request) if "750000000000000" in request.url.path else None)
    reader.pull()
    assert reader.ids() == [id]


def test_s9_a_job_that_ends_as_unsupported_is_read_over_rest(desk: Desk) -> None:
    id = desk.org.add("Task", Type="Call")
    said = {"id": "x", "state": "Failed", "errorMessage": "This query is not supported by the Bulk API"}
    desk.org.instead.append(
        lambda request: (
            httpx.Response(200, json=said) if request.method == "GET" and "jobs/" in request.url.path else None
        )
    )
    reader = Reader(desk, "events", settings={"methods": {"events": "bulk"}})
    reader.pull()
    assert reader.ids() == [id]


NASTY = ["007", "", None, "true", "2026-01-01", "a,b", 'say "x"', "two\nlines", "\r\n", "null", "#N/A", " x ", "日本"]


def test_s10_bulk_and_rest_give_the_same_rows(desk: Desk) -> None:
    desk.org.page_size = 5
    mapped = {"tier": "Tier__c", "mrr": "MRR__c", "active": {"field": "Active__c", "type": "flag"}, "seats": "Score__c"}
    for number, text in enumerate(NASTY):
        values = {"MRR__c": number * 1.5 or None, "Active__c": bool(number % 2), "Score__c": float(number)}
        desk.org.add("Account", Name=text or "x", Tier__c=text or None, Renewal__c="2026-12-31", **values)
    gone = desk.org.add("Account", Name="gone")
    desk.org.edit("Account", gone, IsDeleted=True)
    found = []
    for method in ("rest", "bulk"):
        reader = Reader(desk, "accounts", settings={"accounts": mapped, "methods": {"accounts": method}})
        reader.pull()
        assert reader.gone() == [gone]
        found.append(reader.rows)
    assert found[0] == found[1]
    assert len(found[0]) == len(NASTY)
    extras = [row[-1] for row in found[1].values()]
    assert [extra["tier"] for extra in extras if isinstance(extra, dict)] == [text or None for text in NASTY]
    assert any("jobs/query" in path for path in desk.org.asked)


def test_s11_a_wide_object_is_read_in_one_piece(desk: Desk) -> None:
    names = [f"A_Rather_Long_Name_For_Field_{number:04d}__c" for number in range(600)]
    desk.org.fields["Account"] |= {name: field(name) for name in names}
    id = desk.org.add("Account", Name="wide", **{name: name[-7:] for name in names})
    mapped = {f"f{number}": name for number, name in enumerate(names)}
    reader = Reader(desk, "accounts", settings={"accounts": mapped, "methods": {"accounts": "rest"}})
    reader.pull()
    extra = reader.extra(id)
    assert isinstance(extra, dict)
    assert extra["f599"] == "0599__c"
    assert len(extra) == 600
    assert "POST /services/data/v66.0/composite" in desk.org.asked
    assert max(len(str(each.url)) for each in desk.org.requests) < 16_384


def test_s11_a_refusal_inside_a_composite_request_is_the_refusal(desk: Desk) -> None:
    names = [f"A_Rather_Long_Name_For_Field_{number:04d}__c" for number in range(600)]
    desk.org.fields["Account"] |= {name: field(name) for name in names}
    body = [{"message": "No such column", "errorCode": "INVALID_FIELD"}]
    part = {"body": body, "httpHeaders": {}, "httpStatusCode": 400, "referenceId": "rows"}
    desk.org.instead.append(
        lambda request: (
            httpx.Response(200, content=json.dumps({"compositeResponse": [part]}))
            if request.url.path.endswith("composite")
            else None
        )
    )
    mapped = {f"f{number}": name for number, name in enumerate(names)}
    with pytest.raises(Exception, match="No such column") as caught:
        Reader(desk, "accounts", settings={"accounts": mapped, "methods": {"accounts": "rest"}}).pull()
    assert "crm: accounts query" in str(caught.value)
