"""The two actions of the core: `log`, a structured line, and `webhook`, a POST to an address that is a secret."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from cshub import Action, ActionContext, AlertNotice, hookimpl


class LogSettings(BaseModel):
    """Nothing to set."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class WebhookSettings(BaseModel):
    """Where to post, and what the body looks like."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    url: SecretStr = Field(description="the address, which is a secret: env:NAME or file:path")
    format: Literal["json", "slack"] = Field(default="json", description="the whole alert, or a text as Slack wants it")


@hookimpl
def register_actions() -> Iterable[Action]:
    """`log` and `webhook`."""
    return [
        Action(name="log", doc="a structured line in the log", settings=LogSettings, deliver=write_line),
        Action(name="webhook", doc="a POST as JSON, plain or for Slack", settings=WebhookSettings, deliver=post),
    ]


def write_line(notice: AlertNotice, settings: BaseModel, context: ActionContext) -> str:
    """One line in the log, with the alert's key to recognise a repeat."""
    import structlog  # noqa: PLC0415 - structlog loads rich, which would slow every start, with or without alerts

    log = structlog.get_logger(__name__)
    log.warning("alert", key=notice.key, trigger=notice.trigger, customer=notice.customer, text=notice.text)
    return f"logged: {notice.text}"


def post(notice: AlertNotice, settings: BaseModel, context: ActionContext) -> str:
    """The alert as JSON. Receivers know a repeat by `key`; Slack gets the text alone (https://docs.slack.dev/messaging/)."""
    if not isinstance(settings, WebhookSettings):
        raise TypeError(f"webhook got {type(settings).__name__} for its settings")
    body = {"text": notice.text} if settings.format == "slack" else _body(notice)
    context.post(settings.url.get_secret_value(), body, label="POST webhook")
    return f"posted: {notice.text}"


def _body(notice: AlertNotice) -> dict[str, object]:
    return {
        "key": notice.key,
        "trigger": notice.trigger,
        "customer": notice.customer,
        "customer_name": notice.customer_name,
        "text": notice.text,
        "opened_at": notice.opened_at.isoformat(),
        "evidence": list(notice.evidence),
        "fields": dict(notice.fields),
    }
