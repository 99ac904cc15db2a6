"""What rules and filters see of a stored row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from cshub.hookspecs import IdentityRule
from cshub.model import KINDS, Type
from tests.unit.stages.link.world import START, make_world, settings


def test_a_filter_sees_python_values_of_every_column(tmp_path: Path) -> None:
    seen: list[dict[str, object]] = []
    world = make_world(
        tmp_path, settings(("crm",), keep=lambda row: seen.append(dict(row)), extras={"tier": Type.TEXT})
    )
    created = datetime(2025, 5, 1, 12, tzinfo=UTC)
    world.account(
        "crm", "1", name="Acme", domains=("a.com", "b.com"), mrr=10, renewal_date=date(2026, 5, 1), created_at=created,
        extra={"tier": "gold"},
    )  # fmt: skip
    world.link()
    (row,) = seen
    wanted = {
        "connection": "crm", "id": "1", "name": "Acme", "domains": ("a.com", "b.com"), "mrr": 10.0, "type": "Customer",
        "renewal_date": date(2026, 5, 1), "created_at": created, "tier": "gold", "stage": None, "parent": None,
    }  # fmt: skip
    assert {name: row[name] for name in wanted} == wanted
    assert isinstance(row["observed_at"], datetime)
    assert row["observed_at"] > START
    world.store.close()


def test_a_rule_sees_the_columns_it_names_extra_fields_included(tmp_path: Path) -> None:
    seen: list[dict[str, object]] = []

    def keys(kind: str, row: Mapping[str, object]) -> Sequence[str]:
        seen.append(dict(row))
        return []

    rule = IdentityRule(name="any", doc="", columns={"ticket": ("is_open", "opened_at", "tier")}, keys=keys)
    world = make_world(tmp_path, settings(("crm",), rules=(rule,)))
    world.row("support", "ticket", "t", is_open=True, opened_at=START, extra={"tier": "gold"})
    world.row("support", "contact", "p", email="p@a.com")
    world.link()
    assert seen == [
        {
            "connection": "support",
            "id": "t",
            "is_open": True,
            "opened_at": START,
            "tier": "gold",
        }
    ]
    world.store.close()


def test_the_columns_taken_are_those_of_the_stored_tables(tmp_path: Path) -> None:
    world = make_world(tmp_path, settings(("crm",)))
    for kind in KINDS:
        names = {str(record[1]) for record in world.all(f"pragma table_info({kind})")}
        assert {*KINDS[kind].names, "extra", "changed_at", "observed_at"} <= names
    world.store.close()
