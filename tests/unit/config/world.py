"""A small world for configurations: two vendors, a function metric, the built-in forms, models and actions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

import cshub
from cshub.builtin import actions, metrics, models
from cshub.plugins import Registry, discover
from tests.unit.plugins.making import Given, plugin


class CrmSettings(BaseModel):
    """What a CRM connector might ask for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    token: SecretStr = Field(description="private app token")
    region: Literal["eu", "us"] = "eu"
    rate_limit: int = Field(default=100, ge=1)
    overlap: timedelta = timedelta(minutes=10)
    base_url: str = "https://api.example.com"
    accounts: dict[str, str] = {}
    more: dict[str, SecretStr] = {}


class FileSettings(BaseModel):
    """What a source without accounts might ask for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str


def _crm_streams(settings: CrmSettings) -> Sequence[cshub.Stream]:
    extras = {name: cshub.Type.TEXT for name in settings.accounts if name not in cshub.ACCOUNT.names}
    return [
        cshub.Incremental(name="companies", kind=cshub.ACCOUNT, shape="1", extras=extras),
        cshub.Snapshot(name="owners", kind=cshub.OWNER, shape="1"),
    ]


def _file_streams(settings: FileSettings) -> Sequence[cshub.Stream]:
    return [cshub.Snapshot(name="rows", kind=cshub.EVENT, shape="1", extras={"missed": cshub.Type.FLAG})]


def _open(settings: BaseModel, context: cshub.Context) -> cshub.Source:
    raise NotImplementedError("no test here opens a connection")


def register_connectors() -> Iterable[object]:
    """Two connectors."""
    return [
        cshub.Connector(
            name="crm",
            doc="a CRM",
            settings=CrmSettings,
            streams=_crm_streams,
            open=_open,
            target="companies",
            untouchable=("crm_feeling",),
        ),
        cshub.Connector(name="files", doc="files", settings=FileSettings, streams=_file_streams, open=_open),
    ]


@cshub.metric(needs=("ticket",))
def reopened(view: cshub.CustomerView) -> int:
    """Tickets that were opened again."""
    return len(view.rows["ticket"])


def _rule(name: str) -> cshub.IdentityRule:
    return cshub.IdentityRule(name=name, doc=name, columns={"account": ("domains",)}, keys=lambda kind, row: ())


def world() -> Registry:
    """The registry of this world."""
    return discover(
        plugins=[
            Given("metrics", metrics),
            Given("models", models),
            Given("actions", actions),
            plugin(
                "vendors",
                register_connectors=register_connectors,
                register_metrics=lambda: [reopened],
                register_identity_rules=lambda: [_rule("domain"), _rule("email_domain")],
            ),
        ]
    )


ENVIRON: Mapping[str, str] = {"CRM_TOKEN": "tok-1234567890-secret", "SLACK": "https://hooks.example.com/T/B/secret"}

GOOD = """\
timezone: Europe/Prague
connections:
  crm:
    connector: crm
    token: env:CRM_TOKEN
    overlap: 5m
    accounts: {tier: Tier__c}
    every: 10m
    streams: {owners: {every: 1d}}
  usage: {connector: files, path: usage/*.csv}
identity:
  customers:
    crm: {where: "type == 'Customer' and tier != 'free'"}
    exclude: ["crm:13"]
  rules: [email_domain, domain]
metrics:
  urgent_open: {count: ticket, where: "priority == 'urgent' and is_open"}
  missed: {ratio: [{count: event, where: missed}, {count: event}], window: 30d}
  nps: {nps: response, window: 90d}
  back_again: reopened
scorecards:
  default:
    model: weighted
    groups:
      support: {weight: 40, signals: {urgent_open: {bad: 5, good: 0, because: urgent tickets}, back_again: {bad: 3, good: 0}}}
      voice: {weight: 60, signals: {nps: {bad: -50, good: 50, missing: neutral}}}
    bands: {critical: 0, at_risk: 50, healthy: 75}
    hysteresis: {margin: 3, dwell: 2d, jump: immediate}
triggers:
  went_critical:
    when: "band == 'critical' and urgent_open > 1"
    text: "{name}: {why}"
    log: {}
    webhook: {url: env:SLACK, format: slack, text: "{name} fell to {band}"}
    cooldown: 14d
publish:
  crm: {approve: auto, canary: 0}
schedule: {pull: 15m, score: 1h, sweep: "0 3 * * 0", jitter: 30s}
safety: {max_band_flips: 20%}
notify: env:SLACK
"""
