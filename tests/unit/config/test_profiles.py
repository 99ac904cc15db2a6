from __future__ import annotations

import pytest

from cshub import ConfigError
from tests.unit.config.conftest import Load, Mistakes
from tests.unit.config.world import ENVIRON, GOOD


def test_an_overlay_replaces_values_and_keeps_the_rest(read: Load) -> None:
    over = "connections: {crm: {region: us}}\nmetrics: {nps: {count: response}}\n"
    config = read(GOOD, profile="staging", cshub__staging__yaml=over)
    crm = config.connections["crm"].settings
    assert (crm.region, crm.accounts) == ("us", {"tier": "Tier__c"})  # type: ignore[attr-defined]  # the vendor's own model
    assert config.metrics["nps"].form == "count"  # type: ignore[union-attr]  # a query metric


def test_a_profile_has_a_store_of_its_own(read: Load) -> None:
    base = f"store: sqlite:///data/hub.db\n{GOOD}"
    assert read(base, profile="staging", cshub__staging__yaml="timezone: UTC").store == "sqlite:///data/hub.staging.db"
    assert read(base, profile="p", cshub__p__yaml="store: sqlite:///p.db").store == "sqlite:///p.db"
    assert read(base).store == "sqlite:///data/hub.db"


def test_the_environment_names_profile_and_store(read: Load) -> None:
    environ = {**ENVIRON, "CSHUB_PROFILE": "staging", "CSHUB_STORE": "sqlite:///elsewhere.db"}
    config = read(GOOD, environ=environ, cshub__staging__yaml="timezone: UTC")
    assert (config.profile, config.store, config.timezone) == ("staging", "sqlite:///elsewhere.db", "UTC")


def test_a_mistake_is_reported_in_the_file_it_stands_in(mistakes: Mistakes) -> None:
    (problem,) = mistakes(GOOD, profile="staging", cshub__staging__yaml="timezone: UTC\nschedule: {pul: 1m}\n")
    assert problem.file.endswith("cshub.staging.yaml")
    assert (problem.line, problem.column, problem.path) == (2, 12, "schedule.pul")


def test_an_unknown_profile_names_the_nearest_there_is(read: Load) -> None:
    with pytest.raises(ConfigError, match=r"no profile stagin: .*did you mean staging"):
        read(GOOD, profile="stagin", cshub__staging__yaml="timezone: UTC")


def test_a_store_on_a_database_server_is_refused_while_nothing_can_open_it(mistakes: Mistakes) -> None:
    (problem,) = mistakes(f"store: postgresql://db/hub\n{GOOD}")
    assert problem.message == "this version keeps its store in SQLite alone"
