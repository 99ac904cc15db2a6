"""The traps of reading Intercom, I1 to I6, each under its name."""

from __future__ import annotations

import json
from datetime import timedelta

import httpx
import pytest

from cshub import PageLoop, PermissionMissing, VendorTrouble

from .conftest import Account, Reader, ids
from .scripted import error

SCROLL = {"read_companies": "scroll"}


def scrolled(account: Account) -> list[str]:
    """Everything asked from the first scroll call to the last."""
    paths = account.there.paths
    last = len(paths) - paths[::-1].index("GET /companies/scroll")
    return paths[paths.index("GET /companies/scroll") : last]


def test_i1_nothing_is_asked_while_a_scroll_is_open(account: Account) -> None:
    for number in range(250):
        account.company(f"c{number}")
    reader = Reader(account, "companies", SCROLL)
    pages = reader.pull()
    assert len(reader.rows) == 250
    assert scrolled(account) == ["GET /companies/scroll"] * 4
    assert len(ids(pages)) == 250


def test_i1_a_scroll_that_breaks_is_begun_anew_and_not_resumed(account: Account) -> None:
    for number in range(250):
        account.company(f"c{number}")
    broken = error(500, "server_error", "Request failed due to an internal network error. Please restart the scroll")

    def breaks(_: httpx.Request) -> httpx.Response:
        account.there.scroll_at = None
        return broken

    account.there.say("GET", "/companies/scroll", None, None, breaks)
    reader = Reader(account, "companies", SCROLL)
    pages = reader.pull()
    assert len(reader.rows) == 250
    assert len(ids(pages)) == 250, "each company is given once"
    begun = [each for each in account.there.asked if each.url.path.endswith("scroll") and not each.url.query]
    assert len(begun) == 2


def test_i1_a_scroll_that_always_breaks_is_trouble_and_never_a_complete_list(account: Account) -> None:
    for number in range(250):
        account.company(f"c{number}")

    def breaks(request: httpx.Request) -> httpx.Response:
        account.there.scroll_at = None
        return error(500, "server_error")

    account.there.say("GET", "/companies/scroll", *[None, breaks] * 10)
    reader = Reader(account, "companies", SCROLL)
    with pytest.raises(VendorTrouble):
        reader.pull()
    assert reader.cursor is not None
    assert b'"done":false' in reader.cursor


def test_i1_an_answer_lost_in_a_scroll_is_not_asked_for_again(account: Account) -> None:
    for number in range(250):
        account.company(f"c{number}")

    def lost(request: httpx.Request) -> httpx.Response:
        account.there._answer(request)
        account.there.scroll_at = None
        raise httpx.ReadError("connection reset")

    account.there.say("GET", "/companies/scroll", None, lost)
    reader = Reader(account, "companies", SCROLL)
    reader.pull()
    assert len(reader.rows) == 250


def test_i1_another_programs_scroll_is_waited_for(account: Account) -> None:
    account.company("c1")
    taken = error(400, "scroll_exists", "scroll already exists for this workspace")
    account.there.say("GET", "/companies/scroll", taken)
    reader = Reader(account, "companies", SCROLL)
    reader.pull()
    assert set(reader.rows) == {"c1"}
    assert account.clock.waited_s > 60


def test_i1_another_programs_endless_scroll_is_told(account: Account) -> None:
    taken = error(400, "scroll_exists", "scroll already exists for this workspace")
    account.there.say("GET", "/companies/scroll", *[taken] * 9)
    with pytest.raises(VendorTrouble, match="another program is scrolling"):
        Reader(account, "companies", SCROLL).pull()


def test_i1_a_404_ends_a_scroll_when_nothing_is_missing(account: Account) -> None:
    for number in range(100):
        account.company(f"c{number}")
    account.there.say("GET", "/companies/scroll", None, error(404, "not_found"))
    reader = Reader(account, "companies", SCROLL)
    reader.pull()
    assert len(reader.rows) == 100
    assert account.there.paths.count("GET /companies/scroll") == 2


