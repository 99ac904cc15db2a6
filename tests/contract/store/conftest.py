"""Every engine of the store, each test run on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cshub.store import Store, open_store
from tests.contract.store.world import Crm


def sqlite(folder: Path) -> Store:
    return open_store("sqlite:///contract.db", folder=folder, busy_timeout_s=0.2)


ENGINES: dict[str, Callable[[Path], Store]] = {"sqlite": sqlite}


@pytest.fixture(params=ENGINES.values(), ids=ENGINES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens the same store again and again, as several processes would."""
    stores: list[Store] = []

    def another() -> Store:
        stores.append(request.param(tmp_path))
        return stores[-1]

    yield another
    for store in stores:
        store.close()


@pytest.fixture
def store(opened: Callable[[], Store]) -> Store:
    return opened()


@pytest.fixture
def crm(store: Store) -> Iterator[Crm]:
    with store.leases.take("pull crm") as lease:
        yield Crm(store=store, lease=lease)
