"""One value a field: what people are shown is what scores are made of, and where it comes from."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from cshub.expr import compose
from cshub.model import ACCOUNT, Aggregate, Priority, Query, Scalar, Type
from cshub.store.unified import UnifiedField
from tests.unit.stages.link.world import START, World, make_world, settings

EXTRAS = {"tier": Type.TEXT}
ORDER = ("crm", "sales", "support")
NAMES = ("mrr", "currency", "name", "renewal_date", "created_at", "tier")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(tmp_path)
    yield made
    made.store.close()


def account(world: World, connection: str, id: str, changed: int | None = None, **values: object) -> None:
    """Land one account; `changed` is the vendor's hour of change."""
    extra = {"tier": values.pop("tier")} if "tier" in values else None
    at = None if changed is None else START + timedelta(hours=changed)
    row = ACCOUNT.row(id=id, changed_at=at, extra=extra, type="Customer", external_id="A", **values)
    world.land(connection, "account", [row])


def shown(world: World, declared: Mapping[str, Priority] | None = None) -> dict[str, UnifiedField]:
    """What people are shown of `crm:1`."""
    found = world.store.unified.fields("crm:1", connections=ORDER, declared=declared or {}, extras=EXTRAS)
    return {one.name: one for one in found}


def asked(world: World, declared: Mapping[str, Priority] | None = None, **expressions: str) -> dict[str, Scalar]:
    """What scoring reads of `crm:1`."""
    wanted = expressions or {name: name for name in NAMES}
    queries = {
        name: Query(aggregates={"x": Aggregate(kind="account", function="any", value=text)}, finish="x")
        for name, text in wanted.items()
    }
    with world.store.db.read() as reader:
        found = compose(
            queries,
            as_of=datetime(2027, 1, 1, tzinfo=UTC),
            connections=ORDER,
            extras={"account": EXTRAS},
            fields=declared or {},
            several=world.store.scores.has_several(reader),
        )
        rows = {one.kind: reader.each(one.sql, one.params) for one in found.statements}  # type: ignore[arg-type]  # bound scalars
        answers = {one.customer: one.values for one in found.merge(rows)}
    return dict(zip(found.metrics, answers["crm:1"], strict=True))


def test_the_first_source_that_knows_gives_the_value_and_the_others_are_told(world: World) -> None:
    account(world, "crm", "1", mrr=100.0, tier="")
    account(world, "sales", "8", mrr=90.0, tier="gold")
    world.link()
    found = shown(world)
    assert found["mrr"].value == 100.0
    source = found["mrr"].source
    assert source is not None
    assert (source.connection, source.id) == ("crm", "1")
    assert [(one.connection, one.id, one.value, one.counts) for one in found["mrr"].others] == [
        ("sales", "8", 90.0, True)
    ]
    assert found["mrr"].why == "first of crm, sales, support"
    assert found["tier"].value == "gold"
    assert asked(world, mrr="mrr", tier="tier") == {"mrr": 100.0, "tier": "gold"}


def test_a_declared_source_goes_first_and_one_that_is_not_named_is_none(world: World) -> None:
    account(world, "crm", "1", mrr=100.0, tier="silver", name="Acme")
    account(world, "sales", "8", mrr=90.0)
    world.link()
    declared = {"mrr": Priority(connections=("sales", "crm")), "tier": Priority(connections=("sales",))}
    found = shown(world, declared)
    assert found["mrr"].value == 90.0
    assert found["mrr"].why == "first of sales, crm (identity.fields)"
    assert found["tier"].source is None
    assert [(one.value, one.counts) for one in found["tier"].others] == [("silver", False)]
    assert asked(world, declared, mrr="mrr", tier="tier", name="name") == {"mrr": 90.0, "tier": None, "name": "Acme"}


def test_the_newest_is_the_account_that_its_vendor_changed_last(world: World) -> None:
    account(world, "crm", "1", 5, mrr=100.0)
    account(world, "sales", "8", 9, mrr=90.0)
    world.link()
    declared = {"mrr": Priority(connections=("crm", "sales"), is_newest=True)}
    assert shown(world, declared)["mrr"].value == asked(world, declared, mrr="mrr")["mrr"] == 90.0
    account(world, "crm", "1", 10, mrr=101.0)
    assert shown(world, declared)["mrr"].value == asked(world, declared, mrr="mrr")["mrr"] == 101.0


