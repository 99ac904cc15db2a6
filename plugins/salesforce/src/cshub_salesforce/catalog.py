"""What the org's objects look like to this user. Asked once per reading of a stream, and by whatever needs a field's type."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from cshub import JSON, Answer, PermissionMissing, RequestRefused

from .api import Api
from .explain import word
from .ids import full, is_id


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldInfo:
    """One field as describe shows it. `calculated`: a formula or roll-up, whose changes bump no time of change."""

    name: str
    label: str
    type: str
    length: int
    updateable: bool
    filterable: bool
    sortable: bool
    calculated: bool
    custom: bool
    permissionable: bool
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SObject:
    """One object. `record_types` maps ids, developer names and labels to the id of a record type."""

    name: str
    queryable: bool
    fields: Mapping[str, FieldInfo]
    record_types: Mapping[str, str] = field(default_factory=dict)

    def type_of(self, name: str) -> str:
        """Describe's type of a field, `string` for one that is not there."""
        found = self.fields.get(name)
        return found.type if found else "string"


class Catalog:
    """Objects by name, described at first use; safe to share between threads. `forget` before each reading: fields come and go.

    See https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_sobject_describe.htm.
    """

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._known: dict[str, SObject] = {}

    def object(self, name: str, api: Api | None = None) -> SObject:
        """The object of that name. Raises PermissionMissing where it is hidden or missing; `api` is who asks for it."""
        with self._lock:
            known = self._known.get(name)
        if known is None:
            known = _described(name, api or self._api)
            with self._lock:
                self._known[name] = known
        return known

    def forget(self, name: str) -> None:
        """Ask again next time."""
        with self._lock:
            self._known.pop(name, None)


def _described(name: str, api: Api) -> SObject:
    try:
        answer = api.describe(name)
    except RequestRefused as error:
        if error.status not in (400, 404):
            raise
        raise PermissionMissing(
            f"{name} is not there, or the integration user may not see it: {error.message}",
            where=error.where,
            status=error.status,
            hint=f"grant the integration user {name}: read",
            scopes=(f"{name}: read",),
        ) from error
    return sobject(answer)


def sobject(answer: Answer) -> SObject:
    """The object that this answer describes; fields that cannot be read are an AnswerError."""
    said = answer.object()
    fields = said.get("fields")
    if not isinstance(fields, list) or not isinstance(name := said.get("name"), str):
        raise answer.error("described an object without name or fields")
    found = [_field(each) for each in fields if isinstance(each, dict) and isinstance(each.get("name"), str)]
    types = said.get("recordTypeInfos")
    return SObject(
        name=name,
        queryable=said.get("queryable") is not False,
        fields={each.name: each for each in found},
        record_types=_record_types(types if isinstance(types, list) else ()),
    )


def _field(said: Mapping[str, JSON]) -> FieldInfo:
    length = said.get("length")
    return FieldInfo(
        name=word(said, "name"),
        label=word(said, "label") or word(said, "name"),
        type=word(said, "type"),
        length=length if isinstance(length, int) else 0,
        updateable=said.get("updateable") is True,
        filterable=said.get("filterable") is True,
        sortable=said.get("sortable") is not False,
        calculated=said.get("calculated") is True,
        custom=said.get("custom") is True,
        permissionable=said.get("permissionable") is not False,
        options=_options(said.get("picklistValues")),
    )


def _options(said: JSON) -> tuple[str, ...]:
    """The stored values of a picklist that may still be chosen."""
    given = [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []
    return tuple(word(each, "value") for each in given if each.get("active") is not False)


def _record_types(said: Iterable[JSON]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in said:
        if isinstance(each, dict) and (id := word(each, "recordTypeId")):
            names = (id, id[:15], word(each, "developerName"), word(each, "name"))
            found |= dict.fromkeys(filter(None, names), full(id) if is_id(id) else id)
    return found
