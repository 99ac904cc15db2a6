"""What only permissions have to obey: they name a field that takes them, and each stands once."""

from __future__ import annotations

from .fields import Row
from .org import Org
from .records import Table
from .refusals import bad

#: The fields that together may stand once.
KEYS = {
    "FieldPermissions": ("ParentId", "Field"),
    "ObjectPermissions": ("ParentId", "SobjectType"),
    "PermissionSetAssignment": ("AssigneeId", "PermissionSetId"),
}


def check_grant(org: Org, table: Table, record_id: str, row: Row) -> None:
    """Raise Refused where a permission cannot be. Other records pass."""
    keys = KEYS.get(table.name)
    if keys is None:
        return
    if table.name == "FieldPermissions":
        _check_field(org, row)
    for other in table.live:
        if other.id != record_id and all(other.values.get(key) == row.get(key) for key in keys):
            raise bad(
                "DUPLICATE_VALUE",
                f"duplicate value found: {table.name} duplicates value on record with id: {other.id[:15]}",
            )


def _check_field(org: Org, row: Row) -> None:
    object_type, _, name = str(row.get("Field")).partition(".")
    table = org.tables.get(object_type)
    field = table.type.fields.get(name) if table else None
    # Required fields and those that no permission is about are not in the list.
    if field is None or not field.permissionable or field.is_required or object_type != row.get("SobjectType"):
        message = f"Field Name: bad value for restricted picklist field: {row.get('Field')}"
        raise bad("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", message, ("Field",))
    if row.get("PermissionsEdit") and not row.get("PermissionsRead"):
        raise bad("FIELD_INTEGRITY_EXCEPTION", "Edit permission depends on read permission", ("PermissionsRead",))
