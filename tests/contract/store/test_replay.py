from __future__ import annotations

from datetime import datetime, timedelta

from cshub.store import Cut
from tests.contract.store.world import NOW, Crm, contact, page

LINK = """insert into link (kind, connection, id, customer, rule, run, seq, linked_at)
    values ('contact', 'crm', :id, :customer, 'map', 1, 1, :at)"""


def then(crm: Crm, at: datetime, columns: str = "id, name") -> list[tuple[object, ...]]:
    with crm.store.db.replay(Cut(at=at)) as reader:
        return list(reader.all(f"select {columns} from contact where deleted = 0 order by 1"))


def test_replay_gives_the_versions_that_were_in_force(crm: Crm) -> None:
    crm.read(contact("1", 1, "Ada"))
    crm.now += timedelta(days=1)
    crm.read(contact("1", 2, "Bea"), contact("2", 2, "Cy"))
    assert then(crm, NOW - timedelta(seconds=1)) == []
    assert then(crm, NOW) == [("1", "Ada")]
    assert then(crm, crm.now) == [("1", "Bea"), ("2", "Cy")]


def test_a_row_that_is_gone_today_was_there_before(crm: Crm) -> None:
    crm.read(contact("1"))
    crm.now += timedelta(days=1)
    crm.land(page(tombstones=("1",)))
    assert (then(crm, NOW), then(crm, crm.now)) == ([("1", "Ada")], [])


def test_rows_belong_to_the_customer_of_that_time(crm: Crm) -> None:
    crm.read(contact("1"))
    with crm.store.db.transaction() as transaction:
        transaction.run(LINK, {"id": "1", "customer": "crm:7", "at": int(NOW.timestamp() * 1000)})
    assert then(crm, NOW, "id, customer") == [("1", "crm:7")]
    assert then(crm, NOW + timedelta(days=9), "id, customer") == [("1", "crm:7")]


def test_replay_leaves_the_store_and_other_readers_alone(crm: Crm) -> None:
    crm.read(contact("1"))
    with crm.store.db.replay(Cut(at=NOW - timedelta(days=1))) as reader:
        assert reader.all("select * from contact") == []
        assert crm.alive() == {"1": "Ada"}
        assert reader.one("select count(*) from main.contact") == (1,)
