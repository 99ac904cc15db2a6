from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from cshub.errors import LeaseLost, StoreBusy
from cshub.store import Lease, Store

PIN = "insert into org_pin (connection, org, account, pinned_at) values (?, 'o', 'a', 1)"
PINS = "select connection from org_pin order by 1"


def pins(store: Store) -> list[str]:
    with store.db.read() as reader:
        return [str(name) for (name,) in reader.all(PINS)]


def test_what_a_transaction_writes_is_there_afterwards(store: Store) -> None:
    with store.db.transaction() as transaction:
        assert transaction.many(PIN, [("a",), ("b",)]) == 2
    assert pins(store) == ["a", "b"]


def test_an_exception_takes_everything_back(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.db.transaction() as transaction:
        transaction.many(PIN, ((str(1 // number),) for number in (1, 0)))
    assert pins(store) == []


def test_a_transaction_sees_what_it_wrote(store: Store) -> None:
    with store.db.transaction() as transaction:
        transaction.many(PIN, [("a",)])
        assert transaction.one(PINS) == ("a",)


def test_one_gives_none_where_there_is_nothing(store: Store) -> None:
    with store.db.read() as reader:
        assert reader.one(PINS) is None


def test_each_gives_records_one_by_one(store: Store) -> None:
    with store.db.transaction() as transaction:
        transaction.many(PIN, [("a",), ("b",)])
    with store.db.read() as reader:
        assert list(reader.each(PINS)) == [("a",), ("b",)]


def test_a_reader_sees_the_same_state_as_long_as_it_is_open(store: Store) -> None:
    with store.db.read() as reader:
        with store.db.transaction() as transaction:
            transaction.many(PIN, [("a",)])
        assert reader.all(PINS) == []
    assert pins(store) == ["a"]


def test_readers_may_be_nested_and_each_has_its_own_state(store: Store) -> None:
    with store.db.read() as outer:
        with store.db.transaction() as transaction:
            transaction.many(PIN, [("a",)])
        with store.db.read() as inner:
            assert (outer.all(PINS), inner.all(PINS)) == ([], [("a",)])


def test_nothing_can_be_written_through_a_reader(store: Store) -> None:
    with pytest.raises(Exception, match=r"readonly|read-only"), store.db.read() as reader:
        reader.all("delete from org_pin")


def test_a_transaction_inside_a_transaction_is_refused_at_once(store: Store) -> None:
    with pytest.raises(RuntimeError, match="inside a transaction"), store.db.transaction(), store.db.transaction():
        pass


def test_threads_take_turns_at_writing(store: Store) -> None:
    def write(name: str) -> None:
        with store.db.transaction() as transaction:
            transaction.many(PIN, [(name,)])

    threads = [threading.Thread(target=write, args=(f"{number:02}",)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert pins(store) == [f"{number:02}" for number in range(20)]


def test_sequence_numbers_grow_and_are_reserved_in_blocks(store: Store) -> None:
    with store.db.transaction() as transaction:
        first, second = transaction.next_seq(10), transaction.next_seq()
    assert (first, second) == (1, 11)


def test_sequence_numbers_of_a_transaction_that_failed_are_given_again(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.db.transaction() as transaction:
        transaction.next_seq(5 // (transaction.next_seq() - 1))
    with store.db.transaction() as transaction:
        assert transaction.next_seq() == 1


def test_a_lease_that_is_held_lets_the_transaction_through(store: Store) -> None:
    with store.leases.take("x") as lease, store.db.transaction(lease) as transaction:
        transaction.many(PIN, [("a",)])
    assert pins(store) == ["a"]


@pytest.mark.parametrize("token", [0, 2])
def test_another_token_than_the_stores_commits_nothing(store: Store, token: int) -> None:
    with store.leases.take("x") as lease:
        assert lease.token == 1
    stale = Lease(name="x", token=token)
    with pytest.raises(LeaseLost), store.db.transaction(stale) as transaction:
        transaction.many(PIN, [("a",)])
    assert pins(store) == []


def test_one_lost_lease_among_several_is_enough(store: Store) -> None:
    with store.leases.take("x") as good:
        with pytest.raises(LeaseLost), store.db.transaction(good, Lease(name="y", token=1)) as transaction:
            transaction.many(PIN, [("a",)])
        assert pins(store) == []


def test_a_store_locked_by_another_process_is_busy_after_its_time(opened: Callable[[], Store]) -> None:
    one, other = opened(), opened()
    with one.db.transaction(), pytest.raises(StoreBusy, match="another process"), other.db.transaction():
        pass


def test_reading_goes_on_while_another_process_writes(opened: Callable[[], Store]) -> None:
    one, other = opened(), opened()
    with one.db.transaction() as transaction:
        transaction.many(PIN, [("a",)])
        assert pins(other) == []
    assert pins(other) == ["a"]
