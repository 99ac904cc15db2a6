"""Reading lists from the sandbox: nothing lost, nothing read for nothing."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from cshub import AnswerError, PageLoop, VendorTrouble
from cshub.testing.sandbox import Fault, FaultKind
from cshub_hubspot import query, search

from .conftest import GENERATIONS, NOW, Account, Open, Reader, ids

STREAMS = ("companies", "contacts", "deals", "tickets")


def everything(account: Account, stream: str) -> set[str]:
    """The ids HubSpot holds."""
    return {str(record["id"]) for record in account.sandbox.vendor.dump(stream)}


@pytest.mark.parametrize("generation", [*GENERATIONS, "2026-03"])
@pytest.mark.parametrize("stream", STREAMS)
def test_a_first_pull_reads_everything_once(open_account: Open, generation: str, stream: str) -> None:
    account = open_account(customers=60, generation=generation)
    reader = Reader(account, stream)
    pages = reader.pull()
    assert set(reader.rows) == everything(account, stream)
    assert len(ids(pages)) == len(reader.rows)
    assert [page.rejects for page in pages if page.rejects] == []


def test_changes_during_the_first_reading_are_not_lost(open_account: Open) -> None:
    account = open_account(customers=150)
    reader = Reader(account, "contacts")
    source = account.connect()
    walk = source.pull(reader.declared(), None, account.clock.now())
    reader.land(next(walk))
    early = min(reader.rows)
    account.tick(hours=3)
    account.sandbox.vendor.edit("contacts", early, {"jobtitle": "changed meanwhile"})
    born = account.add("contacts", email="born@x.example")
    for page in walk:
        reader.land(page)
        account.tick(minutes=30)
    reader.pull()
    assert reader.column("role", early) == "changed meanwhile"
    assert born in reader.rows


@pytest.mark.parametrize("stream", ["contacts", "deals", "owners", "associations"])
def test_a_pull_can_go_on_after_every_page(open_account: Open, stream: str) -> None:
    account = open_account(customers=60)
    whole = Reader(account, stream)
    pages = whole.pull()
    for place, page in enumerate(pages):
        rest = Reader(account, stream, cursor=page.cursor)
        rest.rows = {str(row[0]): row for each in pages[: place + 1] for row in each.rows}
        rest.pull()
        assert rest.rows == whole.rows


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(hours=-2)])
def test_a_clock_two_hours_off_loses_nothing(open_account: Open, ahead: timedelta) -> None:
    account = open_account()
    account.clock.ahead = ahead
    reader = Reader(account, "companies")
    reader.pull()
    for number in range(8):
        account.add("companies", name=f"c{number}")
        account.tick(minutes=20)
        account.clock.ahead = ahead if number < 4 else timedelta(0)
        reader.pull()
        assert set(reader.rows) == everything(account, "companies")


def test_a_cursor_that_comes_twice_is_found(open_account: Open) -> None:
    account = open_account(customers=150)
    account.sandbox.faults.add(Fault(kind=FaultKind.SAME_CURSOR))
    with pytest.raises(PageLoop):
        Reader(account, "contacts").pull()
    assert len(account.paths) <= 2


@pytest.mark.parametrize("kind", [FaultKind.HTML, FaultKind.EMPTY, FaultKind.TRUNCATED, FaultKind.WRONG_TYPE])
@pytest.mark.parametrize("stream", [*STREAMS, "owners", "associations"])
def test_a_spoiled_answer_is_never_stored_as_data(open_account: Open, kind: FaultKind, stream: str) -> None:
    account = open_account(customers=20)
    account.sandbox.faults.add(Fault(kind=kind))
    reader = Reader(account, stream)
    with pytest.raises((AnswerError, VendorTrouble), match=f"crm: {stream} "):
        reader.pull()
    assert reader.rows == {}


@pytest.mark.parametrize("seed", range(40))
def test_a_vendor_that_changes_while_it_is_read_ends_up_stored_as_it_is(
    open_account: Open, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(query, "SEARCH_LIMIT", 5)
    monkeypatch.setattr(search, "SEARCH_LIMIT", 5)
    chance = random.Random(seed)
    account = open_account(
        search_lag_s=30, stray_results=chance.random() < 0.7, restless=chance.random() < 0.5, search_cap=50
    )
    reader = Reader(account, "companies")
    reader.pull()
    for _ in range(chance.randint(3, 6)):
        for _ in range(chance.randint(0, 60)):
            disturb(account, chance)
        source = account.connect()
        for page in source.pull(reader.declared(), reader.cursor, account.clock.now()):
            reader.land(page)
            account.tick(milliseconds=1)
            disturb(account, chance)
            if chance.random() < 0.05:
                break
        account.tick(minutes=chance.choice([0, 5, 60]))
    for wait in ({"minutes": 5}, {"minutes": 5}, {"hours": 25}):
        account.tick(**wait)
        reader.pull()
    names = {str(each["id"]): each["properties"]["name"] for each in account.sandbox.vendor.dump("companies")}
    assert {id: reader.column("name", id) for id in reader.rows} == names


def disturb(account: Account, chance: random.Random) -> None:
    """Somebody adds, edits or deletes a company; often several in one instant."""
    living = sorted(everything(account, "companies"))
    what = chance.random()
    if what < 0.5 or not living:
        account.add("companies", name=f"c{chance.random()}")
    elif what < 0.9:
        account.sandbox.vendor.edit("companies", chance.choice(living), {"name": f"e{chance.random()}"})
    else:
        account.sandbox.vendor.remove("companies", chance.choice(living))
    account.tick(milliseconds=chance.choice([0, 0, 0, 1, 5_000]))


def test_the_sandbox_stands_at_a_fixed_instant(account: Account) -> None:
    assert account.clock.now() == NOW
