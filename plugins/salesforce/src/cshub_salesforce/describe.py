"""Salesforce's fields as the CRM fields cshub knows, and the other way round. Pure; creating them is `setup.py`'s part.

See https://developer.salesforce.com/docs/atlas.en-us.api_tooling.meta/api_tooling/tooling_api_objects_customfield.htm.
"""

from __future__ import annotations

from collections.abc import Mapping

from cshub import JSON, FieldSpec, FieldType, TargetField

from .catalog import FieldInfo

_TEXT = 255
_LONG_TEXT = 32_768
_LABEL, _HELP = 40, 510
_READ: Mapping[str, FieldType] = {
    "string": FieldType.TEXT,
    "email": FieldType.TEXT,
    "phone": FieldType.TEXT,
    "textarea": FieldType.LONG_TEXT,
    "picklist": FieldType.PICKLIST,
    "double": FieldType.NUMBER,
    "currency": FieldType.NUMBER,
    "int": FieldType.NUMBER,
    "long": FieldType.NUMBER,
    "percent": FieldType.PERCENT,
    "boolean": FieldType.FLAG,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "url": FieldType.URL,
}
#: The types in describe that can serve as a wanted field.
_SERVES: Mapping[FieldType, tuple[str, ...]] = {
    FieldType.PICKLIST: ("picklist",),
    FieldType.NUMBER: ("double", "currency", "int", "long"),
    FieldType.PERCENT: ("percent", "double"),
    FieldType.TEXT: ("string", "textarea"),
    FieldType.LONG_TEXT: ("textarea",),
    FieldType.DATE: ("date",),
    FieldType.DATETIME: ("datetime",),
    FieldType.FLAG: ("boolean",),
    FieldType.URL: ("url", "string"),
}


def target_field(info: FieldInfo) -> TargetField:
    """A field as describe shows it. The type is None where cshub has no word for it."""
    found = _READ.get(info.type)
    if info.type == "textarea" and info.length <= _TEXT:
        found = FieldType.TEXT
    return TargetField(
        name=info.name,
        label=info.label,
        type=found,
        vendor_type=info.type,
        writable=info.updateable,
        options=info.options,
        length=info.length or None,
    )


def creation(field: FieldSpec) -> dict[str, JSON]:
    """The metadata that makes this field."""
    made: dict[str, JSON] = {
        "label": field.label[:_LABEL],
        "description": field.help[:_HELP],
        "inlineHelpText": field.help[:_HELP],
        **_of_type(field),
    }
    return made if field.type is FieldType.FLAG else {**made, "required": False}


def mismatch(field: FieldSpec, info: FieldInfo) -> str | None:
    """Why an existing field cannot serve as this one, for people; None when it can."""
    if info.type not in _SERVES[field.type]:
        wanted = _SERVES[field.type][0]
        return f"{field.name} exists as {info.type}, but {wanted} is needed; rename or delete it in Salesforce"
    if not info.updateable:
        return f"{field.name} exists but cannot be edited; grant the integration user the field, by a permission set"
    if field.length and info.type == "string" and info.length < field.length:
        return f"{field.name} holds only {info.length} characters; make it {field.length} in Salesforce"
    lacking = [value for value, _ in field.options if value not in info.options]
    if lacking:
        return f"{field.name} lacks the values {', '.join(lacking)}; add them in Salesforce"
    return None


def _of_type(field: FieldSpec) -> dict[str, JSON]:
    plain: Mapping[FieldType, dict[str, JSON]] = {
        FieldType.NUMBER: {"type": "Number", "precision": 18, "scale": 2},
        FieldType.PERCENT: {"type": "Percent", "precision": 5, "scale": 2},
        FieldType.TEXT: {"type": "Text", "length": min(field.length or _TEXT, _TEXT)},
        FieldType.LONG_TEXT: {"type": "LongTextArea", "length": _LONG_TEXT, "visibleLines": 6},
        FieldType.DATE: {"type": "Date"},
        FieldType.DATETIME: {"type": "DateTime"},
        FieldType.FLAG: {"type": "Checkbox", "defaultValue": "false"},
        FieldType.URL: {"type": "Url"},
    }
    return {"type": "Picklist", "valueSet": _values(field)} if field.type is FieldType.PICKLIST else plain[field.type]


def _values(field: FieldSpec) -> JSON:
    values: list[JSON] = [{"fullName": value, "label": label, "default": False} for value, label in field.options]
    return {"restricted": True, "valueSetDefinition": {"sorted": False, "value": values}}
