"""Calls about data attributes: listed, and made before a contact can carry them."""

from __future__ import annotations

from collections.abc import Mapping

from cshub.testing.sandbox import JSON, Response, json_response

from .attributes import NAME, TYPES
from .call import Call
from .refusals import conversation_model, invalid
from .versions import V2_14, V2_16

MODELS = ("contact", "company")


def list_attributes(call: Call) -> Response:
    """The attributes of a model or of both, archived ones when asked for."""
    model = call.request.arg("model")
    if model == "conversation":
        if call.version >= V2_16:
            raise conversation_model()
        return json_response({"type": "list", "data": []})
    if model is not None and model not in MODELS:
        raise invalid("The Data Attribute model field must be either contact or company", "model")
    archived = call.request.flag("include_archived")
    shown = [item for item in call.workspace.catalog if model in (None, item.model) and (archived or not item.archived)]
    return json_response({"type": "list", "data": [item.as_json(call.version) for item in shown]})


def create_attribute(call: Call) -> Response:
    """A new attribute; a name is taken once for contacts and companies together."""
    body = call.body()
    model, name, data_type = (str(body.get(key) or "") for key in ("model", "name", "data_type"))
    if model not in MODELS:
        raise invalid("The Data Attribute model field must be either contact or company")
    if not NAME.fullmatch(name):
        text = "Your name for this attribute must only contain alphanumeric characters, currency symbols, and hyphens"
        raise invalid(text)
    _forbid_taken(call, model, name)
    data_type, options = _type(call, body, data_type)
    catalog = call.workspace.catalog
    words = str(body.get("description") or "")
    made = catalog.add(model, name, data_type, call.workspace.now(), options=options, words=words)
    return json_response(made.as_json(call.version))


def _forbid_taken(call: Call, model: str, name: str) -> None:
    for holder in MODELS:
        if name in call.workspace.catalog.custom(holder):
            people = {"contact": "people", "company": "company"}
            text = f"You already have '{name}' in your {people[holder]} data. "
            raise invalid(f"{text}To save this as new {people[model]} data, use a different name.")


def _type(call: Call, body: Mapping[str, JSON], data_type: str) -> tuple[str, list[str]]:
    """The type and the options. Lists are `options` with objects since 2.14, before they were texts with texts."""
    sent = body.get("options")
    is_list = data_type == "options" if call.version >= V2_14 else data_type == "string" and isinstance(sent, list)
    if not is_list:
        if data_type not in TYPES:
            raise invalid("Data Type isn't an option")
        return data_type, []
    items = sent if isinstance(sent, list) else []
    values = [str(item.get("value")) if isinstance(item, dict) else str(item) for item in items]
    if len(values) < 2:
        raise invalid("The Data Attribute options field must have at least 2 options")
    return "options", values
