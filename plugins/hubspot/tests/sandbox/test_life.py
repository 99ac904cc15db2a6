"""What people do with whole records: merge them, delete them, and bring them back."""

from __future__ import annotations

import httpx
import pytest

from cshub.testing.sandbox import Restless, Sandbox, SandboxClock
from cshub_hubspot.sandbox import HubSpot, create

from .conftest import Connect

COMPANIES = "/crm/objects/2026-09/companies"


def listed(client: httpx.Client, **params: str) -> list[str]:
    return [row["id"] for row in client.get(COMPANIES, params=params).json()["results"]]


def found(client: httpx.Client) -> list[str]:
    return [row["id"] for row in client.post(f"{COMPANIES}/search", json={}).json()["results"]]


def test_a_person_merges_records_and_learns_which_id_lives_on(sandbox: Sandbox[HubSpot], client: httpx.Client) -> None:
    one, two = (sandbox.vendor.add("companies", {"name": name}) for name in "ab")
    assert isinstance(sandbox.vendor, Restless)
    survivor = sandbox.vendor.merge("companies", two, into=one)
    assert listed(client) == [survivor]
    with pytest.raises(KeyError):
        sandbox.vendor.merge("companies", one, into=survivor)
    with pytest.raises(ValueError, match="cannot be merged"):
        sandbox.vendor.merge("tasks", one, into=two)
    with pytest.raises(ValueError, match="with itself"):
        sandbox.vendor.merge("companies", survivor, into=survivor)


@pytest.mark.parametrize(("restored", "moves"), [("stamped", True), ("unstamped", False)])
def test_a_record_that_comes_back_is_live_with_a_new_stamp_or_the_old_one(
    clock: SandboxClock, connect: Connect, restored: str, moves: bool
) -> None:
    sandbox = create(clock=clock, empty=True, limits="off", search_lag_s=30, restored=restored)  # type: ignore[arg-type]  # a parameter
    client = connect(sandbox)
    number = sandbox.vendor.add("companies", {"name": "a"})
    before = client.get(f"{COMPANIES}/{number}").json()["updatedAt"]
    sandbox.vendor.remove("companies", number)
    clock.advance(60)
    assert (listed(client), found(client), listed(client, archived="true")) == ([], [], [number])
    sandbox.vendor.restore("companies", number)
    assert (listed(client), found(client), listed(client, archived="true")) == ([number], [], [])
    clock.advance(30)
    assert found(client) == [number]
    row = client.get(f"{COMPANIES}/{number}").json()
    assert (row["updatedAt"] != before, row["archived"], "archivedAt" in row) == (moves, False, False)


def test_only_what_lies_in_the_archive_comes_back_and_not_beside_its_own_double(sandbox: Sandbox[HubSpot]) -> None:
    number = sandbox.vendor.add("contacts", {"email": "a@x.example"})
    with pytest.raises(KeyError):
        sandbox.vendor.restore("contacts", number)
    sandbox.vendor.remove("contacts", number)
    sandbox.vendor.add("contacts", {"email": "a@x.example"})
    with pytest.raises(ValueError, match="email"):
        sandbox.vendor.restore("contacts", number)


def test_the_archive_is_emptied_after_ninety_days(
    sandbox: Sandbox[HubSpot], client: httpx.Client, clock: SandboxClock
) -> None:
    number = sandbox.vendor.add("companies", {"name": "a"})
    sandbox.vendor.remove("companies", number)
    clock.advance(90 * 86_400)
    assert listed(client, archived="true") == [number]
    clock.advance(1)
    assert listed(client, archived="true") == []
    with pytest.raises(KeyError):
        sandbox.vendor.restore("companies", number)
