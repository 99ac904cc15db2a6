"""Reading what changed: the overlap, lagging indexes, clocks that disagree, what was deleted, merged or archived, and data that moves."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from cshub import AnswerError, Page, PageLoop, PermissionMissing, StoreError, VendorTrouble
from cshub_intercom.cursor import incremental

from .conftest import Account, Reader, ids
from .scripted import error, nested

CHANGING = ("contacts", "conversations", "tickets")


def merges(pages: list[Page]) -> list[tuple[str, str]]:
    return [pair for page in pages for pair in page.merges]


def tombstones(pages: list[Page]) -> list[str]:
    return [id for page in pages for id in page.tombstones]


@pytest.mark.parametrize("stream", CHANGING)
def test_the_place_of_a_page_stands_in_the_body_of_a_search(account: Account, stream: str) -> None:
    reader = Reader(account, stream)
    reader.pull()
    account.tick(hours=1)
    make = {"contacts": account.contact, "conversations": account.conversation, "tickets": account.ticket}[stream]
    for number in range(1, 500):
        make(str(number))
    account.forget()
    reader.pull()
    assert len(reader.rows) == 499
    asked = [json.loads(each.content)["pagination"] for each in account.there.asked]
    assert [each.get("starting_after") for each in asked] == [None, "place-150", "place-300", "place-450"]
    assert all(b"starting_after" not in each.url.query for each in account.there.asked)


def test_what_the_index_shows_late_is_read_within_the_overlap(account: Account) -> None:
    reader = Reader(account, "contacts")
    reader.pull()
    late = account.contact("k1")
    del account.there.contacts["k1"]
    account.tick(minutes=5)
    reader.pull()
    account.there.contacts["k1"] = late
    account.tick(minutes=3)
    assert ids(reader.pull()) == ["k1"]
    account.tick(minutes=1)
    assert ids(reader.pull()) == [], "the overlap's rows were given already"


def test_what_changes_twice_within_the_second_it_was_read_in_arrives(account: Account) -> None:
    reader = Reader(account, "conversations")
    reader.pull()
    account.tick(minutes=5)
    account.conversation("1")
    reader.pull()
    account.conversation("1", state="closed", open=False)
    account.tick(minutes=1)
    reader.pull()
    assert reader.column("is_open", "1") is False
    assert ids(reader.pull()) == []


@pytest.mark.parametrize("stream", CHANGING)
def test_what_the_index_shows_later_than_any_overlap_is_found_within_a_day(account: Account, stream: str) -> None:
    make = {"contacts": account.contact, "conversations": account.conversation, "tickets": account.ticket}[stream]
    held = {"contacts": account.there.contacts, "conversations": account.there.conversations}
    there = held.get(stream, account.there.tickets)
    reader = Reader(account, stream)
    reader.pull()
    account.tick(minutes=30)
    late = make("1")
    there.clear()
    for _ in range(6):
        account.tick(minutes=30)
        reader.pull()
    there["1"] = late
    account.tick(hours=24)
    assert len(ids(reader.pull())) == 1


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(hours=-2)])
def test_clocks_that_disagree_lose_nothing(account: Account, ahead: timedelta) -> None:
    account.there.ahead = ahead
    reader = Reader(account, "conversations")
    given: list[str] = []
    for number in range(20):
        account.conversation(str(number))
        account.tick(minutes=7)
        reader.pull()
        given += ids(reader.pages)
    assert set(given) == {str(number) for number in range(20)}


def test_conversations_deleted_are_tombstones_once_a_day(account: Account) -> None:
    for number in range(5):
        account.conversation(str(number))
    account.there.deleted.append({"type": "conversation", "id": "9", "deleted_at": account.there.now_s() - 9_000_000})
    reader = Reader(account, "conversations")
    reader.pull()
    account.tick(hours=3)
    del account.there.conversations["2"]
    account.there.deleted.append({"type": "conversation", "id": "2", "deleted_at": account.there.now_s()})
    account.tick(hours=1)
    assert tombstones(reader.pull()) == []
    account.tick(hours=21)
    assert tombstones(reader.pull()) == ["2"], "those deleted long ago are left alone"
    account.tick(hours=25)
    assert tombstones(reader.pull()) == []


def test_before_2_16_there_is_no_list_of_deleted_conversations(account: Account) -> None:
    reader = Reader(account, "conversations", {"version": "2.14"})
    reader.pull()
    account.tick(hours=25)
    reader.pull()
    assert "GET /conversations/deleted" not in account.there.paths
    assert incremental(reader.cursor or b"", "x").read == "search"


def test_a_workspace_without_the_list_of_deleted_conversations_is_read_all_the_same(account: Account) -> None:
    reader = Reader(account, "conversations")
    reader.pull()
    account.tick(hours=25)
    account.there.say("GET", "/conversations/deleted", error(404, "not_found"))
    account.conversation("1")
    reader.pull()
    assert set(reader.rows) == {"1"}


def test_a_merge_is_told_by_the_contact_that_lives_on(account: Account) -> None:
    for id in ("k1", "k2", "k3"):
        account.contact(id)
    reader = Reader(account, "contacts")
    reader.pull()
    account.tick(hours=1)
    history = [{"type": "merge_history", "source_contact_id": id, "source_contact_role": "lead"} for id in ("k1", "k3")]
    account.contact("k2", merge_history=history)
    del account.there.contacts["k1"], account.there.contacts["k3"]
    assert merges(reader.pull()) == [("k1", "k2"), ("k3", "k2")]
    assert set(reader.rows) == {"k2"}
    assert account.there.asked[-1].url.params["include_merge_history"] == "true"


def test_merges_are_not_asked_for_before_2_16(account: Account) -> None:
    Reader(account, "contacts", {"version": "2.15"}).pull()
    assert "include_merge_history" not in account.there.asked[-1].url.params


def test_a_contact_merged_while_it_is_read_lives_on_as_the_last_of_its_chain(account: Account) -> None:
    item = account.contact("k1", [f"c{number}" for number in range(11)])
    account.contact("k4")
    account.there.merged = {"k1": "k2", "k2": "k3", "k3": "k4"}
    reader = Reader(account, "contacts")
    assert merges(reader.pull()) == [("k1", "k4")]
    assert item["id"] not in reader.rows


@pytest.mark.parametrize("link", [None, '</contacts/k9>; rel="next"', "</contacts/k9>; rel=canonical"])
def test_a_merged_contact_whose_survivor_nobody_names_or_knows_is_gone(account: Account, link: str | None) -> None:
    account.contact("k1", [f"c{number}" for number in range(11)])
    headers = {} if link is None else {"link": link}
    account.there.say("GET", "/contacts/k1/companies", error(410, "contact_merged", None, **headers))
    reader = Reader(account, "contacts")
    assert tombstones(reader.pull()) == ["k1"]


@pytest.mark.parametrize("stream", CHANGING)
def test_a_sweep_lists_every_living_id(account: Account, stream: str) -> None:
    make = {"contacts": account.contact, "conversations": account.conversation, "tickets": account.ticket}[stream]
    for number in range(1, 400):
        make(str(number))
        account.tick(minutes=1)
    reader = Reader(account, stream)
    reader.pull()
    assert reader.sweep() == set(reader.rows)


def test_a_sweep_goes_on_after_any_part_of_it(account: Account) -> None:
    for number in range(400):
        account.conversation(str(number))
    reader = Reader(account, "conversations")
    source = account.connect()
    lots = list(source.ids(reader.declared(), None))
    for done in range(1, len(lots)):
        rest = {id for lot, _ in source.ids(reader.declared(), lots[done - 1][1]) for id in lot}
        assert rest | {id for lot, _ in lots[:done] for id in lot} == set(account.there.conversations)


def test_what_moves_past_a_sweep_is_listed_at_its_end(account: Account) -> None:
    for number in range(450):
        account.conversation(str(number))
    account.tick(hours=2)
    account.there.before[3] = lambda: (account.tick(seconds=5), account.conversation("3"))
    reader = Reader(account, "conversations")
    assert reader.sweep() == set(account.there.conversations)


def test_what_moves_past_the_reader_of_links_is_read_at_the_end(account: Account) -> None:
    for number in range(450):
        account.contact(f"k{number}", [f"c{number}"])
    account.tick(hours=2)
    moved = account.there.contacts

    def move() -> None:
        account.tick(seconds=5)
        item = moved.pop("k449")
        account.there.contacts = {"k449": item, **moved}
        account.contact("k449", ["c449"])

    account.there.before[3] = move
    reader = Reader(account, "associations")
    reader.pull()
    assert "contact:k449>account:c449" in reader.rows


def test_an_archived_contact_is_in_no_sweep(account: Account) -> None:
    account.contact("k1")
    account.contact("k2")
    reader = Reader(account, "contacts")
    reader.pull()
    del account.there.contacts["k1"]
    assert reader.sweep() == {"k2"}


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_place_that_intercom_forgot_begins_the_list_anew(account: Account, status: int) -> None:
    for number in range(400):
        account.conversation(str(number))
    reader = Reader(account, "conversations")
    source = account.connect()
    reader.land(next(iter(source.pull(reader.declared(), None, account.clock.now()))))
    account.there.say("GET", "/conversations", error(status, "parameter_invalid", "starting_after is invalid"))
    reader.pull()
    assert len(reader.rows) == 400


def test_a_list_that_never_ends_is_found(account: Account) -> None:
    def loop(request: httpx.Request) -> httpx.Response:
        data = [{"id": str(len(account.there.asked)), "updated_at": 1}]
        return httpx.Response(200, json={"data": data, "pages": {"next": {"starting_after": "again"}}})

    account.there.say("GET", "/contacts", *[loop] * 9)
    with pytest.raises(PageLoop):
        Reader(account, "contacts").pull()
    assert len(account.there.asked) <= 3


def test_an_address_where_a_cursor_belongs_is_refused(account: Account) -> None:
    pages = {"next": {"starting_after": "https://203.0.113.9/next"}}
    account.there.say("GET", "/contacts", httpx.Response(200, json={"data": [], "pages": pages}))
    with pytest.raises(AnswerError, match="named an address"):
        Reader(account, "contacts").pull()


def test_of_an_address_only_the_cursor_is_taken(account: Account) -> None:
    link = "https://203.0.113.9/contacts?per_page=150&starting_after=abc%3D"
    account.there.say("GET", "/contacts", httpx.Response(200, json={"data": [], "pages": {"next": link}}))
    account.there.say("GET", "/contacts", httpx.Response(200, json={"data": [], "pages": {"next": None}}))
    Reader(account, "contacts").pull()
    assert account.there.asked[-1].url.host == "api.intercom.io"
    assert account.there.asked[-1].url.params["starting_after"] == "abc="


def test_rows_that_stand_on_two_pages_are_given_once(account: Account) -> None:
    for number in range(300):
        account.conversation(str(number))
    account.tick(minutes=1)
    account.there.before[2] = lambda: (account.tick(seconds=1), account.conversation("new"))
    reader = Reader(account, "conversations")
    given = ids(reader.pull())
    assert len(given) == len(set(given)) == 300
    account.tick(minutes=1)
    assert ids(reader.pull()) == ["new"]


def test_a_bad_record_is_rejected_alone_and_without_what_people_wrote(account: Account) -> None:
    account.conversation("1", source={"type": "email", "body": "secret words", "author": {"email": "a@b.example"}})
    account.conversation("2", created_at="yesterday", source={"type": "email", "body": "secret words"}, title="secret")
    reader = Reader(account, "conversations")
    (page,) = reader.pull()
    assert set(reader.rows) == {"1"}
    (rejected,) = page.rejects
    assert (rejected.id, rejected.reason) == ("2", "created_at holds 'yesterday', which is not a time")
    assert "secret" not in rejected.payload


def test_a_rejected_ticket_is_named_as_its_row_would_be(account: Account) -> None:
    account.ticket("5", created_at=[])
    (page,) = Reader(account, "tickets").pull()
    assert [each.id for each in page.rejects] == ["ticket:5"]


def test_a_sub_list_that_fails_spoils_the_page(account: Account) -> None:
    account.contact("k1", [f"c{number}" for number in range(11)])
    account.there.say("GET", "/contacts/k1/companies", *[error(503, "service_unavailable")] * 9)
    reader = Reader(account, "contacts")
    with pytest.raises(VendorTrouble):
        reader.pull()
    assert reader.rows == {}


def test_tags_are_shown_by_name_where_they_are_asked_for(account: Account) -> None:
    account.there.tags = [{"type": "tag", "id": str(number), "name": f"tag {number}"} for number in range(12)]
    item = account.contact("k1", tags=nested("k1", "tags", map(str, range(12))))
    item["whole"]["tags"] = account.there.tags
    account.contact("k2", tags=nested("k2", "tags", ["3", "unknown"]))
    reader = Reader(account, "contacts", {"contacts": {"labels": "tags"}})
    reader.pull()
    assert reader.extra("labels", "k1") == tuple(sorted(f"tag {number}" for number in range(12)))
    assert reader.extra("labels", "k2") == ("tag 3", "unknown")
    assert account.there.paths.count("GET /tags") == 2, "once, and once more for the unknown one"


def test_nobody_asks_for_tags_that_are_not_declared(account: Account) -> None:
    account.contact("k1", tags=nested("k1", "tags", map(str, range(12))))
    Reader(account, "contacts").pull()
    assert account.there.paths == ["GET /contacts"]


def test_tags_that_may_not_be_read_are_a_permission(account: Account) -> None:
    account.contact("k1", tags=nested("k1", "tags", ["3"]))
    account.there.say("GET", "/tags", *[error(401, "unauthorized")] * 2)
    with pytest.raises(PermissionMissing):
        Reader(account, "contacts", {"contacts": {"labels": "tags"}}).pull()


def test_admins_are_owners_with_ids_as_text(account: Account) -> None:
    account.there.admins = [
        {"type": "admin", "id": "7", "name": "Ada", "email": "Ada@Ours.Example"},
        {"type": "admin", "id": 8, "name": "Bot"},
        {"type": "admin"},
    ]
    reader = Reader(account, "admins")
    (page,) = reader.pull()
    assert [row[:4] for row in page.rows] == [("7", None, "ada@ours.example", "Ada"), ("8", None, None, "Bot")]
    assert len(page.rejects) == 1


@pytest.mark.parametrize("stream", [*CHANGING, "companies", "admins", "associations"])
@pytest.mark.parametrize("text", [b"", b"7", b"{}", b'{"read":"search"}', b'{"read":"list","since_s":"now"}', b"\xff"])
def test_a_position_that_is_none_is_refused(account: Account, stream: str, text: bytes) -> None:
    if text == b"{}" and stream not in CHANGING:
        return
    source = account.connect()
    with pytest.raises(StoreError, match="cannot be read"):
        list(source.pull(Reader(account, stream).declared(), text, account.clock.now()))


def test_a_position_stays_small_whatever_changes(account: Account) -> None:
    reader = Reader(account, "contacts")
    reader.pull()
    for number in range(3_000):
        account.contact(f"{number:024x}")
    reader.pull()
    assert len(reader.rows) == 3_000
    assert len(reader.cursor or b"") < 50_000
