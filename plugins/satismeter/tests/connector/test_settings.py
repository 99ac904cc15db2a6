"""The YAML block: mistakes are named, secrets stay secret."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from cshub import Type, Window
from cshub_satismeter.settings import SatisMeterSettings
from cshub_satismeter.streams import streams

NEEDED = {"token": "read-key-secret", "project": "5d0a1b2c3d4e5f6071829304"}


def settings(**given: object) -> SatisMeterSettings:
    return SatisMeterSettings.model_validate({**NEEDED, **given})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"token": None}, "token"),
        ({"project": ""}, "project"),
        ({"project": "a/b"}, "project"),
        ({"tokn": "y"}, "Extra inputs are not permitted"),
        ({"account_external_id": "companyId"}, "account_external_id"),
        ({"account_external_id": "traits."}, "account_external_id"),
        ({"account_external_id": "comment"}, "account_external_id"),
        ({"fields": {"Plan": "traits.plan"}}, "should match pattern"),
        ({"fields": {"plan": "user.plan"}}, "should match pattern"),
        ({"fields": {"value": "traits.plan"}}, "fields.value: every response has its own value"),
        ({"fields": {"connection": "traits.plan"}}, "fields.connection"),
        ({"fields": {"deleted": "traits.plan"}}, "fields.deleted"),
        ({"fields": {"seats": {"path": "traits.seats", "type": "list"}}}, "'text', 'number'"),
        ({"questions": {"q": "pmf"}}, "'nps', 'csat', 'ces' or 'csi'"),
        ({"start": "1990-01-01"}, "start"),
        ({"reread": "1m"}, "reread"),
        ({"refresh": "1m"}, "refresh"),
        ({"calls_per_second": 0}, "greater than 0"),
    ],
)
def test_a_mistake_is_named(given: dict[str, object], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        settings(**given)


def test_no_secret_is_ever_shown() -> None:
    assert "read-key-secret" not in f"{settings()!r} {settings()} {settings().model_dump_json()}"


def test_everything_is_read_unless_told_otherwise() -> None:
    assert settings().begins == datetime(2010, 1, 1, tzinfo=UTC)
    assert settings(start="2024-06-01").begins == datetime(2024, 6, 1, tzinfo=UTC)


@pytest.mark.parametrize(("rate", "window"), [(5, Window(1, 0.2)), (0.2, Window(1, 5.0)), (1, Window(1, 1.0))])
def test_calls_are_spaced_as_told(rate: float, window: Window) -> None:
    assert settings(calls_per_second=rate).windows() == {"default": (window,)}


def test_extra_fields_are_declared_with_their_types() -> None:
    given = {"plan": "traits.plan", "seats": {"path": "traits.seats", "type": "integer"}}
    (stream,) = streams(settings(fields=given))
    assert stream.extras == {"plan": Type.TEXT, "seats": Type.INTEGER}
