"""Creating the fields cshub writes: the group, then every property that is missing. What exists is never changed."""

from __future__ import annotations

from collections.abc import Sequence

from cshub import Answer, FieldSpec, Provision, Provisioned

from .api import Api
from .catalog import Catalog
from .describe import GROUP, GROUP_LABEL, creation, mismatch
from .explain import body, sentence


def provision(api: Api, catalog: Catalog, target: str, fields: Sequence[FieldSpec]) -> list[Provisioned]:
    """One outcome per field, in order. The group is made only when something is to be put into it.

    See https://developers.hubspot.com/docs/api-reference/crm-properties-v3/guide.
    """
    catalog.forget(target)
    known = catalog.properties(target)
    if any(field.name not in known for field in fields):
        api.create_group(target, {"name": GROUP, "label": GROUP_LABEL, "displayOrder": 0})
    found = [_provisioned(api, catalog, target, field, place) for place, field in enumerate(fields)]
    catalog.forget(target)
    return found


def _provisioned(api: Api, catalog: Catalog, target: str, field: FieldSpec, place: int) -> Provisioned:
    definition = catalog.properties(target).get(field.name)
    if definition is not None:
        return _existing(field, mismatch(field, definition))
    answer = api.create_property(target, creation(field, place))
    if answer.status == 409:
        return _meanwhile(catalog, target, field)
    if answer.status == 400:
        return Provisioned(field=field.name, state=Provision.REFUSED, message=_said(answer))
    return Provisioned(field=field.name, state=Provision.CREATED)


def _meanwhile(catalog: Catalog, target: str, field: FieldSpec) -> Provisioned:
    """Somebody else made it since it was looked up, or it lies in the archive under the same name."""
    catalog.forget(target)
    definition = catalog.properties(target).get(field.name)
    if definition is not None:
        return _existing(field, mismatch(field, definition))
    message = f"HubSpot says that {field.name} exists but does not list it; look among the archived properties"
    return Provisioned(field=field.name, state=Provision.REFUSED, message=message)


def _existing(field: FieldSpec, problem: str | None) -> Provisioned:
    if problem is None:
        return Provisioned(field=field.name, state=Provision.EXISTS)
    return Provisioned(field=field.name, state=Provision.WRONG_TYPE, message=problem)


def _said(answer: Answer) -> str:
    return sentence(body(answer)) or answer.excerpt()
