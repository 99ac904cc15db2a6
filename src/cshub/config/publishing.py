"""The section `publish`: which standard fields go to which object of which CRM, and how carefully."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .blocks import FieldBlock, PublishBlock
from .check import check
from .draft import Draft
from .fields import STANDARD_FIELDS
from .nodes import Block, Entry, Items, Node, Step, Value
from .result import Connection, Publish, PublishedField
from .schedules import LATER


def read_publish(draft: Draft, connections: Mapping[str, Connection]) -> dict[str, Publish]:
    """Every target that is right, in the order of the file."""
    section = draft.section("publish")
    found = {entry.key: _target(draft, entry, connections) for entry in section or ()}
    return {name: publish for name, publish in found.items() if publish}


def _target(draft: Draft, entry: Entry, connections: Mapping[str, Connection]) -> Publish | None:
    steps = ("publish", entry.key)
    declared = draft.section("connections")
    names = {one.key: one for one in declared} if declared else {}
    name = Value(place=entry.place, value=entry.key, text=entry.key)
    known = draft.known(entry.key, names, name, steps, what="connection")
    block = draft.block(entry.node, steps)
    core = check(block, PublishBlock, draft.problems, steps) if block else None
    node = block.get("fields") if block else None
    right = _check_fields(draft, node, (*steps, "fields")) if node is not None else True
    connection = connections.get(entry.key)
    target = core and (core.object or (connection.connector.target if connection else None))
    if known and core and not target and connection:
        message = f"{connection.connector.name} is not written to"
        draft.problems.add(entry.place, steps, message, "publish to a CRM connection")
    if not (core and target and connection and right):
        return None
    _remark_unlisted(draft, entry, steps)
    canary = block.get("canary") if block else None
    if canary is not None and core.canary:
        draft.problems.remark(canary.place, (*steps, "canary"), "is not acted on by this version", LATER)
    return Publish(
        connection=entry.key,
        object=target,
        fields=tuple(_fields(core)),
        approve=core.approve,
        canary=core.canary,
        churned=core.churned,
    )


def _remark_unlisted(draft: Draft, entry: Entry, steps: tuple[Step, ...]) -> None:
    identity = draft.section("identity")
    customers = identity.get("customers") if identity else None
    if not isinstance(customers, Block) or customers.get(entry.key) is None:
        hint = "add it to identity.customers, or delete it here"
        draft.problems.remark(entry.place, steps, "is not in the customer list, so nothing is ever written to it", hint)


def _check_fields(draft: Draft, node: Node, steps: tuple[Step, ...]) -> bool:
    """Whether every name is a standard field and every vendor's name is used once."""
    before = len(draft.problems.found)
    vendors: dict[str, str] = {}
    match node:
        case Items():
            for index, item in enumerate(node.nodes):
                if isinstance(item, Value):
                    draft.known(item.text, STANDARD_FIELDS, item, (*steps, index), what="standard field")
        case Block():
            for entry in node:
                name = Value(place=entry.place, value=entry.key, text=entry.key)
                draft.known(entry.key, STANDARD_FIELDS, name, (*steps, entry.key), what="standard field")
                _once(draft, entry, vendors, (*steps, entry.key))
        case Value():
            pass
    return len(draft.problems.found) == before


def _once(draft: Draft, entry: Entry, vendors: dict[str, str], steps: tuple[Step, ...]) -> None:
    node = entry.node.get("name") if isinstance(entry.node, Block) else entry.node
    if not isinstance(node, Value) or not isinstance(node.value, str):
        return
    other = vendors.setdefault(node.text, entry.key)
    if other != entry.key:
        draft.problems.add(node.place, steps, f"{node.text} takes {other} already", "give each its own field")


def _fields(core: PublishBlock) -> Iterator[PublishedField]:
    chosen: Mapping[str, str | FieldBlock]
    if isinstance(core.fields, dict):
        chosen = core.fields
    else:
        names = STANDARD_FIELDS if core.fields == "standard" else core.fields
        chosen = {name: FieldBlock() for name in names}
    for standard, given in chosen.items():
        own = FieldBlock(name=given) if isinstance(given, str) else given
        yield PublishedField(
            standard=standard, vendor=own.name, null=own.null or core.null, drift=own.drift or core.drift
        )