def test_an_amount_and_its_currency_come_from_one_account(world: World) -> None:
    account(world, "crm", "1", currency="USD")
    account(world, "sales", "8", mrr=90.0, currency="EUR")
    world.link()
    assert asked(world, mrr="mrr", currency="currency") == {"mrr": 90.0, "currency": "EUR"}
    assert shown(world)["currency"].why == "goes with mrr"
    account(world, "sales", "8", mrr=90.0)
    assert asked(world, mrr="mrr", currency="currency") == {"mrr": 90.0, "currency": None}
    assert shown(world)["currency"].value is None


def test_what_is_reckoned_from_fields_takes_each_from_its_own_source(world: World) -> None:
    account(world, "crm", "1", mrr=100.0)
    account(world, "sales", "8", mrr=7.0, tier="gold")
    world.link()
    found = asked(world, yearly="mrr * 12", big="mrr > 50 and tier == 'gold'")
    assert found == {"yearly": 1200.0, "big": True}


def test_of_several_accounts_of_one_connection_the_home_goes_first(tmp_path: Path) -> None:
    world = make_world(tmp_path, settings(mapped={"crm:account:2": "crm:1", "crm:account:3": "crm:1"}))
    account(world, "crm", "1", mrr=100.0)
    account(world, "crm", "2", mrr=50.0, name="Two")
    account(world, "crm", "3", mrr=60.0, name="Three")
    world.link()
    assert asked(world, mrr="mrr", name="name") == {"mrr": 100.0, "name": "Three"}
    found = shown(world)
    assert [(one.connection, one.id) for one in (found["mrr"].source, *found["mrr"].others) if one] == [
        ("crm", "1"), ("crm", "2"), ("crm", "3"),
    ]  # fmt: skip
    assert found["name"].value == "Three"
    world.store.close()


def test_a_field_no_account_knows_is_not_shown_and_a_customer_without_accounts_has_none(world: World) -> None:
    account(world, "crm", "1", name="Acme")
    world.link()
    assert "mrr" not in shown(world)
    world.land("crm", "account", gone=["1"])
    world.link()
    assert shown(world) == {}


values = st.fixed_dictionaries(
    {},
    optional={
        "mrr": st.none() | st.integers(0, 3).map(float), "currency": st.sampled_from([None, "", "EUR", "USD"]),
        "name": st.sampled_from([None, "", "A", "Ä", "b"]), "tier": st.sampled_from(["", "gold"]),
        "renewal_date": st.none() | st.dates(date(2026, 1, 1), date(2026, 1, 3)),
        "created_at": st.none() | st.integers(0, 2).map(lambda hour: START + timedelta(hours=hour)),
    },
)  # fmt: skip
several = st.lists(
    st.tuples(st.sampled_from(ORDER), st.sampled_from("1234"), st.none() | st.integers(0, 3), values),
    max_size=6, unique_by=lambda one: one[:2],
)  # fmt: skip
priorities = st.dictionaries(
    st.sampled_from(NAMES),
    st.builds(
        Priority, connections=st.lists(st.sampled_from(ORDER), min_size=1, unique=True).map(tuple), is_newest=st.booleans()
    ),
    max_size=3,
)  # fmt: skip


@hypothesis_settings(max_examples=60, deadline=None)
@given(values, several, priorities)
def test_people_are_shown_what_scores_are_made_of(
    home: dict[str, object],
    others: list[tuple[str, str, int | None, dict[str, object]]],
    declared: dict[str, Priority],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        mapped = {
            f"{connection}:account:{id}": "crm:1" for connection, id, *_ in others if (connection, id) != ("crm", "1")
        }
        world = make_world(Path(folder), settings(mapped=mapped))
        account(world, "crm", "1", None, **home)
        for connection, id, changed, known in others:
            if (connection, id) != ("crm", "1"):
                account(world, connection, id, changed, **known)
        world.link()
        found = shown(world, declared)
        assert asked(world, declared) == {name: found[name].value if name in found else None for name in NAMES}
        world.store.close()


@pytest.mark.parametrize("declared", [{}, {"mrr": Priority(connections=("sales", "crm"))}])
def test_the_number_of_statements_does_not_grow_with_the_customers(declared: dict[str, Priority]) -> None:
    queries = {
        name: Query(aggregates={"x": Aggregate(kind="account", function="any", value=name)}, finish="x")
        for name in NAMES
    }
    found = compose(
        queries, as_of=START, connections=ORDER, extras={"account": EXTRAS}, fields=declared, several=True
    )  # fmt: skip
    assert len(found.statements) == 1
