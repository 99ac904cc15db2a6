"""The CRM fields cshub wants to exist, as the configuration asks for them: listed, compared, created."""

from __future__ import annotations

from collections.abc import Sequence

from ..config import STANDARD_FIELDS, field_spec, published_card
from ..engine import Hub
from ..errors import ConfigError
from ..model import FieldSpec, Provisioned, TargetField

#: What `differences` says of a field that the CRM does not have.
MISSING = "does not exist"


def wanted_fields(hub: Hub, connection: str) -> list[FieldSpec]:
    """What `publish:` wants of a connection, under the vendor's names. Raises ConfigError where nothing is published or scored."""
    publish = hub.config.publish.get(connection)
    card = published_card(hub.config.scorecards)
    if publish is None:
        known = ", ".join(hub.config.publish) or "none"
        raise ConfigError(f"nothing is published to {connection!r}", where="publish", hint=f"there are: {known}")
    if card is None:
        raise ConfigError("there is no scorecard, so there is nothing to publish", where="scorecards.default")
    return [
        field_spec(STANDARD_FIELDS[standard], name, card) for standard, name in vendor_names(hub, connection).items()
    ]


def vendor_names(hub: Hub, connection: str) -> dict[str, str]:
    """The vendor's names of the fields that are published to a connection, by their standard names."""
    named = hub.config.connections[connection].connector.field_name
    return {field.standard: field.vendor or named(field.standard) for field in hub.config.publish[connection].fields}


def provision(hub: Hub, connection: str) -> Sequence[Provisioned]:
    """Create the fields that are missing; one outcome per wanted field."""
    wanted = wanted_fields(hub, connection)
    return hub.connections.get(connection).destination().provision(hub.config.publish[connection].object, wanted)


def differences(wanted: Sequence[FieldSpec], present: Sequence[TargetField]) -> list[tuple[FieldSpec, str | None]]:
    """Each wanted field with what is wrong with it in the CRM; None when nothing is."""
    known = {field.name: field for field in present}
    return [(field, _difference(field, known.get(field.name))) for field in wanted]


def _difference(wanted: FieldSpec, found: TargetField | None) -> str | None:
    if found is None:
        return MISSING
    if found.type is None or not _serves(wanted, found):
        return f"is {found.vendor_type}, where {wanted.type.replace('_', ' ')} is needed"
    if not found.writable:
        return "cannot be written"
    lacking = [value for value, _ in wanted.options if value not in found.options]
    return f"lacks the options {', '.join(lacking)}" if lacking else None


def _serves(wanted: FieldSpec, found: TargetField) -> bool:
    """A CRM may keep percent as a number, and a URL or a short text as any text."""
    like = {"percent": "number", "url": "text", "long_text": "text"}
    return like.get(wanted.type, wanted.type) == like.get(found.type or "", found.type)
