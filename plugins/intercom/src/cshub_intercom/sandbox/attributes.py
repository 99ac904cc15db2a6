"""Data attributes: those Intercom brings, those of the workspace's own, and what fits into them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from cshub.testing.sandbox import JSON

from .refusals import invalid
from .versions import V2_17, Version

CUSTOM = "custom_attributes."
#: The error text knows no underscores, people use them.
NAME = re.compile(r"[\w\s$€£¥-]+")
TYPES = ("string", "integer", "float", "boolean", "datetime", "date")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One data attribute. A standard one has no id; `options` are the values of a list."""

    model: str
    name: str
    full_name: str
    data_type: str
    label: str = ""
    id: int | None = None
    options: tuple[str, ...] = ()
    api_writable: bool = True
    messenger_writable: bool = False
    custom: bool = False
    archived: bool = False
    description: str = ""
    created_at: int = 0

    def as_json(self, version: Version) -> dict[str, JSON]:
        """The attribute as that version shows it: moments are dates up to 2.16, lists are texts with options."""
        shown: dict[str, JSON] = {
            "type": "data_attribute",
            "model": self.model,
            "name": self.name,
            "full_name": self.full_name,
            "label": self.label or self.name,
            "data_type": self._shown_type(version),
            "api_writable": self.api_writable,
            "ui_writable": False,
            "messenger_writable": self.messenger_writable,
            "custom": self.custom,
            "archived": self.archived,
        }
        if self.description:
            shown["description"] = self.description
        if self.options:
            shown["options"] = list(self.options)
        if self.id is not None:
            shown |= {"id": self.id, "created_at": self.created_at, "updated_at": self.created_at}
        return shown

    def _shown_type(self, version: Version) -> str:
        if self.data_type == "options":
            return "string"
        return "date" if self.data_type == "datetime" and version < V2_17 else self.data_type


class Catalog:
    """The data attributes of the workspace."""

    def __init__(self) -> None:
        self._attributes: list[Attribute] = list(_standard())
        self._next_id = 37

    def add(
        self, model: str, name: str, data_type: str, now: int = 0, *, options: Iterable[str] = (), words: str = ""
    ) -> Attribute:
        """Make a custom attribute."""
        self._next_id += 1
        made = Attribute(
            model=model,
            name=name,
            full_name=CUSTOM + name,
            data_type=data_type,
            id=self._next_id,
            options=tuple(options),
            custom=True,
            description=words,
            created_at=now,
        )
        self._attributes.append(made)
        return made

    def archive(self, model: str, name: str) -> None:
        """Archive a custom attribute as a person would. Raises KeyError when there is none."""
        place = self._attributes.index(self.custom(model)[name])
        self._attributes[place] = replace(self._attributes[place], archived=True)

    def custom(self, model: str) -> dict[str, Attribute]:
        """The custom attributes of a model by name."""
        return {item.name: item for item in self._attributes if item.custom and item.model == model}

    def __iter__(self) -> Iterator[Attribute]:
        return iter(self._attributes)


def fitting(attribute: Attribute, value: JSON, *, strict_options: bool) -> JSON:
    """The value as it is kept. Raises Refused when it does not fit the type."""
    if value is None:
        return None
    if attribute.data_type == "options" and strict_options and value not in attribute.options:
        raise invalid(f"'{value}' is not an option of '{attribute.name}'")
    if not _fits(attribute.data_type, value):
        raise invalid(f"Custom attribute '{attribute.name}' value is not of type {attribute.data_type}")
    return value


def guessed_type(value: JSON) -> str:
    """The type an attribute gets that is made by writing to it."""
    if isinstance(value, bool):
        return "boolean"
    return "integer" if isinstance(value, int) else "float" if isinstance(value, float) else "string"


def _fits(data_type: str, value: JSON) -> bool:
    if data_type in ("string", "options"):
        return isinstance(value, str)
    if data_type == "boolean":
        return isinstance(value, bool)
    if isinstance(value, bool):
        return False
    return isinstance(value, int | float) if data_type == "float" else isinstance(value, int)


#: model · names · type · whether the API writes it
STANDARD: tuple[tuple[str, str, str, bool], ...] = (
    ("company", "name website industry", "string", True),
    ("company", "company_id id app_id plan.name plan.id", "string", False),
    ("company", "size", "integer", True),
    ("company", "monthly_spend", "float", True),
    ("company", "user_count session_count", "integer", False),
    ("company", "remote_created_at", "datetime", True),
    ("company", "last_request_at created_at updated_at", "datetime", False),
    ("contact", "name email phone external_id role owner_id language_override", "string", True),
    ("contact", "id browser os location.country location.region location.city", "string", False),
    ("contact", "unsubscribed_from_emails", "boolean", True),
    ("contact", "has_hard_bounced marked_email_as_spam", "boolean", False),
    ("contact", "signed_up_at last_seen_at", "datetime", True),
    ("contact", "created_at updated_at last_replied_at last_contacted_at", "datetime", False),
)


def _standard() -> Iterator[Attribute]:
    for model, names, data_type, writable in STANDARD:
        for full_name in names.split():
            name = full_name.rpartition(".")[2]
            yield Attribute(model=model, name=name, full_name=full_name, data_type=data_type, api_writable=writable)
