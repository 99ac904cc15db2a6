"""The traps of reading, H1–H12 and G1–G6, each under its name (G1 and H11: test_cursor; G4: test_settings; H6: test_limits)."""

from __future__ import annotations

import json

import pytest

from cshub import AnswerError, RateLimited, VendorTrouble
from cshub.testing.sandbox import Fault, FaultKind

from .conftest import GENERATIONS, Account, Open, Reader, ids

STREAMS = ("companies", "contacts", "deals", "tickets")


def bodies(account: Account) -> list[dict[str, object]]:
    """The bodies of all searches."""
    return [json.loads(each.body) for each in account.wire.exchanges if each.path.endswith("/search")]


def everything(account: Account, stream: str) -> set[str]:
    """The ids HubSpot holds."""
    return {str(record["id"]) for record in account.sandbox.vendor.dump(stream)}


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("stream", STREAMS)
def test_h12_a_pull_without_news_is_one_request(open_account: Open, generation: str, stream: str) -> None:
    account = open_account(customers=60, generation=generation)
    reader = Reader(account, stream)
    reader.pull()
    account.tick(minutes=15)
    account.forget()
    reader.pull()
    assert [path.rpartition("/")[2] for path in account.paths] == ["search"]


def test_h12_only_what_changed_is_read_again(open_account: Open) -> None:
    account = open_account(customers=60)
    reader = Reader(account, "companies")
    reader.pull()
    account.tick(hours=1)
    changed = sorted(reader.rows)[5]
    account.sandbox.vendor.edit("companies", changed, {"name": "New name"})
    assert ids(reader.pull()) == [changed]
    assert reader.column("name", changed) == "New name"
    assert ids(reader.pull()) == [], "the overlap's rows were given already"


def test_h1_searches_go_past_the_cap(open_account: Open) -> None:
    account = open_account(search_cap=600)
    reader = Reader(account, "companies")
    reader.pull()
    account.tick(hours=1)
    for number in range(1_500):
        account.add("companies", name=f"c{number}")
        account.tick(milliseconds=7)
    account.tick(hours=1)
    reader.pull()
    assert set(reader.rows) == everything(account, "companies")
    assert len(reader.rows) == 1_500
    assert [body for body in bodies(account) if "after" in body] == []


@pytest.mark.parametrize("before", [0, 3])
def test_h2_more_rows_in_one_millisecond_than_a_search_gives(open_account: Open, before: int) -> None:
    account = open_account(search_cap=400)
    reader = Reader(account, "contacts")
    reader.pull()
    account.tick(hours=1)
    for number in range(before):
        account.add("contacts", email=f"before{number}@x.example")
        account.tick(seconds=1)
    for number in range(1_100):
        account.add("contacts", email=f"c{number}@x.example")
    account.tick(seconds=1)
    account.add("contacts", email="after@x.example")
    account.tick(hours=1)
    pages = reader.pull()
    assert set(reader.rows) == everything(account, "contacts")
    assert len(reader.rows) == 1_101 + before
    assert len(pages) < 12
    assert [body for body in bodies(account) if "after" in body] == []


def test_h2_a_pull_stopped_inside_one_millisecond_goes_on_there(open_account: Open) -> None:
    account = open_account()
    reader = Reader(account, "contacts")
    reader.pull()
    account.tick(hours=1)
    for number in range(700):
        account.add("contacts", email=f"c{number}@x.example")
    account.tick(hours=1)
    source = account.connect()
    stopped = source.pull(reader.declared(), reader.cursor, account.clock.now())
    for page, _ in zip(stopped, range(2), strict=False):
        reader.land(page)
    account.forget()
    reader.pull()
    assert len(reader.rows) == 700
    assert len(account.paths) == 3


def test_h3_a_lagging_index_costs_no_row(open_account: Open) -> None:
    account = open_account(search_lag_s=300)
    reader = Reader(account, "companies")
    reader.pull()
    for number in range(30):
        account.tick(minutes=1)
        account.add("companies", name=f"c{number}")
        reader.pull()
    account.tick(minutes=6)
    reader.pull()
    assert set(reader.rows) == everything(account, "companies")


def test_h3_what_the_index_shows_later_than_any_overlap_is_found_within_a_day(open_account: Open) -> None:
    account = open_account(search_lag_s=3 * 3600)
    reader = Reader(account, "companies")
    reader.pull()
    account.tick(hours=1)
    late = account.add("companies", name="late")
    for _ in range(6):
        account.tick(minutes=30)
        reader.pull()
    account.tick(hours=24)
    reader.pull()
    assert late in reader.rows


def test_h3_rows_are_read_up_to_now(account: Account) -> None:
    reader = Reader(account, "companies")
    reader.pull()
    account.tick(minutes=1)
    fresh = account.add("companies", name="fresh")
    reader.pull()
    assert fresh in reader.rows


