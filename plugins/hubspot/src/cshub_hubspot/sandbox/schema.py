"""Property definitions of one object type, and the groups they stand in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from cshub.testing.sandbox import JSON

from .times import iso

#: Which field types a request may pair with a type; the answers know more.
PAIRS: dict[str, frozenset[str]] = {
    "string": frozenset({"text", "textarea", "phonenumber", "html", "file"}),
    "number": frozenset({"number", "calculation_equation"}),
    "date": frozenset({"date"}),
    "datetime": frozenset({"date"}),
    "enumeration": frozenset({"select", "radio", "checkbox", "booleancheckbox"}),
    "bool": frozenset({"booleancheckbox"}),
    "phone_number": frozenset({"phonenumber", "text"}),
}
UNIQUE_LIMIT = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One value of an enumeration."""

    label: str
    value: str
    order: int = 0
    hidden: bool = False

    def as_json(self) -> dict[str, JSON]:
        """The option as HubSpot shows it."""
        return {"label": self.label, "value": self.value, "displayOrder": self.order, "hidden": self.hidden}


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """The definition of one property; `own` ones are the account's, the others came with HubSpot."""

    name: str
    label: str
    type: str = "string"
    field_type: str = "text"
    group: str
    options: tuple[Option, ...] = ()
    description: str = ""
    read_only: bool = False
    calculated: bool = False
    unique: bool = False
    own: bool = False
    hidden: bool = False
    created_ms: int = 0
    archived_ms: int | None = None

    @property
    def is_multiple(self) -> bool:
        """Whether a value is a list separated by `;`."""
        return self.field_type == "checkbox"

    def as_json(self) -> dict[str, JSON]:
        """The definition as HubSpot shows it."""
        body: dict[str, JSON] = {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "description": self.description,
            "groupName": self.group,
            "options": [option.as_json() for option in self.options],
            "displayOrder": -1,
            "calculated": self.calculated,
            "externalOptions": False,
            "archived": self.archived_ms is not None,
            "hasUniqueValue": self.unique,
            "hidden": self.hidden,
            "hubspotDefined": not self.own,
            "modificationMetadata": self._modification(),
            "formField": not self.read_only,
            "dataSensitivity": "non_sensitive",
        }
        if self.own:
            body |= {"createdAt": iso(self.created_ms), "updatedAt": iso(self.created_ms)}
        if self.archived_ms is not None:
            body["archivedAt"] = iso(self.archived_ms)
        return body

    def _modification(self) -> dict[str, JSON]:
        return {"archivable": self.own, "readOnlyDefinition": not self.own, "readOnlyValue": self.read_only}


@dataclass(slots=True)
class Schema:
    """The properties and groups of one object type."""

    properties: dict[str, Property] = field(default_factory=dict)
    archived: dict[str, Property] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)

    def add(self, properties: Iterable[Property]) -> None:
        """Define properties, with a group each where it is missing."""
        for prop in properties:
            self.properties[prop.name] = prop
            self.archived.pop(prop.name, None)
            self.groups.setdefault(prop.group, prop.group.replace("_", " ").capitalize())

    def archive(self, name: str, now_ms: int) -> None:
        """Delete a property; its definition moves to the archived ones."""
        prop = self.properties.pop(name)
        self.archived[name] = replace(prop, archived_ms=now_ms)

    def unique_names(self) -> list[str]:
        """The properties whose values may stand only once."""
        return [prop.name for prop in self.properties.values() if prop.unique]
