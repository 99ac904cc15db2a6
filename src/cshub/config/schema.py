"""The JSON Schema of the configuration with the plugins that are installed, so that an editor completes and underlines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from pydantic import BaseModel

from ..model import FunctionMetric, QueryForm
from ..plugins import Registry
from ..scoring.shapes import SHAPES
from .backtest import BacktestBlock
from .beside import RollupBlock, TrendBlock
from .blocks import (
    AdjustBlock,
    ConnectionBlock,
    GroupBlock,
    HysteresisBlock,
    IdentityBlock,
    ListedBlock,
    PluginsBlock,
    PublishBlock,
    SafetyBlock,
    ScheduleBlock,
    ScorecardBlock,
    SignalBlock,
    TriggerBlock,
)
from .lifecycle import OTHERWISE, LifecycleBlock, OnboardingBlock
from .portfolio import PortfolioBlock
from .risk import RiskBlock, RiskRuleBlock
from .voice import OverrideBlock

Schema: TypeAlias = dict[str, object]
_REFERENCE: Schema = {"type": "string", "pattern": "^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$"}
#: `name: {when: rule}`, or the rule alone.
_RULE: Schema = {
    "anyOf": [
        {"type": "string"},
        {
            "type": "object",
            "required": ["when"],
            "properties": {"when": {"type": "string"}},
            "additionalProperties": False,
        },
    ]
}
_CARD_RULE: Schema = {
    "type": "string",
    "description": "whom it scores: a rule over stage, segments, fields of the account, metrics and tenure; `default` has none",
}
_SHAPE_OPTIONS: Schema = {
    "bad": {"type": "number", "description": "the value that earns nothing"},
    "good": {"type": "number", "description": "the value that earns everything"},
    "from": {"type": "array", "description": "[value, points] of one end"},
    "to": {"type": "array", "description": "[value, points] of the other end"},
    "tiers": {"type": "array", "description": "[[lo, hi, points], …], each interval without its lower end"},
    "steps": {"type": "array", "description": "[[from, points], …], each from its beginning to the next"},
    "thresholds": {"type": "object", "description": "{at_risk: [worst, best], neutral: …, healthy: …}: 1 to 10"},
    "values": {"type": "object", "description": "category: points"},
    "of": {"type": "string", "description": "the metric a ratio or growth is of"},
}
_ADJUST = "penalties, boosts, floors, caps and vetoes, each with `when:`"
_OUT: Schema = {"type": "array", "description": "[lowest, highest] points it can give"}
_CELL: Schema = {
    "upto": {"type": "number", "description": "values of `by` up to and including this"},
    "is": {"description": "a word, or a list of words, that `by` is"},
    **_SHAPE_OPTIONS,
}


def json_schema(registry: Registry) -> Schema:
    """JSON Schema, draft 2020-12, of a whole `cshub.yaml`."""
    definitions: Schema = {}
    build = _Builder(definitions)
    properties: Schema = {
        "store": {"type": "string", "description": "sqlite:///cshub.db, or env:NAME", "default": "sqlite:///cshub.db"},
        "timezone": {"type": "string", "default": "UTC"},
        "plugins": {**build.model(PluginsBlock), "additionalProperties": {"type": "object"}},
        "connections": _each({"oneOf": [build.connection(name, registry) for name in registry.connectors]}),
        "identity": build.identity(registry),
        "metrics": _each(_metric(registry)),
        "lifecycle": build.lifecycle(),
        "onboarding": build.model(OnboardingBlock),
        "segments": _each({**_RULE, "description": "a name with `when:`, a rule; several may hold for a customer"}),
        "scorecards": _each(_with(build.scorecard(registry), {"when": _CARD_RULE})),
        "risk": build.risk(),
        "trend": build.model(TrendBlock),
        "override": build.model(OverrideBlock),
        "pulse": {
            "type": "string",
            "pattern": "^account\\.",
            "description": "the field with the CSM's feeling: account.FIELD",
        },
        "rollup": build.model(RollupBlock),
        "triggers": _each(build.trigger(registry)),
        "publish": _each(build.model(PublishBlock)),
        "schedule": build.model(ScheduleBlock),
        "safety": build.model(SafetyBlock),
        "portfolio": build.model(PortfolioBlock),
        "backtest": build.model(BacktestBlock),
        "notify": {**_REFERENCE, "description": "where failures and recoveries are told, once per change"},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "cshub.yaml",
        "type": "object",
        "additionalProperties": False,
        "required": ["connections"],
        "properties": properties,
        "$defs": definitions,
    }


def _each(schema: Schema) -> Schema:
    return {"type": "object", "additionalProperties": schema}


def _metric(registry: Registry) -> Schema:
    forms = [_form(metric) for metric in registry.metrics.values() if isinstance(metric, QueryForm)]
    forms += _placement_metrics()
    functions = [name for name, metric in registry.metrics.items() if isinstance(metric, FunctionMetric)]
    return {"anyOf": [*forms, *([{"enum": functions}] if functions else [])]}


def _form(form: QueryForm) -> Schema:
    options: Schema = {name: {} for name in form.options}
    return {
        "type": "object",
        "description": form.doc,
        "required": [form.name],
        "properties": {form.name: {}, **options},
        "additionalProperties": False,
    }


def _placement_metrics() -> list[Schema]:
    """Metrics that a customer's placement answers."""
    doc = "how long it has been a customer, in days or months of 30 days: {tenure: days}"
    tenure: Schema = {"tenure": {"enum": ["days", "months"]}}
    reached: Schema = {"time_to_value": {"enum": ["days"]}}
    return [
        {
            "type": "object",
            "description": doc,
            "required": ["tenure"],
            "properties": tenure,
            "additionalProperties": False,
        },
        {
            "type": "object",
            "description": "days from the start to the milestone of `onboarding:`; without a value until it is reached",
            "required": ["time_to_value"],
            "properties": reached,
            "additionalProperties": False,
        },
    ]


