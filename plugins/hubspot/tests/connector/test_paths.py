"""Every path, in each generation."""

from __future__ import annotations

import pytest

from cshub_hubspot.paths import Generation, Paths


def paths(generation: Generation) -> list[str]:
    here = Paths(generation)
    return [
        here.records("companies"),
        here.records("deals", "batch/read"),
        here.record("contacts", "7"),
        here.associations("deals", "companies"),
        here.properties("companies"),
        here.groups("companies"),
        here.pipelines("tickets"),
        here.owners(),
        here.account(),
        here.token(),
    ]


@pytest.mark.parametrize("generation", ["2026-09", "2026-03"])
def test_dated_generations_name_their_date_after_the_family(generation: Generation) -> None:
    assert paths(generation) == [
        f"/crm/objects/{generation}/companies",
        f"/crm/objects/{generation}/deals/batch/read",
        f"/crm/objects/{generation}/contacts/7",
        f"/crm/associations/{generation}/deals/companies/batch/read",
        f"/crm/properties/{generation}/companies",
        f"/crm/properties/{generation}/companies/groups",
        f"/crm/pipelines/{generation}/tickets",
        f"/crm/owners/{generation}",
        f"/account-info/{generation}/details",
        f"/oauth/{generation}/token",
    ]


def test_the_classic_versions_are_v3_and_for_associations_v4() -> None:
    assert paths("classic") == [
        "/crm/v3/objects/companies",
        "/crm/v3/objects/deals/batch/read",
        "/crm/v3/objects/contacts/7",
        "/crm/v4/associations/deals/companies/batch/read",
        "/crm/v3/properties/companies",
        "/crm/v3/properties/companies/groups",
        "/crm/v3/pipelines/tickets",
        "/crm/v3/owners",
        "/account-info/v3/details",
        "/oauth/v3/token",
    ]


def test_a_hostile_id_stays_one_part_of_the_path() -> None:
    assert Paths("classic").record("companies", "../owners?x") == "/crm/v3/objects/companies/..%2Fowners%3Fx"
