"""Four vendors, one customer: the seeded company in Salesforce, HubSpot, Intercom and SatisMeter, pulled, linked, scored and published."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from cshub.cli.fields import provision
from cshub.engine import STAGES, Hub, Options, run
from cshub.store import Store
from tests.journey.four_vendors import FourVendors
from tests.journey.ground_truth import Verdicts, compare


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> FourVendors:
    """The whole company: 500 customers."""
    return FourVendors(tmp_path_factory.mktemp("four"), customers=500)


@pytest.fixture(scope="module")
def hub(world: FourVendors) -> Iterator[Hub]:
    """Pulled, linked, scored and published once."""
    with world.hub() as hub:
        provision(hub, "crm")
        assert run(hub, STAGES).state == "ok"
        yield hub


@pytest.fixture(scope="module")
def found(world: FourVendors, hub: Hub) -> Verdicts:
    """What linking decided, beside the truth about every record that says anything."""
    truth = world.truth(hub.store)
    silent = world.silent(truth)
    return compare(hub.store, {record: owner for record, owner in truth.items() if record not in silent})


def test_every_customer_is_found_scored_and_written(world: FourVendors, hub: Hub) -> None:
    assert len([one for one in hub.store.links.customers() if one.state == "active"]) == 500
    assert sum(hub.store.scores.count_bands().values()) == 500
    written = {entry.id for entry in world.sandboxes["crm"].writes if entry.field == "CSHub_Health__c"}
    assert len(written) == 500


def test_no_record_of_any_tool_is_linked_to_a_stranger(found: Verdicts) -> None:
    assert found.wrong == []
    assert found.precision == 1.0


def test_nearly_every_record_that_says_whose_it_is_is_linked(found: Verdicts) -> None:
    assert found.recall >= 0.98, f"{len(found.missed)} missed, {found.share_by_rule()}"
    assert {"listed", "reference", "cross_reference", "external_id", "domain", "email_domain"} <= found.by_rule.keys()
    assert found.review


def test_an_account_in_all_four_tools_is_one_customer(hub: Hub) -> None:
    with hub.store.db.read() as reader:
        counted = dict(
            reader.all(
                "select n, count(*) from (select count(distinct connection) as n from link group by customer) group by n"
            )
        )
    assert counted.get(4, 0) > 250  # not everybody answers surveys


def test_owners_of_all_tools_are_the_same_people(world: FourVendors, hub: Hub) -> None:
    with hub.store.db.read() as reader:
        people = reader.all("select person, count(distinct connection) from owners group by person")
    assert sum(count == 3 for _, count in people) == sum(owner.active for owner in world.company.owners)


def test_a_run_without_news_asks_each_stream_once(world: FourVendors, hub: Hub) -> None:
    run(hub, STAGES)  # what lay in the overlap of the first run is known by now
    world.clock.advance(900)
    report = run(hub, STAGES)
    assert report.state == "ok"
    calls = {f"{stream.connection}.{stream.stream}": stream.calls for stream in report.streams}
    # A Salesforce stream describes its object as well; snapshots are not due again so soon.
    assert calls == {
        **dict.fromkeys(("crm.accounts", "crm.contacts", "crm.deals", "crm.tickets", "crm.events", "crm.owners"), 2),
        **dict.fromkeys(("sales.companies", "sales.contacts"), 1),
        **dict.fromkeys(("support.contacts", "support.conversations", "support.tickets"), 1),
        "survey.responses": 1,
    }
    assert (report.stages["score"]["scored"], report.stages["apply"]["written"]) == (0, 0)


def test_a_missing_right_leaves_one_stream_out_and_the_others_come_in(tmp_path: Path) -> None:
    world = FourVendors(tmp_path, customers=12, switches={"salesforce": {"hidden_objects": ["Case"]}})
    with world.hub() as hub:
        report = run(hub, ("pull", "link"))
    states = {f"{stream.connection}.{stream.stream}": stream.state for stream in report.streams}
    assert report.state == "partial"
    assert states.pop("crm.tickets") == "skipped"
    assert set(states.values()) == {"ok"}


@pytest.mark.timeout(240)
def test_the_order_in_which_streams_arrive_decides_nothing(tmp_path: Path) -> None:
    world = FourVendors(tmp_path, customers=20)
    results = {_links_of(world, seed) for seed in range(20)}
    assert len(results) == 1


def _links_of(world: FourVendors, seed: int) -> frozenset[tuple[object, ...]]:
    """Every link and review after the streams came in one by one, in an order of this seed, linked after each."""
    with world.hub(store=f"order{seed}.db") as hub:
        streams = [f"{one.name}.{stream.name}" for one in hub.config.connections.values() for stream in one.streams]
        random.Random(seed).shuffle(streams)
        for stream in streams:
            run(hub, ("pull", "link"), options=Options(select=(stream,)))
        return _decided(hub.store)


def _decided(store: Store) -> frozenset[tuple[object, ...]]:
    with store.db.read() as reader:
        links: list[tuple[object, ...]] = list(
            reader.all("select kind, connection, id, customer, rule, evidence from link")
        )
        reviews: list[tuple[object, ...]] = list(
            reader.all("select kind, connection, id, rule, key, candidates from review")
        )
    assert links
    return frozenset([*links, *reviews])
