"""F12 and F13: whatever people do while an org is read, in pulls cut short anywhere, the rows end as the records do."""

from __future__ import annotations

from itertools import count
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cshub.testing import ManualClock

from .conftest import Desk, Reader
from .org import Org

DEEDS = (
    *("add", "add late", "edit", "remove", "restore", "merge"),
    *("wait", "wait", "wait long", "pull", "pull", "cut", "dead", "bulk", "show"),
)
#: What happens, and to which record or how far.
STEPS = st.lists(
    st.tuples(
        st.sampled_from(DEEDS),
        st.integers(min_value=0, max_value=7),
    ),
    max_size=40,
)


class History:
    """An org that people change while a reader reads it; some changes become visible minutes after their stamp."""

    def __init__(self) -> None:
        clock = ManualClock()
        self.desk = Desk(Org(clock), clock)
        self.desk.org.page_size = 3
        self.reader = Reader(self.desk, "accounts", settings={"bulk_above": 4})
        self.late: list[tuple[str, dict[str, Any]]] = []
        self.hidden_s = 0
        self.edits = count()

    @property
    def table(self) -> dict[str, dict[str, Any]]:
        return self.desk.org.tables["Account"]

    def step(self, what: str, which: int) -> None:
        getattr(self, what.replace(" ", "_"))(which)

    def add(self, which: int) -> None:
        for number in range(1 + which % 4):
            self.desk.org.add("Account", Name=f"a{number}")

    def add_late(self, which: int) -> None:
        id = self.desk.org.add("Account", Name="late")
        self.late.append((id, self.table.pop(id)))

    def edit(self, which: int) -> None:
        for id in self.some(which, deleted=False):
            self.desk.org.edit("Account", id, Name=f"edit {next(self.edits)}")

    def remove(self, which: int) -> None:
        for id in self.some(which, deleted=False):
            self.desk.org.edit("Account", id, IsDeleted=True)

    def restore(self, which: int) -> None:
        for id in self.some(which, deleted=True):
            self.desk.org.edit("Account", id, IsDeleted=False, MasterRecordId=None)

    def merge(self, which: int) -> None:
        loser, winner = self.some(which, deleted=False), self.some(which + 1, deleted=False)
        if loser and winner and loser != winner:
            self.desk.org.edit("Account", loser[0], IsDeleted=True, MasterRecordId=winner[0])

    def wait(self, which: int) -> None:
        span_s = 40 * which
        self.hidden_s += span_s
        if self.hidden_s >= 600:  # the overlap of ten minutes is longer than any transaction
            self.show()
        self.desk.tick(seconds=span_s)

    def wait_long(self, which: int) -> None:
        self.show()
        self.desk.tick(hours=1 + which)

    def pull(self, which: int) -> None:
        self.reader.pull()

    def cut(self, which: int) -> None:
        self.reader.pull(at_most=1 + which % 3)

    def dead(self, which: int) -> None:
        for page in self.desk.connect().pull(self.reader.stream, self.reader.cursor, self.desk.clock.now()):
            self.reader.land(page)
            self.desk.org.lose_locators()

    def bulk(self, which: int) -> None:
        self.desk.org.lose_jobs()

    def show(self, which: int = 0) -> None:
        """Long transactions end, minutes after the stamps of their rows."""
        self.table.update(self.late)
        self.late.clear()
        self.hidden_s = 0

    def some(self, which: int, *, deleted: bool) -> list[str]:
        ids = [id for id, record in self.table.items() if record["IsDeleted"] is deleted]
        return [ids[which % len(ids)]] if ids else []


@given(STEPS)
def test_the_rows_end_as_the_records_do(steps: list[tuple[str, int]]) -> None:
    history = History()
    for what, which in steps:
        history.step(what, which)
    history.show()
    history.reader.pull()
    if not history.reader.pages[-1].cursor.startswith(b'{"v":1,"read":"changes"'):
        raise AssertionError("a pull that came to its end goes on with changes")
    history.reader.pull()
    names = {id: row[2] for id, row in history.reader.rows.items()}
    assert names == {id: record["Name"] for id, record in history.table.items() if not record["IsDeleted"]}
    history.desk.tick(hours=1)
    history.reader.pull()
    history.desk.tick(hours=1)
    history.reader.pull()
    assert [page for page in history.reader.pages if page.rows or page.tombstones or page.merges] == []
