"""Reading all companies by list: it moves while it is read, and what is missing at the end counts as gone."""

from __future__ import annotations

import httpx
import pytest

from cshub import PageLoop, RequestRefused, VendorTrouble

from .conftest import Account, Reader, ids
from .scripted import error


def many(account: Account, count: int) -> None:
    for number in range(count):
        account.company(f"c{number}", last_request_at=account.there.now_s() - number * 60)


def test_a_list_that_stands_still_is_read_once(account: Account) -> None:
    many(account, 200)
    reader = Reader(account, "companies")
    pages = reader.pull()
    assert len(reader.rows) == 200
    assert account.there.paths == ["POST /companies/list"] * 4
    assert b'"done":true' in pages[-1].cursor


def test_a_company_that_moves_to_the_front_is_not_taken_for_gone(account: Account) -> None:
    many(account, 200)
    account.there.before[2] = lambda: account.there.companies[150].update(last_request_at=account.there.now_s() + 9)
    reader = Reader(account, "companies")
    given = ids(reader.pull())
    assert "c150" in reader.rows
    assert len(given) == len(set(given)) == 200


def test_a_company_pushed_over_a_pages_edge_by_a_deletion_is_not_taken_for_gone(account: Account) -> None:
    many(account, 200)
    account.there.before[2] = lambda: account.there.companies.pop(3)
    reader = Reader(account, "companies")
    reader.pull()
    assert set(reader.rows) >= {each["id"] for each in account.there.companies}


def test_a_count_that_includes_what_the_list_leaves_out_is_not_waited_for(account: Account) -> None:
    data = [account.company(f"c{number}") for number in range(5)]
    short = httpx.Response(200, json={"type": "list", "data": data, "total_count": 9, "pages": {"next": None}})
    account.there.say("POST", "/companies/list", *[short] * 9)
    reader = Reader(account, "companies")
    pages = reader.pull()
    assert len(reader.rows) == 5
    assert len(ids(pages)) == 5
    assert len(account.there.paths) == 2, "a second reading that finds nothing new is believed"


def test_companies_that_never_come_to_rest_are_trouble(account: Account) -> None:
    def always_another(_: httpx.Request) -> httpx.Response:
        data = [{"id": f"c{len(account.there.asked)}", "updated_at": 1}]
        return httpx.Response(200, json={"data": data, "total_count": 99, "pages": {"next": None}})

    account.there.say("POST", "/companies/list", *[always_another] * 9)
    with pytest.raises(VendorTrouble, match="keep moving"):
        Reader(account, "companies").pull()


def test_a_record_without_an_id_is_told_once(account: Account) -> None:
    data = [account.company("c1"), {"id": None, "name": "nobody"}]
    answer = httpx.Response(200, json={"type": "list", "data": data, "total_count": 2, "pages": {"next": None}})
    account.there.say("POST", "/companies/list", *[answer] * 9)
    reader = Reader(account, "companies")
    pages = reader.pull()
    assert len([each for page in pages for each in page.rejects]) == 1
    assert set(reader.rows) == {"c1"}


def test_a_list_that_turns_out_too_long_is_scrolled(account: Account) -> None:
    many(account, 100)
    account.there.say(
        "POST", "/companies/list", None, error(400, "bad_request", "page limit reached, please use scroll API")
    )
    reader = Reader(account, "companies")
    reader.pull()
    assert len(reader.rows) == 100
    assert "GET /companies/scroll" in account.there.paths


def test_where_a_list_is_wanted_its_limit_is_told(account: Account) -> None:
    account.there.say("POST", "/companies/list", error(400, "bad_request", "page limit reached, please use scroll API"))
    with pytest.raises(RequestRefused, match="page limit"):
        Reader(account, "companies", {"read_companies": "list"}).pull()


def test_a_reading_cut_off_begins_anew(account: Account) -> None:
    many(account, 200)
    reader = Reader(account, "companies")
    source = account.connect()
    reader.land(next(iter(source.pull(reader.declared(), None, account.clock.now()))))
    pages = reader.pull()
    assert len(ids(pages)) == 200


def test_an_empty_workspace_gives_an_empty_page(account: Account) -> None:
    assert [list(page.rows) for page in Reader(account, "companies").pull()] == [[], []]


def test_a_list_whose_next_page_is_always_the_same_is_found(account: Account) -> None:
    def loop(_: httpx.Request) -> httpx.Response:
        data = [{"id": f"c{len(account.there.asked)}", "updated_at": 1}]
        pages = {"next": "https://api.intercom.io/companies/list?per_page=60&page=2"}
        return httpx.Response(200, json={"data": data, "total_count": 99, "pages": pages})

    account.there.say("POST", "/companies/list", *[loop] * 9)
    with pytest.raises(PageLoop):
        Reader(account, "companies").pull()
    assert len(account.there.asked) == 2
