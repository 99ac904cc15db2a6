"""`cshub identity accept`, `reject` and `unlink`: a person's word about one record, written to the map file that lives in git."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from ..config import Decision, checked_decisions, decide
from ..engine import Hub
from ..errors import ConfigError
from ..model import LINKED_KINDS
from ..store.links import RecordRef
from .invocation import Command, Invocation, pass_invocation
from .output import show

MAP = "map"

_because = click.option("--because", metavar="TEXT", help="why, for whoever reads the file later")
_by = click.option("--by", metavar="NAME", help="who decided")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A record that somebody decides about, the file it is written to, and what the file says so far."""

    hub: Hub
    path: Path
    record: RecordRef
    said: Decision

    def write(self, decision: Decision, told: str, *, by: str | None, because: str | None) -> None:
        """Write the decision down and say what it means."""
        today = f"{self.hub.now():%Y-%m-%d}"
        decide(self.path, self.record.key, replace(decision, by=by, because=because, on=today))
        show(f"{self.record.key} {told}: written to {self.path.name}")
        show("  → it counts from the next `cshub link` on")


@click.command("accept", cls=Command, short_help="Say that a record belongs to a customer.")
@click.argument("words", nargs=-1, required=True, metavar="RECORD CUSTOMER")
@_because
@_by
@pass_invocation
def accept(invocation: Invocation, *, words: tuple[str, ...], because: str | None, by: str | None) -> None:
    r"""Say that a record belongs to a customer: a line in the file named by `identity.map`, to be committed with it.

    RECORD is as `cshub identity review` prints it: `connection:id`, after its kind where several kinds of rows have that id. CUSTOMER
    is an id, a name, a domain or an external id. The word of a person goes before every rule.

    \b
    cshub identity accept support:4711 crm:97000000393
    cshub identity accept contact crm:12 acorn.com --by Ana --because "same phone"
    """
    _needs(words, 2, "RECORD CUSTOMER")
    with invocation.hub() as hub:
        desk, customer = _desk(hub, words[:-1]), hub.customer(words[-1])
        _refuse_own(desk, customer, "belongs to itself already")
        denied = tuple(one for one in desk.said.denied if one != customer)
        decision = Decision(belongs_to=customer, denied=denied)
        desk.write(decision, f"belongs to {customer}", by=by, because=because)


@click.command("reject", cls=Command, short_help="Say that a record does not belong to a customer.")
@click.argument("words", nargs=-1, required=True, metavar="RECORD CUSTOMER")
@click.option("--nobody", is_flag=True, help="it is no customer's at all; then no CUSTOMER is named")
@_because
@_by
@pass_invocation
def reject(
    invocation: Invocation, *, words: tuple[str, ...], nobody: bool, because: str | None, by: str | None
) -> None:
    r"""Say that a record does not belong to a customer, or (with --nobody) to none. The rules then choose among the others.

    In place of a customer it may be an account that is none, `connection:id`, as `cshub identity review` names it.

    \b
    cshub identity reject support:4711 crm:97000000006
    cshub identity reject crm:97000000012 --nobody
    """
    if not nobody:
        _needs(words, 2, "RECORD CUSTOMER")
    with invocation.hub() as hub:
        if nobody:
            desk = _desk(hub, words)
            desk.write(Decision(is_nobodys=True), "is nobody's", by=by, because=because)
            return
        desk = _desk(hub, words[:-1])
        _deny(desk, _customer_or_account(hub, words[-1]), by=by, because=because)


@click.command("unlink", cls=Command, short_help="Say that a record does not belong where it is linked now.")
@click.argument("words", nargs=-1, required=True, metavar="RECORD")
@_because
@_by
@pass_invocation
def unlink(invocation: Invocation, *, words: tuple[str, ...], because: str | None, by: str | None) -> None:
    r"""Say that a record does not belong to the customer it is linked to now: `reject` for that customer.

    \b
    cshub identity unlink support:4711
    """
    with invocation.hub() as hub:
        desk = _desk(hub, words)
        if desk.record.customer is None:
            hint = "`cshub identity review` lists what waits for a decision"
            raise ConfigError(f"{desk.record.key} is linked to nobody", hint=hint)
        _deny(desk, desk.record.customer, by=by, because=because)


def _deny(desk: Desk, customer: str, *, by: str | None, because: str | None) -> None:
    _refuse_own(
        desk, customer, "is the customer's own account; `--nobody` or `exclude:` takes it off the customer list"
    )
    is_mapped_there = desk.record.rule == MAP and desk.record.customer == customer
    belongs_to = None if is_mapped_there or desk.said.belongs_to == customer else desk.said.belongs_to
    denied = tuple(dict.fromkeys((*desk.said.denied, customer)))
    desk.write(Decision(belongs_to=belongs_to, denied=denied), f"does not belong to {customer}", by=by, because=because)


def _refuse_own(desk: Desk, customer: str, message: str) -> None:
    if desk.record.kind == "account" and f"{desk.record.connection}:{desk.record.id}" == customer:
        raise ConfigError(f"{customer} {message}")


def _customer_or_account(hub: Hub, text: str) -> str:
    """The customer a person means, else the account of that name."""
    try:
        return hub.customer(text)
    except ConfigError:
        connection, _, id = text.strip().partition(":")
        if not hub.store.links.find_record(connection, id, "account"):
            raise
        return text.strip()


def _needs(words: Sequence[str], least: int, wanted: str) -> None:
    if len(words) < least:
        raise ConfigError(f"needs {wanted}", hint="`cshub identity review` prints the line to copy")


def _desk(hub: Hub, words: Sequence[str]) -> Desk:
    path = hub.config.identity.map
    if path is None:
        raise ConfigError("there is no file to write decisions to", where="identity.map", hint=how_to_keep(hub))
    known = checked_decisions(path, hub.config.connections)
    record = find_record(hub, words)
    return Desk(hub=hub, path=path, record=record, said=known.by_record.get(record.key, Decision()))


def how_to_keep(hub: Hub) -> str:
    """What to write so that there is a file for decisions."""
    rules = hub.config.identity.rules
    named = "" if MAP in rules else f", with `rules: [{', '.join((MAP, *rules))}]`"
    return f"write `map: links.yaml` below `identity:`{named}; the first decision makes the file"


def find_record(hub: Hub, words: Sequence[str]) -> RecordRef:
    """The record a person means: `crm:12`, `contact crm:12` or `crm:contact:12`. Raises ConfigError for none or several."""
    kind, text = words if len(words) == 2 else (None, words[0] if len(words) == 1 else "")
    connection, _, id = text.partition(":")
    if kind not in (None, *LINKED_KINDS) or not id:
        hint = f"RECORD is `connection:id`, or its kind first; kinds are {', '.join(LINKED_KINDS)}"
        raise ConfigError(f"{' '.join(words)!r} is no record", hint=hint)
    if connection not in hub.config.connections:
        raise ConfigError(
            f"there is no connection {connection}", hint=f"there are: {', '.join(hub.config.connections)}"
        )
    found = hub.store.links.find_record(connection, id, kind)
    named, _, rest = id.partition(":")
    if not found and kind is None and named in LINKED_KINDS:
        found = hub.store.links.find_record(connection, rest, named)
    if not found:
        raise ConfigError(f"no record {' '.join(words)} is known", hint="`cshub pull` brings what is new")
    if len(found) > 1:
        names = ", ".join(f"{one.kind} {text}" for one in found)
        raise ConfigError(f"{text} may be {len(found)} records: {names}", hint="write its kind first")
    return found[0]
