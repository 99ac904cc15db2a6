"""The section `identity`: the customer list with its filters, and the rules that attach rows to customers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from ..expr import names_of, values_of
from ..model import ACCOUNT
from .blocks import IdentityBlock, ListedBlock
from .check import check
from .connections import RESERVED
from .draft import Draft
from .nodes import Block, Entry, Items, Node, Value
from .result import Connection, Identity, Listed
from .unifying import read_fields, read_owners

#: Tried in this order when `rules:` is not written.
#: The rule by which people decide.
MAP = "map"
USUAL_RULES = ("map", "cross_reference", "external_id", "domain", "email_domain")
_FILTER = (
    "a CRM is full of prospects, partners and competitors, and nothing is ever written to those; "
    "write `where: \"type == 'Customer'\"`, or `where: all` to take every account"
)
_STEPS = ("identity", "customers")


def read_identity(draft: Draft, connections: Mapping[str, Connection]) -> Identity:
    """The customer list. Problems are noted; connections with problems of their own are not blamed twice."""
    section = draft.section("identity")
    if section is None:
        return Identity()
    core = check(section, IdentityBlock, draft.problems, ("identity",))
    node = section.get("customers")
    customers = draft.block(node, _STEPS) if node is not None else None
    return Identity(
        customers=tuple(_listed(draft, customers, connections)) if customers else (),
        exclude=_excluded(draft, customers, connections) if customers else frozenset(),
        rules=_rules(draft, section),
        map=_map(draft, section, core),
        fields=read_fields(draft, section, connections),
        owners=read_owners(draft, section),
    )


def _listed(draft: Draft, customers: Block, connections: Mapping[str, Connection]) -> Iterator[Listed]:
    declared = draft.section("connections")
    names = {entry.key: entry for entry in declared} if declared else {}
    entries = [entry for entry in customers if entry.key != RESERVED]
    if not entries:
        draft.problems.add(customers.place, _STEPS, "names no connection", f"name a CRM connection; {_FILTER}")
    for entry in entries:
        steps = (*_STEPS, entry.key)
        node = Value(place=entry.place, value=entry.key, text=entry.key)
        if draft.known(entry.key, names, node, steps, what="connection"):
            _check_accounts(draft, entry, connections)
            if listed := _filter(draft, entry):
                yield listed


def _check_accounts(draft: Draft, entry: Entry, connections: Mapping[str, Connection]) -> None:
    connection = connections.get(entry.key)
    if connection and not any(stream.kind is ACCOUNT for stream in connection.streams):
        message = f"{connection.connector.name} brings no accounts, so it cannot say who is a customer"
        draft.problems.add(entry.place, (*_STEPS, entry.key), message, "list a CRM connection")


def _filter(draft: Draft, entry: Entry) -> Listed | None:
    steps = (*_STEPS, entry.key)
    node = entry.node
    if isinstance(node, Value) and node.text == "all":
        draft.problems.add(node.place, steps, "needs `where:`", f"write `{entry.key}: {{where: all}}`")
        return None
    block = draft.block(node, steps)
    if block is None:
        return None
    where = block.get("where")
    if where is None or (isinstance(where, Value) and not where.text.strip()):
        draft.problems.add(entry.place, steps, "the customer list needs a filter: `where:` is missing", _FILTER)
        check(block.without(["where"]), _Rest, draft.problems, steps)
        return None
    if check(block, ListedBlock, draft.problems, steps) is None or not isinstance(where, Value):
        return None
    if where.text == "all":
        return Listed(connection=entry.key, where=None)
    names = names_of(ACCOUNT, draft.extras.get(ACCOUNT.name))
    rule = draft.rule(where, (*steps, "where"), names, values_of(ACCOUNT))
    return Listed(connection=entry.key, where=rule) if rule else None


class _Rest(ListedBlock):
    """A listed connection whose missing filter was complained about already."""

    where: str = "all"


def _excluded(draft: Draft, customers: Block, connections: Mapping[str, Connection]) -> frozenset[str]:
    node = customers.get(RESERVED)
    if node is None or (isinstance(node, Value) and node.value is None):
        return frozenset()
    steps = (*_STEPS, RESERVED)
    if not isinstance(node, Items):
        draft.problems.add(node.place, steps, "needs a list", 'for example ["crm:123"]')
        return frozenset()
    return frozenset(_account_id(draft, item, index) for index, item in enumerate(node.nodes))


def _account_id(draft: Draft, node: Node, index: int) -> str:
    text = node.text if isinstance(node, Value) else ""
    connection, colon, id = text.partition(":")
    declared = draft.section("connections")
    if not colon or not id or declared is None or declared.get(connection) is None:
        hint = 'write the connection and the vendor\'s id, like "crm:123"'
        draft.problems.add(node.place, (*_STEPS, RESERVED, index), "is no account of a connection", hint)
    return text


def _rules(draft: Draft, section: Block) -> tuple[str, ...]:
    node = section.get("rules")
    known = draft.registry.identity_rules
    if not isinstance(node, Items):
        return tuple(rule for rule in USUAL_RULES if rule in known)
    names: list[str] = []
    for index, item in enumerate(node.nodes):
        steps = ("identity", "rules", index)
        if not isinstance(item, Value) or not draft.known(item.text, known, item, steps, what="identity rule"):
            continue
        if item.text in names:
            draft.problems.add(item.place, steps, f"{item.text} is there twice", "keep the first")
        names.append(item.text)
    return tuple(names)


def _map(draft: Draft, section: Block, core: IdentityBlock | None) -> Path | None:
    node = section.get("map")
    if core is None or core.map is None or not isinstance(node, Value):
        return None
    text = draft.references.text(node, ("identity", "map")) if node.text.startswith("env:") else node.text
    if text is None:
        return None
    path = draft.references.folder / text
    if not path.parent.is_dir() or path.is_dir():
        hint = "paths start at this file's folder; the file itself may be missing, its folder not"
        draft.problems.add(node.place, ("identity", "map"), f"{text} cannot be a file", hint)
    elif not path.exists():
        message = f"there is no file {text} yet"
        draft.problems.remark(node.place, ("identity", "map"), message, "`cshub identity accept` makes it")
    rules = section.get("rules")
    if isinstance(rules, Items) and MAP not in [one.text for one in rules.nodes if isinstance(one, Value)]:
        message = f"is not looked at: `rules:` does not name {MAP}"
        draft.problems.add(node.place, ("identity", "map"), message, f"write `rules: [{MAP}, …]`")
    return path
