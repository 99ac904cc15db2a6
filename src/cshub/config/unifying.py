"""`identity.fields` and `identity.owners`: which source gives a field of the customer, and which owners are one person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..expr.problem import did_you_mean, nearest
from ..model import ACCOUNT, Priority, Type
from .draft import Draft
from .nodes import Block, Entry, Items, Node, Step, Value
from .result import Connection

NEWEST = "newest"
#: Columns that mean nothing outside the account that holds them.
_OWN = {
    "domains": "a customer has the domains of all its accounts",
    "parent": "it names a record of its own connection",
}
_FORMS = "write connections in order, like [crm, sales], or `newest`, or {newest: [crm, sales]}"


def read_fields(draft: Draft, section: Block, connections: Mapping[str, Connection]) -> dict[str, Priority]:
    """The declared priorities by field."""
    node = section.get("fields")
    block = draft.block(node, ("identity", "fields")) if node is not None else None
    found = {entry.key: _priority(draft, entry, connections) for entry in block or () if _is_field(draft, entry)}
    return {name: priority for name, priority in found.items() if priority is not None}


def _is_field(draft: Draft, entry: Entry) -> bool:
    steps = ("identity", "fields", entry.key)
    names = {**{column.name: column.type for column in ACCOUNT.columns}, **draft.extras.get(ACCOUNT.name, {})}
    if entry.key in _OWN or names.get(entry.key) is Type.LIST:
        hint = _OWN.get(entry.key, "only fields with one value can be unified")
        draft.problems.add(entry.place, steps, "cannot come from one source", hint)
        return False
    if entry.key not in names:
        if draft.certain or nearest(
            entry.key, names
        ):  # else it may be an extra field of a connection with mistakes of its own
            draft.problems.add(entry.place, steps, "is no field of an account", did_you_mean(entry.key, names))
        return False
    return True


def _priority(draft: Draft, entry: Entry, connections: Mapping[str, Connection]) -> Priority | None:
    steps: tuple[Step, ...] = ("identity", "fields", entry.key)
    node, is_newest = entry.node, False
    if isinstance(node, Block) and [one.key for one in node] == [NEWEST]:
        node, is_newest, steps = node.entries[0].node, True, (*steps, NEWEST)
    if isinstance(node, Value) and node.text == NEWEST and not is_newest:
        bringing = [name for name, one in connections.items() if _brings_accounts(one)]
        return Priority(connections=tuple(bringing), is_newest=True)
    if not isinstance(node, Items) or not node.nodes:
        draft.problems.add(node.place, steps, "does not say where the value comes from", _FORMS)
        return None
    names = tuple(_connections(draft, node, steps, connections))
    return Priority(connections=names, is_newest=is_newest)


def _connections(
    draft: Draft, items: Items, steps: tuple[Step, ...], connections: Mapping[str, Connection]
) -> Iterator[str]:
    declared = draft.section("connections")
    names = {entry.key: entry for entry in declared} if declared else {}
    seen: set[str] = set()
    for index, node in enumerate(items.nodes):
        place = (*steps, index)
        if not isinstance(node, Value) or not draft.known(node.text, names, node, place, what="connection"):
            continue
        known = connections.get(node.text)
        if known and not _brings_accounts(known):
            message = f"{known.connector.name} brings no accounts, so it has no such field"
            draft.problems.add(node.place, place, message, "name a connection with accounts")
        if node.text in seen:
            draft.problems.add(node.place, place, f"{node.text} is there twice", "keep the first")
            continue
        seen.add(node.text)
        yield node.text


def _brings_accounts(connection: Connection) -> bool:
    return any(stream.kind is ACCOUNT for stream in connection.streams)


def read_owners(draft: Draft, section: Block) -> dict[str, str]:
    """Pairs of owners that are one person."""
    node = section.get("owners")
    block = draft.block(node, ("identity", "owners")) if node is not None else None
    found: dict[str, str] = {}
    for entry in block or ():
        key = Value(place=entry.place, value=entry.key, text=entry.key)
        one, other = _owner(draft, key, entry.key), _owner(draft, entry.node, entry.key)
        if one and other and one == other:
            draft.problems.add(entry.place, ("identity", "owners", one), "is the same owner twice", "delete the line")
        elif one and other:
            found[one] = other
    return found


def _owner(draft: Draft, node: Node, key: str) -> str | None:
    """`connection:id` of a declared connection."""
    steps = ("identity", "owners", key)
    text = node.text if isinstance(node, Value) else ""
    connection, colon, id = text.partition(":")
    if not colon or not id:
        hint = 'write the connection and the vendor\'s id, like "crm:123": "sales:456"'
        draft.problems.add(node.place, steps, "is no owner of a connection", hint)
        return None
    declared = draft.section("connections")
    names = {entry.key: entry for entry in declared} if declared else {}
    return text if draft.known(connection, names, node, steps, what="connection") else None