def test_i1_a_404_before_the_end_is_no_end(account: Account) -> None:
    for number in range(250):
        account.company(f"c{number}")

    def expired(_: httpx.Request) -> httpx.Response:
        account.there.scroll_at = None
        return error(404, "not_found")

    account.there.say("GET", "/companies/scroll", None, expired)
    reader = Reader(account, "companies", SCROLL)
    reader.pull()
    assert len(reader.rows) == 250


def test_i1_a_scroll_that_repeats_itself_is_found(account: Account) -> None:
    data = [account.company(f"c{number}") for number in range(3)]
    same = httpx.Response(200, json={"type": "list", "data": data, "scroll_param": "s"})
    account.there.say("GET", "/companies/scroll", *[same] * 9)
    with pytest.raises(PageLoop):
        Reader(account, "companies", SCROLL).pull()


def test_i1_more_companies_than_a_list_gives_are_scrolled(account: Account) -> None:
    account.there.scroll_size = 5_000
    for number in range(10_001):
        account.company(f"c{number}")
    reader = Reader(account, "companies")
    reader.pull()
    assert len(reader.rows) == 10_001
    assert account.there.paths.count("POST /companies/list") == 2, "one page to count, one to know what to expect"


@pytest.mark.parametrize("hours_ahead", [-11, -8, 0, 2, 14])
@pytest.mark.parametrize("version", ["2.15", "2.16", "2.17"])
@pytest.mark.parametrize("minutes", [0, 7 * 60, 14 * 60 + 29, 23 * 60])
def test_i2_no_contact_is_lost_between_days_and_none_given_twice(
    account: Account, hours_ahead: int, version: str, minutes: int
) -> None:
    account.there.hours_ahead = hours_ahead
    account.tick(minutes=minutes)
    for number in range(20):
        account.contact(f"old{number}")
        account.tick(hours=5)
    reader = Reader(account, "contacts", {"version": version})
    reader.pull()
    given: list[str] = []
    for number in range(25):
        account.tick(minutes=13)
        account.contact(f"new{number}")
        account.tick(minutes=4)
        given += ids(reader.pull())
    assert given == [f"new{number}" for number in range(25)]


def test_i2_the_search_asks_a_day_earlier_for_day_and_later_up_to_2_16(account: Account) -> None:
    reader = Reader(account, "contacts")
    reader.pull()
    at = account.there.now_s() - 600
    account.tick(hours=3)
    reader.pull()
    body = json.loads(account.there.asked[-1].content)
    filters = {(each["operator"], each["value"]) for each in body["query"]["value"]}
    assert body["query"]["operator"] == "OR"
    assert filters == {(">", at - 86_400), ("=", at - 86_400)}


def test_i2_from_2_17_on_it_asks_for_the_second(account: Account) -> None:
    reader = Reader(account, "contacts", {"version": "2.17"})
    reader.pull()
    at = account.there.now_s() - 600
    account.tick(hours=3)
    reader.pull()
    body = json.loads(account.there.asked[-1].content)
    assert body["query"]["value"] == [{"field": "updated_at", "operator": ">", "value": at - 1}]


def test_i2_one_request_tells_that_nothing_changed(account: Account) -> None:
    for number in range(400):
        account.contact(f"k{number}")
        account.tick(seconds=3)
    reader = Reader(account, "contacts")
    account.tick(hours=1)
    reader.pull()
    account.tick(minutes=20)
    account.forget()
    assert ids(reader.pull()) == []
    assert account.there.paths == ["POST /contacts/search"]


