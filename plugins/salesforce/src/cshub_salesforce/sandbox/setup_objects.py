"""The objects an administrator works with: users, queues, the organization, permissions, and fields in the Tooling API."""

from __future__ import annotations

from collections.abc import Iterable

from .catalog import ObjectType, account, case, contact, opportunity, own_fields, task
from .fields import READ_ONLY, Field, flag, picklist, plain, reference, system_fields, text

PERMISSIONS = ("PermissionSet", "FieldPermissions", "ObjectPermissions", "PermissionSetAssignment")


def data_objects() -> dict[str, ObjectType]:
    """Every object of the data API, with the org's own fields."""
    made = (account(), contact(), opportunity(), case(), task(), *_people(), *_permissions())
    objects = {each.name: each for each in made}
    for name, fields in own_fields().items():
        objects[name].add(*fields)
    return objects


def tooling_objects() -> dict[str, ObjectType]:
    """The objects of the Tooling API that are queried."""
    fields = (
        text("DeveloperName", "Developer Name", 80, name_field=True, nillable=False),
        text("TableEnumOrId", "Table Enum or ID", 80),
        text("NamespacePrefix", "Namespace Prefix", 15),
        text("FullName", "Full Name", 120, filterable=False),
        picklist("ManageableState", "Manageable State", ("unmanaged",)),
    )
    return {"CustomField": _setup("CustomField", (*_without_deleted(), *fields), "Custom Field")}


def _people() -> Iterable[ObjectType]:
    user = _setup(
        "User",
        (
            *_without_deleted(),
            text("Username", "Username", 80, id_lookup=True, nillable=False),
            text("LastName", "Last Name", 80, compound="Name"),
            text("FirstName", "First Name", 40, compound="Name"),
            text("Name", "Full Name", 121, name_field=True, **READ_ONLY),
            plain("Email", "Email", "email", length=128, id_lookup=True),
            text("Title", "Title", 80),
            text("Alias", "Alias", 8),
            flag("IsActive", "Active"),
            picklist("UserType", "User Type", ("Standard", "AutomatedProcess"), **READ_ONLY),
        ),
    )
    kinds = ("Queue", "Regular")
    group = _setup(
        "Group",
        (
            *_without_deleted(),
            text("Name", "Name", 40, name_field=True),
            text("DeveloperName", "Developer Name", 80),
            picklist("Type", "Type", kinds),
            plain("Email", "Email", "email", length=255),
        ),
    )
    organization = _setup(
        "Organization",
        (
            *_without_deleted(),
            text("Name", "Name", 80, name_field=True),
            text("OrganizationType", "Edition", 40),
            text("InstanceName", "Instance Name", 5),
            flag("IsSandbox", "Is Sandbox"),
            text("DefaultLocaleSidKey", "Locale", 40),
        ),
    )
    organization.createable = False
    return user, group, organization


def _permissions() -> Iterable[ObjectType]:
    parent = reference("ParentId", "Parent ID", ["PermissionSet"], updateable=False, is_required=True)
    sobject = text("SobjectType", "SObject Type Name", 40, is_required=True, updateable=False)
    permission_set = _setup(
        "PermissionSet",
        (
            *_without_deleted(),
            text("Name", "Permission Set Name", 80, name_field=True, is_required=True, unique=True),
            text("Label", "Permission Set Label", 80, is_required=True),
            text("Description", "Description", 255),
            flag("IsOwnedByProfile", "Is Owned By Profile", **READ_ONLY),
        ),
        "Permission Set",
    )
    fields = (
        parent,
        sobject,
        text("Field", "Field Name", 255, is_required=True, updateable=False),
        flag("PermissionsRead", "Read"),
        flag("PermissionsEdit", "Edit"),
    )
    objects = (parent, sobject, *(flag(f"Permissions{what}", what) for what in ("Create", "Read", "Edit", "Delete")))
    assigned = (
        reference("AssigneeId", "Assignee ID", ["User"], is_required=True, updateable=False),
        reference("PermissionSetId", "PermissionSet ID", ["PermissionSet"], is_required=True, updateable=False),
    )
    return (
        permission_set,
        _setup("FieldPermissions", (*_bare(), *fields), "Field Permissions"),
        _setup("ObjectPermissions", (*_bare(), *objects), "Object Permissions"),
        _setup("PermissionSetAssignment", (*_bare(), *assigned), "Permission Set Assignment"),
    )


def _setup(name: str, fields: Iterable[Field], label: str = "") -> ObjectType:
    made = ObjectType(name=name, label=label or name, plural=f"{label or name}s", replicateable=name == "User")
    made.add(*fields)
    made.deletable = name in PERMISSIONS
    return made


def _without_deleted() -> tuple[Field, ...]:
    return tuple(each for each in system_fields() if each.name != "IsDeleted")


def _bare() -> tuple[Field, ...]:
    """These objects know when they changed and hardly anything else."""
    return tuple(each for each in system_fields() if each.name in ("Id", "SystemModstamp"))