class _Builder:
    """Model schemas with their definitions gathered in one place."""

    def __init__(self, definitions: Schema) -> None:
        self._definitions = definitions

    def model(self, model: type[BaseModel]) -> Schema:
        """The schema of a model; what it refers to goes to the common definitions, under the model's own name."""
        prefix = f"{model.__module__}.{model.__qualname__}".replace(".", "_")
        schema = model.model_json_schema(ref_template=f"#/$defs/{prefix}_{{model}}")
        inner = schema.pop("$defs", {})
        self._definitions.update({f"{prefix}_{name}": _secret(part) for name, part in inner.items()})
        found = _secret(schema)
        return found if isinstance(found, dict) else {}

    def connection(self, name: str, registry: Registry) -> Schema:
        connector = registry.connectors[name]
        core, own = self.model(ConnectionBlock), self.model(connector.settings)
        return _joined(core, own, {"connector": {"const": name}}, connector.doc)

    def identity(self, registry: Registry) -> Schema:
        schema = self.model(IdentityBlock)
        customers = {**_each(self.model(ListedBlock)), "properties": {"exclude": {"type": "array"}}}
        rules = {"type": "array", "items": {"enum": list(registry.identity_rules)}}
        return _with(schema, {"customers": customers, "rules": rules})

    def lifecycle(self) -> Schema:
        stages = {
            **_each(_RULE),
            "properties": {OTHERWISE: {"type": "string", "description": "the stage of everybody else; comes last"}},
            "required": [OTHERWISE],
        }
        return _with(self.model(LifecycleBlock), {"stages": stages})

    def scorecard(self, registry: Registry) -> Schema:
        shape: Schema = {"shape": {"enum": list(SHAPES), "description": "needed where the other keys do not tell"}}
        cells: Schema = {"type": "array", "items": {"type": "object", "properties": {**shape, **_CELL}}}
        by: Schema = {"type": "string", "description": "the metric that chooses the cell"}
        matrix: Schema = {
            "type": "object",
            "description": "the first cell that holds for the metric `by` judges the value",
            "required": ["by", "cells"],
            "properties": {"by": by, "cells": cells},
            "additionalProperties": False,
        }
        signal = _with(self.model(SignalBlock), {**shape, **_SHAPE_OPTIONS, "matrix": matrix, "out": _OUT})
        signals, group = _each(signal), _with(self.model(GroupBlock), {"signals": _each(signal)})
        self._definitions["group"] = _with(group, {"groups": _each({"$ref": "#/$defs/group"})})
        own: Schema = {
            "model": {"enum": list(registry.models)},
            "signals": signals,
            "groups": _each({"$ref": "#/$defs/group"}),
            "hysteresis": self.model(HysteresisBlock),
            "adjust": {"type": "array", "items": self.model(AdjustBlock), "description": _ADJUST},
        }
        return _with(self.model(ScorecardBlock), own)

    def risk(self) -> Schema:
        return _with(self.model(RiskBlock), {"rules": _each(self.model(RiskRuleBlock))})

    def trigger(self, registry: Registry) -> Schema:
        text: Schema = {"text": {"type": "string", "description": "what this action says instead"}}
        actions: Schema = {
            name: {**_with(self.model(action.settings), text), "description": action.doc}
            for name, action in registry.actions.items()
        }
        return _with(self.model(TriggerBlock), actions)


def _with(schema: Schema, properties: Mapping[str, object]) -> Schema:
    present = schema.get("properties")
    return {**schema, "properties": {**(present if isinstance(present, dict) else {}), **properties}}


def _joined(core: Schema, own: Schema, first: Schema, doc: str) -> Schema:
    joined = _with(_with(core, first), {})
    other = own.get("properties")
    required = [*_names(core), *_names(own)]
    return {**_with(joined, other if isinstance(other, dict) else {}), "required": required, "description": doc}


def _names(schema: Schema) -> list[object]:
    required = schema.get("required")
    return list(required) if isinstance(required, list) else []


def _secret(node: object) -> object:
    """The schema with every secret asked for as a reference, and with durations as YAML writes them."""
    if isinstance(node, list):
        return [_secret(part) for part in node]
    if not isinstance(node, dict):
        return node
    if node.get("format") == "password":
        return {**_REFERENCE, **{key: node[key] for key in ("title", "description") if key in node}}
    if node.get("format") == "duration":
        return {"type": "string", "pattern": "^[0-9]+ ?[smhdw]$"}
    return {key: _secret(part) for key, part in node.items()}
