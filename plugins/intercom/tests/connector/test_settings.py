"""The YAML block: mistakes are named, secrets stay secret, versions are numbers."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pydantic import ValidationError

from cshub import Type, Window
from cshub_intercom.settings import IntercomSettings
from cshub_intercom.streams import streams
from cshub_intercom.version import Version


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "Field required"),
        ({"token": "x", "tokn": "y"}, "Extra inputs are not permitted"),
        ({"token": "x", "region": "uk"}, "'us', 'eu' or 'au'"),
        ({"token": "x", "version": 2.1}, "valid string"),
        ({"token": "x", "version": "latest"}, "no version of Intercom's API"),
        ({"token": "x", "version": "1.4"}, "knows no contacts"),
        ({"token": "x", "companies": {"id": "company_id"}}, "companies.id: every row has its own id"),
        (
            {"token": "x", "companies": {"mrr": {"field": "monthly_spend", "type": "number"}}},
            "write mrr: monthly_spend",
        ),
        ({"token": "x", "companies": {"tier": "custom_attributes."}}, "should match pattern"),
        ({"token": "x", "conversations": {"words": "source.body"}}, "text that people wrote"),
        ({"token": "x", "conversations": {"words": "conversation_parts.conversation_parts"}}, "text that people wrote"),
        ({"token": "x", "tickets": {"words": "ticket_attributes._default_description_"}}, "text that people wrote"),
        ({"token": "x", "tickets": {"size": {"field": "size", "type": "blob"}}}, "'text', 'number'"),
        ({"token": "x", "priorities": {"high": "very"}}, "'low', 'normal', 'high' or 'urgent'"),
        ({"token": "x", "calls_per_10s": 0}, "greater than or equal to 1"),
        ({"token": "x", "recheck": "0s"}, "greater than 0"),
        ({"token": "x", "read_companies": "search"}, "'auto', 'list' or 'scroll'"),
    ],
)
def test_a_mistake_is_named(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        IntercomSettings.model_validate(given)


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ({}, "https://api.intercom.io"),
        ({"region": "eu"}, "https://api.eu.intercom.io"),
        ({"region": "au"}, "https://api.au.intercom.io"),
        ({"region": "au", "base_url": "http://127.0.0.1:8123"}, "http://127.0.0.1:8123"),
    ],
)
def test_the_region_names_the_host(given: dict[str, object], origin: str) -> None:
    assert IntercomSettings.model_validate({"token": "x", **given}).origin == origin


def test_versions_are_compared_as_numbers() -> None:
    assert Version.parse("2.9") < Version.parse("2.16") < Version.parse("2.17") < Version.parse("3.0")
    assert str(Version.parse("2.10")) == "2.10"
    assert [Version.parse(text).tells_merges for text in ("2.9", "2.15", "2.16", "2.17")] == [False, False, True, True]
    exact = [Version.parse(text).searches_contacts_to_the_second for text in ("2.9", "2.16", "2.17", "2.100"[:4])]
    assert exact == [False, False, True, False]


def test_durations_are_written_as_everywhere() -> None:
    settings = IntercomSettings.model_validate({"token": "x", "overlap": "15m", "recheck": "12h"})
    assert (settings.overlap, settings.recheck) == (timedelta(minutes=15), timedelta(hours=12))


def test_no_secret_is_ever_shown() -> None:
    settings = IntercomSettings.model_validate({"token": "hush-hush"})
    assert "hush-hush" not in f"{settings!r} {settings.model_dump_json()}"


def test_scrolls_have_a_window_of_their_own() -> None:
    windows = IntercomSettings.model_validate({"token": "x", "calls_per_10s": 40}).windows()
    assert windows == {"default": (Window(40, 10),), "scroll": (Window(40, 10),)}


def test_extra_fields_are_declared_with_their_types() -> None:
    given = {
        "token": "x",
        "companies": {
            "users": "user_count",
            "seen": "last_request_at",
            "labels": "tags",
            "tier": "custom_attributes.tier",
        },
        "conversations": {"sla_name": "custom_attributes.sla"},
    }
    extras = {stream.name: stream.extras for stream in streams(IntercomSettings.model_validate(given))}
    assert extras["companies"] == {
        "users": Type.NUMBER,
        "seen": Type.TIME,
        "labels": Type.LIST,
        "tier": Type.TEXT,
    }
    assert extras["conversations"]["sla_status"] is Type.TEXT
    assert extras["admins"] == {}


def test_the_shape_changes_with_what_rows_mean_and_with_nothing_else() -> None:
    def shapes(**given: object) -> dict[str, str]:
        settings = IntercomSettings.model_validate({"token": "x", **given})
        return {stream.name: stream.shape for stream in streams(settings)}

    plain = shapes()
    assert shapes(token="y", region="eu", overlap="60s", calls_per_10s=5, read_companies="scroll") == plain
    changed = shapes(companies={"tier": "custom_attributes.tier"}, priorities={"high": "urgent"})
    assert {name for name in plain if changed[name] != plain[name]} == {"companies", "conversations", "tickets"}
    other = shapes(version="2.15")
    assert {name for name in plain if other[name] != plain[name]} == {"contacts", "conversations", "tickets"}


def test_tags_need_two_more_permissions() -> None:
    tagged = IntercomSettings.model_validate({"token": "x", "contacts": {"labels": "tags"}})
    scopes = {stream.name: stream.scopes for stream in streams(tagged)}
    assert "Read tags" in scopes["contacts"]
    assert "Read tags" not in scopes["conversations"], "conversations carry the names of their tags"
