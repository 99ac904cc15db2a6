"""The sections `override` and `pulse`: in which fields of the CRM people say what they think. Those fields are read, never written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pydantic import Field

from ..expr.problem import did_you_mean
from ..model import ACCOUNT, Aggregate, Query, Type
from .blocks import Strict
from .check import check
from .draft import Draft
from .metrics import Metrics, canonical
from .nodes import Block, Node, Place, Step, Value
from .outputs import OverrideFields
from .result import Connection, Publish, QueryMetric

#: The metric that gives the CSM's feeling.
PULSE = "pulse"
_PREFIX = f"{ACCOUNT.name}."


class OverrideBlock(Strict):
    """Three fields of the account with which a person overrules the score until a day."""

    value: str = Field(description="account.FIELD that holds a band or a number")
    reason: str = Field(description="account.FIELD that says why; without a reason nothing is overruled")
    until: str = Field(description="account.FIELD with the last day it counts")


def read_override(draft: Draft) -> OverrideFields | None:
    """The section `override`."""
    section = draft.section("override")
    core = check(section, OverrideBlock, draft.problems, ("override",)) if section else None
    if section is None or core is None:
        return None
    names = {key: _field(draft, section.get(key), ("override", key)) for key in OverrideBlock.model_fields}
    value, reason, until = names["value"], names["reason"], names["until"]
    return OverrideFields(value=value, reason=reason, until=until) if value and reason and until else None


def read_pulse(draft: Draft, connections: Mapping[str, Connection]) -> str | None:
    """The section `pulse`, else the extra field that is read from a vendor's own field for it."""
    node = draft.root.get("pulse")
    if node is not None:
        return _field(draft, node, ("pulse",))
    for name, connection in connections.items():
        for field, vendor in _accounts(draft, name).items():
            if vendor in connection.connector.untouchable and field in draft.extras.get(ACCOUNT.name, {}):
                return field
    return None


def with_pulse(metrics: Metrics, field: str | None, extras: Mapping[str, Mapping[str, Type]]) -> Metrics:
    """The metrics with one called `pulse`, the CSM's feeling, which scorecards and rules may use; the file's own one goes first."""
    if field is None or PULSE in metrics.named:
        return metrics
    query = Query(aggregates={"x": Aggregate(kind=ACCOUNT.name, function="any", value=field)}, finish="x")
    metric = QueryMetric(name=PULSE, form="value", query=query, text=canonical({"value": f"{_PREFIX}{field}"}))
    return Metrics(
        ready={**metrics.ready, PULSE: metric},
        types={**metrics.types, PULSE: extras[ACCOUNT.name][field]},
        named=metrics.named | {PULSE},
    )


def check_targets(draft: Draft, connections: Mapping[str, Connection], publish: Mapping[str, Publish]) -> None:
    """Nothing is published into a field in which people say what they think."""
    section = draft.section("publish")
    for name, target in publish.items():
        connector, theirs = connections[name].connector, _theirs(draft, name, connections[name])
        for field in target.fields:
            vendor = field.vendor or connector.field_name(field.standard)
            if vendor in theirs:
                hint = "people write it: publish to a field of cshub's own"
                steps = ("publish", name, "fields", field.standard)
                place = _place(section.get(name) if section else None, field.standard) or draft.root.place
                draft.problems.add(place, steps, f"{vendor} is only read, never written", hint)


def _theirs(draft: Draft, name: str, connection: Connection) -> set[str]:
    """The vendor's names of fields that are people's: its own, and those read for `override` and `pulse`."""
    vendors = _accounts(draft, name)
    said = {node.text.removeprefix(_PREFIX) for node in _said(draft) if isinstance(node, Value)}
    return {*connection.connector.untouchable, *(vendor for field, vendor in vendors.items() if field in said)}


def _accounts(draft: Draft, name: str) -> dict[str, str]:
    """The vendor's names of the fields of accounts by our names, as the connection's `accounts:` gives them."""
    section = draft.section("connections")
    block = section.get(name) if section else None
    accounts = block.get("accounts") if isinstance(block, Block) else None
    found = {entry.key: _vendor(entry.node) for entry in accounts} if isinstance(accounts, Block) else {}
    return {field: vendor for field, vendor in found.items() if vendor is not None}


def _vendor(node: Node) -> str | None:
    """`hs_x`, or the `property:` or `field:` of a block."""
    inner = (node.get("property") or node.get("field")) if isinstance(node, Block) else node
    return inner.text if isinstance(inner, Value) else None


def _said(draft: Draft) -> Iterator[Node | None]:
    section = draft.root.get("override")
    yield from (entry.node for entry in section) if isinstance(section, Block) else ()
    yield draft.root.get("pulse")


def _place(block: Node | None, standard: str) -> Place | None:
    fields = block.get("fields") if isinstance(block, Block) else None
    node = fields.get(standard) if isinstance(fields, Block) else fields
    return node.place if node is not None else None


def _field(draft: Draft, node: Node | None, steps: tuple[Step, ...]) -> str | None:
    """The name of a declared extra field of the account."""
    text = node.text if isinstance(node, Value) else ""
    if node is None:
        return None
    known = draft.extras.get(ACCOUNT.name, {})
    name = text.removeprefix(_PREFIX)
    if text.startswith(_PREFIX) and name in known:
        return name
    if not draft.certain and text.startswith(_PREFIX):
        return None
    hint = did_you_mean(name, known) if text.startswith(_PREFIX) else "write account.FIELD, like account.csm_override"
    message = f"{text or 'this'} is no extra field of an account; connections declare them under `accounts:`"
    draft.problems.add(node.place, steps, message, hint)
    return None
