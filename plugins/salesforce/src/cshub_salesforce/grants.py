"""Who may see and edit the fields cshub makes: two permission sets, and the integration user in the one that may edit.

A new field is invisible to everybody over the API, its maker included, until it is granted.
See https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_fieldpermissions.htm.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cshub import JSON, PermissionMissing, RequestRefused

from .api import Api
from .explain import complaints, word
from .lookup import everything
from .soql import equals, every, one_of, select


@dataclass(frozen=True, slots=True, kw_only=True)
class PermissionSet:
    """A permission set of ours."""

    name: str
    label: str
    description: str
    edits: bool


VIEWER = PermissionSet(
    name="CSHub_Viewer",
    label="Customer health: view",
    description="Sees the fields that cshub writes. Give it to everybody who talks to customers.",
    edits=False,
)
INTEGRATION = PermissionSet(
    name="CSHub_Integration",
    label="Customer health: write",
    description="May edit the fields that cshub writes, and no others. For the integration user.",
    edits=True,
)


def grant(api: Api, target: str, fields: Sequence[str]) -> str | None:
    """Have these fields seen by both sets, and our own user in the one that edits. What exists is left as it is.

    None when all went well, else what did not, for people.
    """
    try:
        sets = {each: _set_id(api, each) for each in (VIEWER, INTEGRATION)}
        given = _given(api, target, list(sets.values()))
        for each, id in sets.items():
            for field in fields:
                if (f"{target}.{field}", id) not in given:
                    _make(api, "FieldPermissions", _permission(target, field, id, edits=each.edits))
        _assign(api, sets[INTEGRATION])
    except (PermissionMissing, RequestRefused) as error:
        return error.message
    return None


def _set_id(api: Api, wanted: PermissionSet) -> str:
    """The id of a set, made if it is missing."""
    condition = equals("Name", wanted.name)
    found = list(everything(api, select(("Id",), "PermissionSet", condition), label="permission sets"))
    if not found:
        values = {"Name": wanted.name, "Label": wanted.label, "Description": wanted.description}
        _make(api, "PermissionSet", values)
        found = list(everything(api, select(("Id",), "PermissionSet", condition), label="permission sets"))
    id = word(found[0], "Id") if found and isinstance(found[0], dict) else ""
    if not id:
        raise RequestRefused(f"the permission set {wanted.name} was made but cannot be found")
    return id


def _given(api: Api, target: str, sets: Sequence[str]) -> set[tuple[str, str]]:
    """The (field, set) that are granted already."""
    condition = every(equals("SobjectType", target), one_of("ParentId", sets))
    soql = select(("Field", "ParentId"), "FieldPermissions", condition)
    records = (each for each in everything(api, soql, label="field permissions") if isinstance(each, dict))
    return {(word(each, "Field"), word(each, "ParentId")) for each in records}


def _permission(target: str, field: str, set_id: str, *, edits: bool) -> Mapping[str, JSON]:
    return {
        "ParentId": set_id,
        "SobjectType": target,
        "Field": f"{target}.{field}",
        "PermissionsRead": True,
        "PermissionsEdit": edits,
    }


def _assign(api: Api, set_id: str) -> None:
    """Put our own user into the set, unless it is there."""
    user = api.identity.user
    condition = every(equals("AssigneeId", user), equals("PermissionSetId", set_id))
    soql = select(("Id",), "PermissionSetAssignment", condition)
    if not list(everything(api, soql, label="permission set assignments")):
        _make(api, "PermissionSetAssignment", {"AssigneeId": user, "PermissionSetId": set_id})


def _make(api: Api, sobject: str, values: Mapping[str, JSON]) -> None:
    """Make a record; that somebody made it meanwhile is as good. Raises RequestRefused for any other complaint."""
    answer = api.create(sobject, values)
    found = complaints(answer) if answer.status == 400 else []
    if answer.status == 400 and not any(each.code.startswith("DUPLICATE") for each in found):
        told = "; ".join(map(str, found)) or answer.excerpt()
        raise RequestRefused(f"{sobject}: {told}", where=answer.where, status=answer.status)
