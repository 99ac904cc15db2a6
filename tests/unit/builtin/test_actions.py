from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
import structlog
from pydantic import BaseModel, SecretStr, ValidationError

import cshub
from cshub.builtin.actions import LogSettings, WebhookSettings, register_actions

ACTIONS = {action.name: action for action in register_actions()}
NOTICE = cshub.AlertNotice(
    key="went_critical:crm:1:7",
    trigger="went_critical",
    customer="crm:1",
    customer_name="Acme",
    text="Acme: 3 urgent tickets",
    opened_at=datetime(2026, 3, 1, 12, tzinfo=UTC),
    evidence=("urgent_open = 3",),
    fields={"band": "critical"},
)


class Wire:
    """Takes what would be posted."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, Mapping[str, object], str]] = []

    def post(self, url: str, body: Mapping[str, object], *, label: str) -> None:
        self.posted.append((url, body, label))


def deliver(action: str, settings: BaseModel, wire: Wire) -> str:
    return ACTIONS[action].deliver(NOTICE, settings, wire)


def test_log_writes_a_structured_line() -> None:
    with structlog.testing.capture_logs() as lines:
        said = deliver("log", LogSettings(), Wire())
    assert said == "logged: Acme: 3 urgent tickets"
    assert lines == [
        {
            "event": "alert", "log_level": "warning", "key": NOTICE.key, "trigger": "went_critical",
            "customer": "crm:1", "text": NOTICE.text,
        }
    ]  # fmt: skip


def test_a_webhook_gets_the_whole_alert_with_its_key() -> None:
    wire = Wire()
    said = deliver("webhook", WebhookSettings(url=SecretStr("https://hooks.example.com/x")), wire)
    ((url, body, label),) = wire.posted
    assert (url, label) == ("https://hooks.example.com/x", "POST webhook")
    assert body["key"] == NOTICE.key
    assert body["opened_at"] == "2026-03-01T12:00:00+00:00"
    assert "hooks.example.com" not in said


def test_slack_gets_the_text_alone() -> None:
    wire = Wire()
    deliver("webhook", WebhookSettings(url=SecretStr("https://hooks.example.com/x"), format="slack"), wire)
    assert wire.posted[0][1] == {"text": NOTICE.text}


def test_the_address_never_shows_and_unknown_settings_are_refused() -> None:
    assert "hooks" not in repr(WebhookSettings(url=SecretStr("https://hooks.example.com")))
    with pytest.raises(ValidationError):
        WebhookSettings.model_validate({"url": "https://hooks.example.com", "chanel": "x"})