@pytest.mark.parametrize("stream", ["deals", "tickets"])
@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("missing", ["errors", "left_out"])
@pytest.mark.parametrize("answers", ["official", "recorded"])
def test_h4_rows_carry_their_references(
    open_account: Open, stream: str, generation: str, missing: str, answers: str
) -> None:
    account = open_account(generation=generation, no_associations=missing, answers=answers)
    company, contact = account.add("companies", name="c"), account.add("contacts", email="a@x.example")
    name = {"deals": "dealname", "tickets": "subject"}[stream]
    linked, alone = account.add(stream, **{name: "linked"}), account.add(stream, **{name: "alone"})
    for to, id in (("companies", company), ("contacts", contact)):
        account.api("PUT", f"/crm/objects/2026-09/{stream}/{linked}/associations/default/{to}/{id}").raise_for_status()
    reader = Reader(account, stream)
    reader.pull()
    assert (reader.column("account_id", linked), reader.column("contact_id", linked)) == (company, contact)
    assert (reader.column("account_id", alone), reader.column("contact_id", alone)) == (None, None)


def test_h4_a_link_made_just_after_its_record_arrives_with_the_next_pull(account: Account) -> None:
    company, deal = account.add("companies", name="c"), account.add("deals", dealname="d")
    reader = Reader(account, "deals")
    reader.pull()
    account.api("PUT", f"/crm/objects/2026-09/deals/{deal}/associations/default/companies/{company}").raise_for_status()
    account.tick(minutes=2)
    reader.pull()
    assert reader.column("account_id", deal) == company


@pytest.mark.parametrize("kind", [FaultKind.SERVER_ERROR, FaultKind.HTML, FaultKind.WRONG_TYPE])
def test_h5_without_its_links_no_row_is_given(open_account: Open, kind: FaultKind) -> None:
    account = open_account(customers=20)
    account.sandbox.faults.add(Fault(kind=kind, on="*/associations/*"))
    reader = Reader(account, "deals")
    with pytest.raises((VendorTrouble, AnswerError)):
        reader.pull()
    assert reader.rows == {}
    assert reader.cursor is None


@pytest.mark.parametrize("generation", GENERATIONS)
def test_h7_hundreds_of_properties_arrive_whole(open_account: Open, generation: str) -> None:
    names = [f"a_rather_long_property_name_{number}" for number in range(250)]
    row = {"name": "c", **{name: f"value {name}" for name in names}}
    account = open_account(generation=generation, seed_companies=[row, {**row, "name": "d"}])
    reader = Reader(account, "companies", {"accounts": {f"x{at}": name for at, name in enumerate(names)}})
    reader.pull()
    first, second = sorted(reader.rows)
    account.tick(hours=1)
    account.sandbox.vendor.edit("companies", second, {names[249]: "changed"})
    reader.pull()
    expected = {f"x{at}": f"value {name}" for at, name in enumerate(names)}
    assert reader.rows[first][-1] == expected
    assert reader.rows[second][-1] == {**expected, "x249": "changed"}
    assert max(len(each.query) for each in account.wire.exchanges) < 5_000
    assert max(len(each.body) for each in account.wire.exchanges if each.path.endswith("/search")) <= 3_000


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("stream", STREAMS)
def test_h8_archived_records_become_tombstones(open_account: Open, generation: str, stream: str) -> None:
    account = open_account(customers=20, generation=generation)
    reader = Reader(account, stream)
    reader.pull()
    gone = sorted(reader.rows)[3]
    account.tick(hours=2)
    account.sandbox.vendor.remove(stream, gone)
    account.tick(hours=23)
    tombstones = [id for page in reader.pull() for id in page.tombstones]
    assert tombstones == [gone]
    account.tick(hours=25)
    assert [id for page in reader.pull() for id in page.tombstones] == [], "each is told once"


@pytest.mark.parametrize("same", ["new", "same"])
def test_h8_merged_records_live_on_once_chains_included(open_account: Open, same: str) -> None:
    account = open_account(merge_ids=same)
    first, second, third = (account.add("contacts", email=f"{name}@x.example") for name in "abc")
    reader = Reader(account, "contacts")
    reader.pull()
    account.tick(hours=1)
    once = merge(account, second, first)
    account.tick(minutes=1)
    twice = merge(account, third, once)
    account.tick(hours=1)
    pages = reader.pull()
    assert set(reader.rows) == {twice} == everything(account, "contacts")
    merges = {pair for page in pages for pair in page.merges}
    assert {(gone, twice) for gone in {first, second, third, once} - {twice}} <= merges


def merge(account: Account, primary: str, other: str) -> str:
    """Merge `other` into `primary`; the survivor's id."""
    body = {"primaryObjectId": primary, "objectIdToMerge": other}
    answer = account.api("POST", "/crm/objects/2026-09/contacts/merge", body)
    return str(answer.raise_for_status().json()["id"])


def test_h8_a_sweep_lists_every_living_id(open_account: Open) -> None:
    account = open_account(customers=80)
    source, stream = account.connect(), Reader(account, "companies").declared()
    account.sandbox.vendor.remove("companies", min(everything(account, "companies")))
    lots = list(source.ids(stream, None))
    assert {id for lot, _ in lots for id in lot} == everything(account, "companies")
    rest = [id for lot, _ in source.ids(stream, lots[0][1]) for id in lot]
    assert rest == [id for lot, _ in lots[1:] for id in lot]


