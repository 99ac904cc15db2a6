"""Creating the fields cshub writes: every one that is missing, and who may see it. What exists is never changed.

See https://developer.salesforce.com/docs/atlas.en-us.api_tooling.meta/api_tooling/tooling_api_objects_customfield.htm.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from cshub import FieldSpec, Provision, Provisioned

from .api import Api
from .catalog import Catalog, FieldInfo
from .describe import creation, mismatch
from .explain import complaints
from .grants import INTEGRATION, grant


class _Made(Enum):
    """What Salesforce said to making a field."""

    NEW = "new"
    HIDDEN = "hidden"  # it exists, though describe does not show it to us


def provision(api: Api, catalog: Catalog, target: str, fields: Sequence[FieldSpec]) -> list[Provisioned]:
    """One outcome per field, in order. Nothing is made or granted when every field is there."""
    catalog.forget(target)
    before = catalog.object(target).fields
    told = {field.name: _make(api, target, field) for field in fields if field.name not in before}
    granting = [name for name, said in told.items() if isinstance(said, _Made)]
    trouble = grant(api, target, granting) if granting else None
    if told:
        catalog.forget(target)
    after = catalog.object(target).fields
    return [_outcome(field, told.get(field.name), after.get(field.name), trouble) for field in fields]


def _make(api: Api, target: str, field: FieldSpec) -> _Made | str:
    """Make a field; a text says why it was refused."""
    answer = api.create_field(f"{target}.{field.name}", creation(field))
    if answer.status != 400:
        return _Made.NEW
    found = complaints(answer)
    if any(each.code.startswith("DUPLICATE") for each in found):
        return _Made.HIDDEN
    return "; ".join(map(str, found)) or answer.excerpt()


def _outcome(field: FieldSpec, told: _Made | str | None, info: FieldInfo | None, trouble: str | None) -> Provisioned:
    if isinstance(told, str):
        return Provisioned(field=field.name, state=Provision.REFUSED, message=told)
    if info is None:
        state = Provision.CREATED if told is _Made.NEW else Provision.REFUSED
        why = trouble or f"assign the permission set {INTEGRATION.name} to the integration user"
        message = f"{field.name} exists, but the integration user may not see it: {why}"
        return Provisioned(field=field.name, state=state, message=message)
    if told is _Made.NEW:
        return Provisioned(field=field.name, state=Provision.CREATED, message=trouble)
    problem = mismatch(field, info)
    state = Provision.EXISTS if problem is None else Provision.WRONG_TYPE
    return Provisioned(field=field.name, state=state, message=problem)
