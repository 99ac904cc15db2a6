"""Describe answers: every key that Salesforce gives for an object and for each of its fields."""

from __future__ import annotations

from cshub.testing.sandbox import JSON

from .fields import NUMERIC, TEXTS, Choice, Field
from .records import Table
from .sight import Sight

SOAP = {"id": "tns:ID", "reference": "tns:ID", "boolean": "xsd:boolean", "int": "xsd:int", "date": "xsd:date"}
SOAP |= {"datetime": "xsd:dateTime", "address": "urn:address"} | dict.fromkeys(
    ("double", "currency", "percent"), "xsd:double"
)
BYTES_A_CHARACTER = 3
NO_CHILDREN = ("CreatedById", "LastModifiedById", "MasterRecordId")
NEVER: dict[str, JSON] = {
    "aiPredictionField": False,
    "calculatedFormula": None,
    "cascadeDelete": False,
    "controllerName": None,
    "defaultValueFormula": None,
    "dependentPicklist": False,
    "deprecatedAndHidden": False,
    "displayLocationInDecimal": False,
    "encrypted": False,
    "extraTypeInfo": None,
    "filteredLookupInfo": None,
    "formulaTreatNullNumberAsZero": False,
    "highScaleNumber": False,
    "htmlFormatted": False,
    "mask": None,
    "maskType": None,
    "queryByDistance": False,
    "referenceTargetField": None,
    "relationshipOrder": None,
    "restrictedDelete": False,
    "searchPrefilterable": False,
    "writeRequiresMasterRead": False,
}  # fmt: skip


def describe_object(sight: Sight, table: Table, version: str) -> dict[str, JSON]:
    """The whole describe of one object, with the fields its reader sees."""
    name = table.name
    base = f"/services/data/v{version}/sobjects/{name}"
    return {
        **describe_briefly(table, version),
        "actionOverrides": [],
        "childRelationships": _children(sight, name),
        "compactLayoutable": True,
        "fields": [describe_field(sight, table, field) for field in sight.fields(name)],
        "listviewable": None,
        "lookupLayoutable": None,
        "namedLayoutInfos": [],
        "networkScopeFieldName": None,
        "recordTypeInfos": [_master(base)],
        "searchLayoutable": True,
        "supportedScopes": [{"label": f"All {table.type.plural}", "name": "everything"}],
        "urls": _urls(base, table),
    }


def describe_briefly(table: Table, version: str) -> dict[str, JSON]:
    """An object as the global list shows it."""
    type, base = table.type, f"/services/data/v{version}/sobjects/{table.name}"
    writable = {"createable": type.createable, "updateable": type.updateable, "deletable": type.deletable}
    return {
        "activateable": False,
        "associateEntityType": None,
        "associateParentEntity": None,
        **writable,
        "custom": False,
        "customSetting": False,
        "deepCloneable": False,
        "deprecatedAndHidden": False,
        "feedEnabled": type.mergeable,
        "hasSubtypes": False,
        "isInterface": False,
        "isSubtype": False,
        "keyPrefix": type.prefix,
        "label": type.label,
        "labelPlural": type.plural,
        "layoutable": True,
        "mergeable": type.mergeable,
        "mruEnabled": True,
        "name": type.name,
        "queryable": True,
        "replicateable": type.replicateable,
        "retrieveable": True,
        "searchable": True,
        "triggerable": True,
        "undeletable": type.deletable and type.replicateable,
        "urls": {"describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}", "sobject": base},
    }


def describe_field(sight: Sight, table: Table, field: Field) -> dict[str, JSON]:
    """One field, with every key."""
    edits = sight.edits(table.name, field)
    is_text = field.type in TEXTS
    return {
        **NEVER,
        "aggregatable": field.sortable and field.type != "boolean",
        "autoNumber": field.auto_number,
        "byteLength": field.length * BYTES_A_CHARACTER if is_text else field.length,
        "calculated": field.calculated,
        "calculatedFormula": field.formula,
        "caseSensitive": field.case_sensitive,
        "compoundFieldName": field.compound,
        "createable": field.createable and edits,
        "custom": field.custom,
        "defaultValue": field.default if field.type == "boolean" else None,
        "defaultedOnCreate": field.defaulted,
        "digits": field.precision if field.type == "int" else 0,
        "externalId": field.external_id,
        "filterable": field.filterable,
        "groupable": field.sortable and field.type not in NUMERIC,
        "idLookup": field.id_lookup,
        "inlineHelpText": field.help_text,
        "label": field.label,
        "length": field.length,
        "name": field.name,
        "nameField": field.name_field,
        "namePointing": len(field.refers) > 1,
        "nillable": field.nillable and not field.is_required,
        "permissionable": field.permissionable and not field.is_required,
        "picklistValues": [_choice(choice) for choice in field.choices],
        "polymorphicForeignKey": len(field.refers) > 1,
        "precision": field.precision,
        "referenceTo": [*field.refers],
        "relationshipName": field.relationship,
        "restrictedPicklist": field.restricted,
        "scale": field.scale,
        "soapType": SOAP.get(field.type, "xsd:string"),
        "sortable": field.sortable,
        "type": field.type,
        "unique": field.unique,
        "updateable": field.updateable and edits,
    }


def _choice(choice: Choice) -> JSON:
    return {
        "active": choice.active,
        "defaultValue": choice.is_default,
        "label": choice.label,
        "validFor": None,
        "value": choice.value,
    }


def _children(sight: Sight, name: str) -> list[JSON]:
    return [
        _child(table, field)
        for table in sight.tables
        for field in table.type.fields.values()
        if name in field.refers and field.name not in NO_CHILDREN
    ]


def _child(table: Table, field: Field) -> JSON:
    return {
        "cascadeDelete": field.name == "AccountId" and table.name in ("Contact", "Opportunity"),
        "childSObject": table.name,
        "deprecatedAndHidden": False,
        "field": field.name,
        "junctionIdListNames": [],
        "junctionReferenceTo": [],
        "relationshipName": table.type.plural if field.name != "ParentId" else f"Child{table.type.plural}",
        "restrictedDelete": False,
    }


def _master(base: str) -> JSON:
    return {
        "active": True,
        "available": True,
        "defaultRecordTypeMapping": True,
        "developerName": "Master",
        "master": True,
        "name": "Master",
        "recordTypeId": "012000000000000AAA",
        "urls": {"layout": f"{base}/describe/layouts/012000000000000AAA"},
    }


def _urls(base: str, table: Table) -> JSON:
    lightning = f"https://acme.lightning.force.com/lightning/r/{table.name}"
    return {
        "describe": f"{base}/describe",
        "layouts": f"{base}/describe/layouts",
        "rowTemplate": f"{base}/{{ID}}",
        "sobject": base,
        "uiDetailTemplate": f"{lightning}/{{ID}}/view",
        "uiEditTemplate": f"{lightning}/{{ID}}/edit",
        "uiNewRecord": f"https://acme.lightning.force.com/lightning/o/{table.name}/new",
    }
