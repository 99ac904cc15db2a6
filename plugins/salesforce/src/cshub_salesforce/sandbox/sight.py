"""What the user of the API sees of the org and may do there: objects, fields, and what permission sets grant."""

from __future__ import annotations

from .catalog import ObjectType
from .fields import Field, Row, Value
from .org import Org
from .records import Table
from .refusals import Refused, bad, not_found, refused
from .setup_objects import PERMISSIONS
from .soql.tokens import pointed


class Sight:
    """The org as one user sees it. `tooling` looks at the Tooling API's objects instead of the records."""

    def __init__(self, org: Org, *, tooling: bool = False) -> None:
        self.org = org
        self._tables = org.tooling if tooling else org.tables
        self._user = org.integration_user

    @property
    def tables(self) -> list[Table]:
        """The tables the user sees."""
        hidden = self.org.behaviour.hidden_objects
        return [table for name, table in self._tables.items() if name not in hidden]

    def table(self, name: str) -> Table | None:
        """The table of an object, by its name in any case; None when it is hidden too."""
        return next((table for table in self.tables if table.name.lower() == name.lower()), None)

    def table_there(self, name: str) -> Table:
        """The table of an object named in a path. Raises Refused with 404."""
        table = self.table(name)
        if table is None:
            raise not_found()
        return table

    def field(self, object_type: str, name: str) -> Field | None:
        """The field if the user sees it."""
        table = self._tables.get(object_type) or self.org.tables.get(object_type)
        field = table.type.field_named(name) if table else None
        return field if table and field and self._sees(table.type, field) else None

    def fields(self, object_type: str) -> list[Field]:
        """Every field of an object that the user sees."""
        table = self._tables.get(object_type) or self.org.tables.get(object_type)
        return [field for field in table.type.fields.values() if self._sees(table.type, field)] if table else []

    def value(self, object_type: str, row: Row, field: Field) -> Value:
        """What a field of a row shows."""
        return self.org.value(object_type, row, field)

    def seen(self, record_id: Value) -> Row | None:
        """What a query sees of another record."""
        return self.org.seen(record_id)

    def edits(self, object_type: str, field: Field) -> bool:
        """Whether the user may write a field that can be written at all."""
        return field.by_profile or self._granted(object_type, field.name, "PermissionsEdit")

    def may_write(self, table: Table) -> None:
        """Raise Refused where the user may not write an object."""
        allowed = self.org.behaviour.setup_rights if table.name in PERMISSIONS else True
        if table.name in self.org.behaviour.read_only_objects or not allowed:
            raise refused(403, "INSUFFICIENT_ACCESS_OR_READONLY", "insufficient access rights on object id")

    def _sees(self, type: ObjectType, field: Field) -> bool:
        if f"{type.name}.{field.name}" in self.org.hidden_fields:
            return False
        # Nobody sees a new field until a permission set says so.
        return field.by_profile or self._granted(type.name, field.name, "PermissionsRead")

    def _granted(self, object_type: str, name: str, right: str) -> bool:
        rows = self.org.tables["FieldPermissions"].with_value("Field", f"{object_type}.{name}")
        sets = {row.values.get("ParentId") for row in rows if row.values.get(right)}
        assigned = self.org.tables["PermissionSetAssignment"].with_value("AssigneeId", self._user)
        return any(row.values.get("PermissionSetId") in sets for row in assigned)


def no_type(soql: str, at: int, name: str) -> Refused:
    """400 INVALID_TYPE: a query of an object that is not there or not seen."""
    advice = "If you are attempting to use a custom object, be sure to append the '__c' after the entity name. "
    where = "Please reference your WSDL or the describe call for the appropriate names."
    return bad("INVALID_TYPE", pointed(soql, at, f"sObject type '{name}' is not supported. {advice}{where}"))
