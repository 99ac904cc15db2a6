"""What Salesforce knows about a field, and the short ways of saying it for the usual types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypedDict, Unpack

Value: TypeAlias = "bool | int | float | str | None"
Row: TypeAlias = "dict[str, Value]"

NUMERIC = frozenset({"double", "currency", "percent", "int"})
TEXTS = frozenset({"string", "textarea", "email", "phone", "url", "picklist", "multipicklist", "combobox"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value of a picklist."""

    value: str
    label: str
    active: bool = True
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an object.

    `refers` are the objects a reference may point to; `by_profile` is False for a
    field that is seen only through a permission set; `is_required` says that a record cannot be without it.
    """

    name: str
    label: str
    type: str
    length: int = 0
    precision: int = 0
    scale: int = 0
    nillable: bool = True
    createable: bool = True
    updateable: bool = True
    filterable: bool = True
    sortable: bool = True
    calculated: bool = False
    formula: str | None = None
    external_id: bool = False
    id_lookup: bool = False
    unique: bool = False
    case_sensitive: bool = False
    restricted: bool = False
    choices: tuple[Choice, ...] = ()
    refers: tuple[str, ...] = ()
    relationship: str | None = None
    compound: str | None = None
    permissionable: bool = True
    by_profile: bool = True
    defaulted: bool = False
    default: Value = None
    name_field: bool = False
    auto_number: bool = False
    is_required: bool = False
    help_text: str | None = None

    @property
    def custom(self) -> bool:
        """Whether somebody of the customer's made it."""
        return self.name.endswith("__c")

    @property
    def is_compound(self) -> bool:
        """Whether it is derived from its parts, which are fields of their own."""
        return self.type in ("address", "location")


class Traits(TypedDict, total=False):
    """Everything a field may have beside its name, label and type; see `Field`."""

    nillable: bool
    createable: bool
    updateable: bool
    filterable: bool
    sortable: bool
    calculated: bool
    formula: str | None
    external_id: bool
    id_lookup: bool
    unique: bool
    case_sensitive: bool
    restricted: bool
    relationship: str | None
    compound: str | None
    permissionable: bool
    by_profile: bool
    defaulted: bool
    default: Value
    name_field: bool
    auto_number: bool
    is_required: bool
    help_text: str | None


def text(name: str, label: str, length: int = 255, **traits: Unpack[Traits]) -> Field:
    """A line of text."""
    return Field(name=name, label=label, type="string", length=length, **traits)


def long_text(name: str, label: str, length: int = 32_000, **traits: Unpack[Traits]) -> Field:
    """Long text, which no query can filter or sort by."""
    settled: Traits = {"filterable": False, "sortable": False, **traits}
    return Field(name=name, label=label, type="textarea", length=length, **settled)


def number(
    name: str, label: str, precision: int = 18, scale: int = 0, type: str = "double", **traits: Unpack[Traits]
) -> Field:
    """A number with decimals."""
    return Field(name=name, label=label, type=type, precision=precision, scale=scale, **traits)


def plain(name: str, label: str, type: str, length: int = 0, **traits: Unpack[Traits]) -> Field:
    """A field of a type that needs nothing more: date, datetime, int, address, email, phone, url."""
    return Field(name=name, label=label, type=type, length=length, **traits)


def flag(name: str, label: str, **traits: Unpack[Traits]) -> Field:
    """A checkbox; it is never null."""
    settled: Traits = {"nillable": False, "defaulted": True, "default": False, **traits}
    return Field(name=name, label=label, type="boolean", **settled)


def picklist(
    name: str, label: str, values: Sequence[str], choices: tuple[Choice, ...] = (), **traits: Unpack[Traits]
) -> Field:
    """A picklist of these values, or of choices with labels of their own."""
    listed = choices or tuple(Choice(value=value, label=value) for value in values)
    return Field(name=name, label=label, type="picklist", length=255, choices=listed, **traits)


def reference(name: str, label: str, refers: Sequence[str], **traits: Unpack[Traits]) -> Field:
    """A reference to a record of one of these objects; its relationship is the name without `Id`."""
    relationship = name.removesuffix("Id") if name.endswith("Id") else name.replace("__c", "__r")
    settled: Traits = {"relationship": relationship, **traits}
    return Field(name=name, label=label, type="reference", length=18, refers=tuple(refers), **settled)


class Closed(TypedDict):
    """What a field is that nobody writes."""

    createable: bool
    updateable: bool


class Sealed(Closed):
    """What a field is that nobody writes and no permission is about."""

    permissionable: bool


class Fixed(Sealed):
    """What a field is that every record gets by itself."""

    nillable: bool
    defaulted: bool


class Computed(Closed):
    """What a field is that is worked out."""

    calculated: bool


READ_ONLY: Closed = {"createable": False, "updateable": False}
SEALED: Sealed = {**READ_ONLY, "permissionable": False}
FIXED: Fixed = {**SEALED, "nillable": False, "defaulted": True}
COMPUTED: Computed = {**READ_ONLY, "calculated": True}


def system_fields(*, name_length: int = 0) -> tuple[Field, ...]:
    """The fields that every object has; with `Name` where it is a plain text."""
    fields = (
        Field(name="Id", label="Record ID", type="id", length=18, id_lookup=True, **FIXED),
        Field(name="IsDeleted", label="Deleted", type="boolean", default=False, **FIXED),
        plain("CreatedDate", "Created Date", "datetime", **FIXED),
        reference("CreatedById", "Created By ID", ["User"], **FIXED),
        plain("LastModifiedDate", "Last Modified Date", "datetime", **FIXED),
        reference("LastModifiedById", "Last Modified By ID", ["User"], **FIXED),
        plain("SystemModstamp", "System Modstamp", "datetime", **FIXED),
    )
    if not name_length:
        return fields
    name = text(
        "Name",
        "Name",
        name_length,
        id_lookup=True,
        nillable=False,
        permissionable=False,
        name_field=True,
        is_required=True,
    )
    return (*fields, name)


def owner(refers: Sequence[str] = ("User",)) -> Field:
    """`OwnerId`, which is the writing user's when a new record does not say."""
    return reference("OwnerId", "Owner ID", refers, nillable=False, defaulted=True, permissionable=False)