def test_i2_where_the_order_is_not_kept_everything_asked_for_is_read(account: Account) -> None:
    reader = Reader(account, "contacts")
    reader.pull()
    account.tick(hours=2)
    for number in range(300):
        account.contact(f"k{number:03d}", name=f"n{number}")
    old = account.there.contacts
    for number in range(0, 300, 2):
        old[f"k{number:03d}"]["updated_at"] -= 9_000

    def disordered(request: httpx.Request) -> httpx.Response:
        sent = json.loads(request.content)["pagination"].get("starting_after")
        start = int(sent) if sent else 0
        items = list(old.values())[start : start + 100]
        more = {"starting_after": str(start + 100)} if start < 200 else None
        return httpx.Response(200, json={"type": "list", "data": items, "total_count": 300, "pages": {"next": more}})

    account.there.say("POST", "/contacts/search", *[disordered] * 3)
    reader.pull()
    assert len(reader.rows) == 150


def test_i3_a_changed_conversation_is_read_again_although_its_contact_is_not(account: Account) -> None:
    account.contact("k1", ["c1"])
    account.conversation("77", contacts={"contacts": [{"type": "contact", "id": "k1"}]})
    account.tick(minutes=1)
    contacts, talks = Reader(account, "contacts"), Reader(account, "conversations")
    contacts.pull()
    talks.pull()
    account.tick(hours=1)
    account.conversation("77", state="closed", open=False)
    assert ids(contacts.pull()) == []
    assert ids(talks.pull()) == ["77"]
    assert talks.column("is_open", "77") is False


def test_i3_the_positions_of_contacts_and_their_links_are_apart(account: Account) -> None:
    account.contact("k1", ["c1"])
    account.tick(minutes=1)
    contacts, links = Reader(account, "contacts"), Reader(account, "associations")
    contacts.pull()
    links.pull()
    account.tick(hours=7)
    stamp = account.there.contacts["k1"]["updated_at"]
    account.contact("k1", ["c2"])
    account.there.contacts["k1"]["updated_at"] = stamp
    assert ids(contacts.pull()) == [], "Intercom did not say that it changed"
    assert set(ids(links.pull())) == {"contact:k1>account:c2"}


@pytest.mark.parametrize("stream", ["contacts", "associations"])
def test_i4_more_companies_than_shown_are_fetched_whatever_has_more_says(account: Account, stream: str) -> None:
    many = [f"c{number}" for number in range(23)]
    item = account.contact("k1", many)
    assert item["companies"]["has_more"] is False
    reader = Reader(account, stream)
    reader.pull()
    if stream == "contacts":
        assert reader.column("account_id", "k1") is None, "several companies decide nothing"
    else:
        assert set(reader.rows) == {f"contact:k1>account:{id}" for id in many}
    assert "GET /contacts/k1/companies" in account.there.paths


def test_i4_more_than_ten_shown_need_no_second_call(account: Account) -> None:
    item = account.contact("k1", [f"c{number}" for number in range(12)])
    item["companies"]["data"] = item["whole"]["companies"]
    reader = Reader(account, "associations")
    reader.pull()
    assert len(reader.rows) == 12
    assert "GET /contacts/k1/companies" not in account.there.paths


def test_i4_the_rest_of_a_nested_list_may_have_pages_of_its_own(account: Account) -> None:
    account.contact("k1", [f"c{number}" for number in range(60)])
    data = account.there.contacts["k1"]["whole"]["companies"]
    link = "https://api.intercom.io/contacts/k1/companies?per_page=50&page=2"
    first = {"companies": data[:50], "total_count": 60, "pages": {"page": 1, "total_pages": 2, "next": link}}
    second = {"data": data[50:], "total_count": 60, "pages": {"page": 2, "total_pages": 2, "next": None}}
    account.there.say("GET", "/contacts/k1/companies", *(httpx.Response(200, json=each) for each in (first, second)))
    reader = Reader(account, "associations")
    account.there.say("POST", "/contacts/search", httpx.Response(200, json={"data": [], "pages": {}}))
    reader.pull()
    assert len(reader.rows) == 60


