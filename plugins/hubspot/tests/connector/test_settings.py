"""The YAML block: mistakes are named, secrets stay secret."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from cshub import Type, Window
from cshub_hubspot.settings import HubSpotSettings
from cshub_hubspot.streams import streams

OAUTH = {"client_id": "app", "client_secret": "hush-hush", "refresh_token": "again"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "give `token`, or all of"),
        ({"client_id": "app"}, "give `token`, or all of"),
        ({"token": "x", "client_id": "app"}, "not both: drop client_id"),
        ({"token": "x", "tokn": "y"}, "Extra inputs are not permitted"),
        ({"token": "x", "api": "v3"}, "2026-09"),
        ({"token": "x", "accounts": {"id": "customer_id"}}, "accounts.id: every row has its own id"),
        ({"token": "x", "accounts": {"mrr": {"property": "mrr", "type": "number"}}}, "a column has its own type"),
        ({"token": "x", "accounts": {"tier": "Tier;DROP"}}, "should match pattern"),
        ({"token": "x", "deals": {"size": {"property": "size", "type": "list"}}}, "'text', 'number'"),
        ({"token": "x", "pipelines": {"7": "upsell"}}, "'new', 'renewal' or 'expansion'"),
        ({"token": "x", "search_per_second": 50}, "less than or equal to 5"),
    ],
)
def test_a_mistake_is_named(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        HubSpotSettings.model_validate(given)


def test_ids_may_be_written_as_numbers() -> None:
    found = HubSpotSettings.model_validate({"token": "x", "closed_stages": [4], "pipelines": {74211835: "renewal"}})
    assert (found.closed_stages, found.pipelines) == (frozenset({"4"}), {"74211835": "renewal"})


def test_no_secret_is_ever_shown() -> None:
    shown = f"{HubSpotSettings.model_validate(OAUTH)!r} {HubSpotSettings.model_validate({'token': 'pat-eu1-secret'})}"
    assert "hush-hush" not in shown
    assert "again" not in shown
    assert "pat-eu1-secret" not in shown


def test_oauth_apps_have_a_smaller_budget() -> None:
    assert HubSpotSettings.model_validate({"token": "x"}).windows()["default"] == (Window(190, 10),)
    assert HubSpotSettings.model_validate(OAUTH).windows()["default"] == (Window(110, 10),)
    assert HubSpotSettings.model_validate(OAUTH).windows()["search"] == (Window(4, 1),)


def test_extra_fields_are_declared_with_their_types() -> None:
    given = {"token": "x", "tickets": {"area": "area", "hours": {"property": "hours", "type": "number"}}}
    extras = {stream.name: stream.extras for stream in streams(HubSpotSettings.model_validate(given))}
    assert extras["tickets"] == {"area": Type.TEXT, "hours": Type.NUMBER}
    assert extras["deals"] == {}


def test_g4_the_shape_changes_with_what_rows_mean_and_with_nothing_else() -> None:
    def shapes(**given: object) -> dict[str, str]:
        return {
            stream.name: stream.shape for stream in streams(HubSpotSettings.model_validate({"token": "x", **given}))
        }

    plain = shapes()
    assert shapes(token="y", overlap="1m", calls_per_10s=5, api="classic") == plain
    changed = shapes(accounts={"tier": "tier"}, pipelines={"7": "renewal"}, closed_stages=["4", "9"])
    assert {name for name in plain if changed[name] != plain[name]} == {"companies", "deals", "tickets"}
    assert shapes(closed_stages=["9", "4"])["tickets"] == shapes(closed_stages=["4", "9"])["tickets"]
