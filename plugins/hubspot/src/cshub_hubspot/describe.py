"""HubSpot's properties as the CRM fields cshub knows, and the other way round. Pure; creating them is `setup.py`'s part.

See https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide.
"""

from __future__ import annotations

from collections.abc import Mapping

from cshub import JSON, FieldSpec, FieldType, TargetField

from .catalog import Definition

GROUP = "cshub"
GROUP_LABEL = "Customer health"
_YES_NO: JSON = [
    {"label": "Yes", "value": "true", "displayOrder": 0, "hidden": False},
    {"label": "No", "value": "false", "displayOrder": 1, "hidden": False},
]
#: (type, fieldType) to create; there is no fieldType for times of day.
_CREATED: Mapping[FieldType, tuple[str, str]] = {
    FieldType.PICKLIST: ("enumeration", "select"),
    FieldType.NUMBER: ("number", "number"),
    FieldType.PERCENT: ("number", "number"),
    FieldType.TEXT: ("string", "text"),
    FieldType.LONG_TEXT: ("string", "textarea"),
    FieldType.DATE: ("date", "date"),
    FieldType.DATETIME: ("datetime", "date"),
    FieldType.FLAG: ("bool", "booleancheckbox"),
    FieldType.URL: ("string", "text"),
}
_READ: Mapping[str, FieldType] = {
    "number": FieldType.NUMBER,
    "string": FieldType.TEXT,
    "enumeration": FieldType.PICKLIST,
    "bool": FieldType.FLAG,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
}


def target_field(definition: Definition) -> TargetField:
    """A property as a field. The type is None where cshub has no word for it."""
    vendor_type, kind = str(definition.get("type")), definition.get("fieldType")
    found = _READ.get(vendor_type)
    if kind == "textarea":
        found = FieldType.LONG_TEXT
    elif kind == "booleancheckbox":
        found = FieldType.FLAG
    elif kind == "checkbox" or (isinstance(kind, str) and kind.startswith("calculation")):
        found = None if kind == "checkbox" else found
    return TargetField(
        name=str(definition.get("name")),
        label=str(definition.get("label") or definition.get("name")),
        type=found,
        vendor_type=f"{vendor_type}/{kind}",
        writable=_writable(definition),
        options=_options(definition),
    )


def creation(field: FieldSpec, place: int) -> JSON:
    """The body that creates this field as property number `place` of its group."""
    vendor_type, kind = _CREATED[field.type]
    made: dict[str, JSON] = {
        "groupName": GROUP,
        "name": field.name,
        "label": field.label,
        "type": vendor_type,
        "fieldType": kind,
        "description": field.help,
        "displayOrder": place,
        "formField": False,
    }
    if field.type is FieldType.FLAG:
        made["options"] = _YES_NO
    elif field.options:
        made["options"] = [
            {"label": label, "value": value, "displayOrder": at, "hidden": False}
            for at, (value, label) in enumerate(field.options)
        ]
    return made


def mismatch(field: FieldSpec, definition: Definition) -> str | None:
    """Why an existing property cannot serve as this field, for people; None when it can."""
    found = target_field(definition)
    wanted, _ = _CREATED[field.type]
    if definition.get("type") != wanted:
        return f"{field.name} exists as {found.vendor_type}, but {wanted} is needed; rename or delete it in HubSpot"
    if not found.writable:
        return f"{field.name} exists but cannot be written; rename or delete it in HubSpot"
    lacking = [value for value, _ in field.options if value not in found.options]
    if lacking:
        return f"{field.name} lacks the options {', '.join(lacking)}; add them in HubSpot"
    return None


def _writable(definition: Definition) -> bool:
    rights = definition.get("modificationMetadata")
    read_only = rights.get("readOnlyValue") if isinstance(rights, dict) else False
    return not read_only and not definition.get("calculated")


def _options(definition: Definition) -> tuple[str, ...]:
    found = definition.get("options")
    if not isinstance(found, list):
        return ()
    return tuple(str(option.get("value")) for option in found if isinstance(option, dict))
