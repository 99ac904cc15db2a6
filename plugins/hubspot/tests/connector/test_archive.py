"""What was deleted and what came back: found within a day, at no further cost while nothing comes back."""

from __future__ import annotations

import pytest

from cshub_hubspot.archive import MOST, Archive

from .conftest import Account, Open, Reader


def next_day(account: Account, reader: Reader) -> None:
    account.tick(hours=25)
    reader.pull()


@pytest.mark.parametrize("restored", ["unstamped", "stamped"])
@pytest.mark.parametrize("stream", ["companies", "tickets"])
def test_a_record_that_comes_back_is_found_within_a_day(open_account: Open, stream: str, restored: str) -> None:
    account = open_account(restored=restored)
    values = {"name": "a"} if stream == "companies" else {"subject": "a"}
    one, two = (account.add(stream, **values) for _ in range(2))
    reader = Reader(account, stream)
    next_day(account, reader)
    account.sandbox.vendor.remove(stream, one)
    next_day(account, reader)
    assert set(reader.rows) == {two}
    account.sandbox.vendor.restore(stream, one)
    next_day(account, reader)
    assert set(reader.rows) == {one, two}


def test_a_record_that_comes_back_as_it_was_given_a_moment_ago_is_given_again(account: Account) -> None:
    reader = Reader(account, "companies")
    one = account.add("companies", name="a")
    next_day(account, reader)
    account.tick(hours=25)
    account.sandbox.vendor.edit("companies", one, {"name": "b"})
    account.sandbox.vendor.remove("companies", one)
    reader.pull()
    assert reader.rows == {}
    account.sandbox.vendor.restore("companies", one)
    account.tick(minutes=5)
    reader.pull()
    assert set(reader.rows) == {one}


def test_what_was_merged_into_a_deleted_record_is_gone_with_it(account: Account) -> None:
    one, two = (account.add("companies", name=name) for name in "ab")
    reader = Reader(account, "companies")
    reader.pull()
    survivor = account.sandbox.vendor.merge("companies", one, into=two)
    account.sandbox.vendor.remove("companies", survivor)
    next_day(account, reader)
    assert reader.rows == {}


def test_a_look_at_an_archive_that_nothing_left_costs_its_pages_alone(account: Account) -> None:
    ids = [account.add("companies", name=f"c{n}") for n in range(120)]
    reader = Reader(account, "companies")
    reader.pull()
    for id in ids[:110]:
        account.sandbox.vendor.remove("companies", id)
    for _ in range(2):
        next_day(account, reader)
    account.forget()
    next_day(account, reader)
    assert len(reader.rows) == 10
    assert len(account.paths) == 3
    assert not any("batch/read" in path for path in account.paths)


def test_a_look_that_was_stopped_goes_on_and_forgets_nothing(account: Account) -> None:
    ids = [account.add("companies", name=f"c{n}") for n in range(130)]
    reader = Reader(account, "companies")
    reader.pull()
    for id in ids[:120]:
        account.sandbox.vendor.remove("companies", id)
    next_day(account, reader)
    account.tick(hours=25)
    source = account.connect()
    walk = source.pull(reader.declared(), reader.cursor, account.clock.now())
    for page in walk:
        reader.land(page)
        if b'"archived"' in page.cursor:
            break
    account.sandbox.vendor.restore("companies", ids[3])
    reader.pull()
    for _ in range(2):
        next_day(account, reader)
    assert set(reader.rows) == {ids[3], *ids[120:]}


def element(id: int, at: str) -> dict[str, object]:
    return {"id": str(id), "properties": {}, "archivedAt": at}


def test_only_the_newest_that_can_still_come_back_are_remembered() -> None:
    since_ms = 1_800_000_000_000  # 2027-01-15
    archive = Archive({}, since_ms)
    archive.note([element(n, "2027-01-10T00:00:00Z") for n in range(MOST + 50)])  # type: ignore[arg-type]  # plain JSON as a test writes it
    archive.note([element(9_999, "2027-01-14T00:00:00Z"), element(9_998, "2026-01-01T00:00:00Z")])  # type: ignore[list-item]  # plain JSON as a test writes it
    assert len(archive.known) == MOST
    assert "9999" in archive.known
    assert "9998" not in Archive({"9998": since_ms - 91 * 86_400_000}, since_ms).known


@pytest.mark.parametrize("at", [None, "nonsense", 7])
def test_an_element_that_does_not_say_when_may_be_new(at: object) -> None:
    archive = Archive({}, 1_800_000_000_000)
    assert archive.note([{"id": "5", "archivedAt": at}, {"archivedAt": at}, "no object"]) == ["5"]  # type: ignore[list-item]  # plain JSON as a test writes it