def test_g3_an_incomplete_sweep_does_not_end_by_itself(open_account: Open) -> None:
    account = open_account(customers=80)
    account.sandbox.faults.add(Fault(kind=FaultKind.SERVER_ERROR, skip=1))
    sweep = account.connect().ids(Reader(account, "contacts").declared(), None)
    assert len(next(sweep)[0]) == 100
    with pytest.raises(VendorTrouble):
        next(sweep)


def test_g3_neither_does_one_with_a_record_that_has_no_id(open_account: Open) -> None:
    account = open_account(customers=10)
    account.sandbox.faults.add(Fault(kind=FaultKind.BAD_ROW))
    with pytest.raises(AnswerError, match="without a usable id"):
        list(account.connect().ids(Reader(account, "contacts").declared(), None))


def test_h9_a_token_that_expires_between_pages_is_renewed_once(open_account: Open) -> None:
    account = open_account(customers=100)
    names = {
        "client_id": "HUBSPOT_CLIENT_ID",
        "client_secret": "HUBSPOT_CLIENT_SECRET",
        "refresh_token": "HUBSPOT_REFRESH_TOKEN",
    }
    oauth = {key: account.sandbox.credentials[name] for key, name in names.items()}
    account.sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMITED, on="*/oauth/*", times=2, retry_after="3"))
    source, reader = account.connect(token=None, **oauth), Reader(account, "contacts")
    for number, page in enumerate(source.pull(reader.declared(), None, account.clock.now())):
        reader.land(page)
        account.tick(minutes=31 if number == 1 else 0)
    assert set(reader.rows) == everything(account, "contacts")
    granted = [each for each in account.wire.exchanges if "/oauth/" in each.path and each.status == 200]
    assert len(granted) == 2
    assert account.clock.slept[:2] == [3.0, 3.0]


def test_h9_a_token_refused_mid_stream_costs_one_refresh_and_no_row(open_account: Open) -> None:
    account = open_account(customers=100)
    names = {
        "client_id": "HUBSPOT_CLIENT_ID",
        "client_secret": "HUBSPOT_CLIENT_SECRET",
        "refresh_token": "HUBSPOT_REFRESH_TOKEN",
    }
    oauth = {key: account.sandbox.credentials[name] for key, name in names.items()}
    account.sandbox.faults.add(Fault(kind=FaultKind.UNAUTHORIZED, on="*/objects/*", skip=2, times=1))
    source, reader = account.connect(token=None, **oauth), Reader(account, "contacts")
    for page in source.pull(reader.declared(), None, account.clock.now()):
        reader.land(page)
    assert set(reader.rows) == everything(account, "contacts")
    assert len([path for path in account.paths if "/oauth/" in path]) == 2


def test_h10_a_storm_of_limits_leaves_the_position_after_the_last_page(open_account: Open) -> None:
    account = open_account(customers=150)
    account.sandbox.faults.add(Fault(kind=FaultKind.RATE_LIMITED, skip=4, times=50))
    reader = Reader(account, "contacts")
    with pytest.raises(RateLimited):
        reader.pull()
    assert len(reader.rows) == 400
    account.sandbox.faults.clear()
    account.forget()
    reader.pull()
    assert set(reader.rows) == everything(account, "contacts")
    assert len(account.paths) == -(-len(reader.rows) // 100) - 4


def test_h10_the_budget_keeps_within_the_vendors_limits(open_account: Open) -> None:
    account = open_account(customers=300, limits="vendor")
    for stream in STREAMS:
        reader = Reader(account, stream)
        reader.pull()
        account.tick(hours=1)
        reader.pull()
    assert {each.status for each in account.wire.exchanges} <= {200, 207}


def test_g2_a_bad_row_is_counted_and_the_others_arrive(open_account: Open) -> None:
    account = open_account(customers=50)
    account.sandbox.faults.add(Fault(kind=FaultKind.BAD_ROW, times=1))
    reader = Reader(account, "companies")
    pages = reader.pull()
    rejects = [each for page in pages for each in page.rejects]
    assert len(rejects) == 1
    assert rejects[0].payload
    assert len(reader.rows) == len(everything(account, "companies")) - 1


def test_g5_every_row_has_the_vendors_own_key(open_account: Open) -> None:
    account = open_account(customers=50)
    for stream in (*STREAMS, "owners", "associations"):
        pages = Reader(account, stream).pull()
        assert len(set(ids(pages))) == len(ids(pages)) > 0


def test_g6_streams_read_side_by_side_do_not_touch_each_others_positions(open_account: Open) -> None:
    account = open_account(customers=60)
    alone = {stream: Reader(account, stream) for stream in STREAMS}
    for reader in alone.values():
        reader.pull()
    source = account.connect()
    walks = {name: source.pull(alone[name].declared(), None, account.clock.now()) for name in STREAMS}
    last: dict[str, bytes] = {}
    while walks:
        for name in list(walks):
            page = next(walks[name], None)
            if page is None:
                del walks[name]
            else:
                last[name] = page.cursor
    assert last == {name: reader.cursor for name, reader in alone.items()}