@pytest.mark.parametrize("stream", ["contacts", "associations"])
def test_i5_a_child_that_is_not_there_any_more_does_not_end_the_run(account: Account, stream: str) -> None:
    for id in ("k1", "k2", "k3"):
        account.contact(id, [f"{id}-{number}" for number in range(11)])
    account.there.say("GET", "/contacts/k2/companies", *[error(404, "not_found", "User Not Found")] * 2)
    reader = Reader(account, stream)
    pages = reader.pull()
    if stream == "contacts":
        assert [id for page in pages for id in page.tombstones] == ["k2"]
        assert set(reader.rows) == {"k1", "k3"}
    else:
        assert {id.split(">")[0] for id in reader.rows} == {"contact:k1", "contact:k3"}


def test_i5_a_web_page_with_404_is_no_tombstone(account: Account) -> None:
    account.contact("k1", [f"c{number}" for number in range(11)])
    nginx = httpx.Response(404, text="<html><h1>404 Not Found</h1><hr>nginx</html>")
    account.there.say("GET", "/contacts/k1/companies", nginx)
    reader = Reader(account, "contacts")
    pages = reader.pull()
    assert [page.tombstones for page in pages] == [[]]
    assert set(reader.rows) == {"k1"}


@pytest.mark.parametrize("is_there", [True, False])
def test_i5_a_web_page_that_always_comes_is_looked_into(account: Account, *, is_there: bool) -> None:
    account.contact("k1", [f"c{number}" for number in range(11)])
    nginx = httpx.Response(404, text="<html><h1>404 Not Found</h1><hr>nginx</html>")
    account.there.say("GET", "/contacts/k1/companies", *[nginx] * 9)
    account.there.say("GET", "/contacts/k1", *([] if is_there else [nginx] * 9))
    reader = Reader(account, "contacts")
    if is_there:
        with pytest.raises(VendorTrouble):
            reader.pull()
    else:
        assert [page.tombstones for page in reader.pull()] == [["k1"]]


@pytest.mark.parametrize("stream", ["contacts", "conversations", "tickets"])
def test_i6_after_the_first_reading_only_changes_are_read(account: Account, stream: str) -> None:
    make = {"contacts": account.contact, "conversations": account.conversation, "tickets": account.ticket}[stream]
    for number in range(1, 400):
        make(str(number))
    account.tick(hours=1)
    reader = Reader(account, stream)
    reader.pull()
    assert len(reader.rows) == 399
    for _ in range(3):
        account.tick(hours=1)
        make("7")
        account.forget()
        assert [id.removeprefix("ticket:") for id in ids(reader.pull())] == ["7"]
        assert account.there.paths == [f"POST /{stream}/search"]


def test_i6_a_pull_cut_off_goes_on_where_it_was(account: Account) -> None:
    for number in range(500):
        account.conversation(str(number))
    reader = Reader(account, "conversations")
    source = account.connect()
    for found, _ in zip(source.pull(reader.declared(), None, account.clock.now()), range(2), strict=False):
        reader.land(found)
    account.forget()
    reader.pull()
    assert len(reader.rows) == 500
    assert len(account.there.paths) == 2


def test_a_permission_missing_for_one_resource_is_told_from_a_bad_token(account: Account) -> None:
    account.there.say("GET", "/conversations", *[error(401, "unauthorized", "Access Token Invalid")] * 2)
    with pytest.raises(PermissionMissing, match="may not read this") as caught:
        Reader(account, "conversations").pull()
    assert caught.value.request_id == "b2k3j4h5g6f7d8s9a0q1"
    assert account.there.paths == ["GET /conversations", "GET /me", "GET /conversations"]


def test_a_401_that_passes_costs_nothing(account: Account) -> None:
    account.conversation("1")
    account.there.say("GET", "/conversations", error(401, "unauthorized"))
    reader = Reader(account, "conversations")
    reader.pull()
    assert set(reader.rows) == {"1"}


def test_an_overlap_of_nothing_is_allowed(account: Account) -> None:
    reader = Reader(account, "conversations", {"overlap": timedelta(0)})
    reader.pull()
    account.tick(seconds=1)
    account.conversation("1")
    reader.pull()
    assert set(reader.rows) == {"1"}
