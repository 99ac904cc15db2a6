"""W4: one bad row of a hundred is found in at most nine calls, and every good row is written."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cshub import Outcome, RecordWrite, WriteState
from cshub_hubspot.isolate import Refusal, narrow

WHY = Refusal(code="VALIDATION_ERROR", message="no")


class Vendor:
    """Refuses every call that holds a bad row, and remembers what it was sent."""

    def __init__(self, bad: set[int]) -> None:
        self.bad = {str(number) for number in bad}
        self.calls: list[list[str]] = []

    def send(self, rows: Sequence[RecordWrite]) -> list[Outcome] | Refusal:
        ids = [row.id for row in rows]
        self.calls.append(ids)
        if self.bad & set(ids):
            return Refusal(code="VALIDATION_ERROR", message=f"refused {len(ids)}")
        return [Outcome(id=id, state=WriteState.WRITTEN) for id in ids]

    def outcomes(self, size: int) -> list[Outcome]:
        rows = [RecordWrite(id=str(number), values={}) for number in range(size)]
        first = self.send(rows)
        return list(narrow(rows, first, self.send, rejected)) if isinstance(first, Refusal) else first


def rejected(row: RecordWrite, why: Refusal) -> Outcome:
    return Outcome(id=row.id, state=WriteState.REJECTED, message=why.message)


def states(outcomes: list[Outcome]) -> dict[str, WriteState]:
    assert len({each.id for each in outcomes}) == len(outcomes)
    return {each.id: each.state for each in outcomes}


@pytest.mark.parametrize("bad", range(100))
def test_w4_one_bad_row_of_a_hundred_takes_at_most_nine_calls(bad: int) -> None:
    vendor = Vendor({bad})
    found = states(vendor.outcomes(100))
    assert len(found) == 100
    assert [id for id, state in found.items() if state is WriteState.REJECTED] == [str(bad)]
    assert len(vendor.calls) <= 9


def test_w4_good_rows_are_written_once() -> None:
    vendor = Vendor({42})
    vendor.outcomes(100)
    taken = [id for call in vendor.calls if "42" not in call for id in call]
    assert sorted(taken, key=int) == [str(number) for number in range(100) if number != 42]


@given(st.integers(1, 100).flatmap(lambda size: st.tuples(st.just(size), st.sets(st.integers(0, size - 1)))))
def test_w4_any_bad_rows_are_told_from_the_good_ones(case: tuple[int, set[int]]) -> None:
    size, bad = case
    vendor = Vendor(bad)
    found = states(vendor.outcomes(size))
    assert {int(id) for id, state in found.items() if state is WriteState.REJECTED} == bad
    assert len(found) == size
    assert len(vendor.calls) <= 2 * size + 9
