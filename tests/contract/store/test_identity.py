"""Whose a record is, who owns it and what its fields are, as any engine of the store keeps it."""

from __future__ import annotations

import pytest

from cshub.connector import Incremental
from cshub.model import ACCOUNT, CONTACT, KINDS, OWNER, Priority
from cshub.stages.link import LinkSettings, ListedAccounts, link
from cshub.store import Store, intake
from tests.contract.store.world import NOW, at, page

SAID = "crm:contact:p"


@pytest.fixture
def linked(store: Store) -> Store:
    """`crm:1` with an account in two connections, an owner in both, and a contact that nothing but a word attaches."""
    rows = {
        ("crm", "account"): [ACCOUNT.row(id="1", changed_at=at(1), name="Acme", owner="005", mrr=10.0)],
        ("sales", "account"): [ACCOUNT.row(id="8", changed_at=at(2), name="ACME", owner="41", mrr=12.0)],
        ("crm", "owner"): [OWNER.row(id="005", changed_at=None, email="ana@x.com", name="Ana")],
        ("sales", "owner"): [OWNER.row(id="41", changed_at=None, email="ANA@x.com", name="Ana B.")],
        ("crm", "contact"): [CONTACT.row(id="p", changed_at=None, name="Bo")],
    }
    for (connection, kind), found in rows.items():
        stream = Incremental(name=kind, kind=KINDS[kind], shape="1")
        with store.leases.take(f"pull {connection}") as lease:
            run = store.runs.open("pull", as_of=NOW, now=NOW, version="1")
            store.streams.begin(run, connection, stream, lease, now=NOW)
            into = intake(run, connection, stream, lease)
            store.landing.land(into, [page(*found)], now=NOW)
            store.streams.finish(into, now=NOW)
    relink(store, mapped={"sales:account:8": "crm:1", SAID: "crm:1"})
    return store


def relink(store: Store, **said: object) -> int:
    """Link with what people said; how many rows were looked at."""
    listed = (ListedAccounts(connection="crm", streams=("account",)),)
    settings = LinkSettings(listed=listed, rules=(), **said)  # type: ignore[arg-type]  # fields of LinkSettings
    with store.leases.take("link") as lease:
        return link(store, settings, lease=lease, run=1, now=NOW).looked


def test_what_people_said_is_kept_by_record_and_looked_at_when_it_changes(linked: Store) -> None:
    (found,) = linked.links.find_record("crm", "p", "contact")
    assert (found.key, found.customer, found.rule) == (SAID, "crm:1", "map")
    assert relink(linked, mapped={"sales:account:8": "crm:1", SAID: "crm:1"}) == 0
    assert relink(linked, mapped={"sales:account:8": "crm:1"}) == 1
    (found,) = linked.links.find_record("crm", "p")
    assert found.customer is None
    assert linked.links.find_record("crm", "q") == []


def test_an_owner_is_a_person_with_an_id_in_each_connection(linked: Store) -> None:
    assert linked.people.owner_in("sales", "crm:005") == "41"
    person = linked.people.person("sales", "41")
    assert person is not None
    assert (person.id, person.name, [one.id for one in person.owners]) == ("crm:005", "Ana", ["005", "41"])


def test_a_field_is_told_with_its_source_and_what_lost(linked: Store) -> None:
    def mrr(declared: dict[str, Priority]) -> list[float]:
        found = linked.unified.fields("crm:1", connections=("crm", "sales"), declared=declared, extras={})
        (one,) = [field for field in found if field.name == "mrr"]
        return [sighting.value for sighting in (one.source, *one.others) if sighting]  # type: ignore[misc]  # revenue is a number, as its column says

    assert mrr({}) == [10.0, 12.0]
    assert mrr({"mrr": Priority(connections=("sales", "crm"))}) == [12.0, 10.0]
    assert mrr({"mrr": Priority(connections=("crm", "sales"), is_newest=True)}) == [12.0, 10.0]


def test_a_store_knows_that_a_person_gave_a_customer_another_account(linked: Store) -> None:
    with linked.db.read() as reader:
        assert linked.scores.has_several(reader)
    relink(linked)
    with linked.db.read() as reader:
        assert not linked.scores.has_several(reader)
