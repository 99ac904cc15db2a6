"""H6: the limits the connector keeps are those of the official specification."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cshub_hubspot.objects import BATCH_LIMIT, LINK_LIMIT, LIST_LIMIT, SEARCH_LIMIT
from cshub_hubspot.query import Query


def official(shared: Path, version: str, name: str) -> dict[str, Any]:
    text = (shared / "specs" / "hubspot" / version / f"{name}.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


@pytest.mark.parametrize("version", ["v3", "2026-03", "2026-09"])
def test_h6_limits_are_those_of_the_official_files(shared: Path, version: str) -> None:
    companies = official(shared, version, "companies")
    schemas = companies["components"]["schemas"]
    listing = next(
        path["get"] for name, path in companies["paths"].items() if name.endswith(("companies", "{objectType}"))
    )
    assert next(each["schema"]["maximum"] for each in listing["parameters"] if each["name"] == "limit") == LIST_LIMIT
    assert schemas["PublicObjectSearchRequest"]["properties"]["limit"]["maximum"] == SEARCH_LIMIT
    for name in ("BatchReadInputSimplePublicObjectId", "BatchInputSimplePublicObjectBatchInput"):
        assert schemas[name]["properties"]["inputs"]["maxItems"] == BATCH_LIMIT


@pytest.mark.parametrize("version", ["v4", "2026-09"])
def test_h6_so_is_the_limit_of_associations(shared: Path, version: str) -> None:
    schemas = official(shared, version, "associations")["components"]["schemas"]
    inputs = schemas["BatchInputPublicFetchAssociationsBatchRequest"]["properties"]["inputs"]
    assert inputs["maxItems"] == LINK_LIMIT


def test_h6_a_search_never_outgrows_its_body() -> None:
    many = ("hs_lastmodifieddate", *(f"a_rather_long_property_name_{number}" for number in range(200)))
    few = many[:50]
    assert Query.of("hs_lastmodifieddate", few).properties == few
    lean = Query.of("hs_lastmodifieddate", many)
    assert lean.properties == ("hs_lastmodifieddate",)
    assert lean.lacks(many)
    assert len(json.dumps(Query.of("hs_lastmodifieddate", few).instant(10**13 - 1, "9" * 20))) <= 3_100
