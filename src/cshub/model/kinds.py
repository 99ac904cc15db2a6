"""The kinds of rows cshub knows and their columns: one table, the same meaning for every vendor.

Written first and read by everything: connectors build rows in this order, the store's tables and the rule language take their columns from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

Scalar: TypeAlias = str | int | float | bool | datetime | None
#: Values of declared extra fields by their cshub name.
Extra: TypeAlias = Mapping[str, Scalar]
#: `(id, changed_at, *columns of the kind, extra)`; see `Kind.row`.
Row: TypeAlias = tuple[object, ...]


class Type(StrEnum):
    """What a column holds; the comments give the Python value in a row and the form in the store."""

    TEXT = "text"  # str; text
    NUMBER = "number"  # int or float, finite; real
    INTEGER = "integer"  # int; integer
    FLAG = "flag"  # bool; 0 or 1
    TIME = "time"  # aware datetime; integer, epoch milliseconds UTC
    DATE = "date"  # datetime.date; text YYYY-MM-DD
    LIST = "list"  # tuple of str; JSON array as text


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a kind. `values` lists the only texts allowed, when the column is an enumeration."""

    name: str
    type: Type
    doc: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """What a row is. `at` names the column that says when it happened (for windows), None for things that simply are."""

    name: str
    doc: str
    columns: tuple[Column, ...]
    at: str | None = None
    names: tuple[str, ...] = field(init=False)
    _known: frozenset[str] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = tuple(column.name for column in self.columns)
        object.__setattr__(self, "names", names)
        object.__setattr__(self, "_known", frozenset(names))

    def row(self, *, id: str, changed_at: datetime | None, extra: Extra | None = None, **values: object) -> Row:
        """A row in this kind's column order; columns not given are None.

        `id` is the vendor's id, unique among the rows of this kind in one connection; `changed_at` the vendor's own
        time of change, aware, or None where it tells none. Raises TypeError for a column the kind does not have.
        """
        if not values.keys() <= self._known:
            unknown = ", ".join(sorted(values.keys() - self._known))
            raise TypeError(f"{self.name} has no column {unknown}; it has {', '.join(self.names)}")
        return (id, changed_at, *map(values.get, self.names), extra)

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def _text(name: str, doc: str, *values: str) -> Column:
    return Column(name=name, type=Type.TEXT, doc=doc, values=values)


def _of(type: Type, name: str, doc: str) -> Column:
    return Column(name=name, type=type, doc=doc)


#: How a row says whose it is: rule 0 reads the ids (of the same connection), the identity rules read the rest.
REFERENCES: tuple[Column, ...] = (
    _text("account_id", "vendor id of its account in the same connection"),
    _text("contact_id", "vendor id of its contact in the same connection"),
    _text("account_external_id", "the account's external id, where the row carries it"),
    _text("account_domain", "the account's domain, where the row carries it"),
    _text("contact_email", "e-mail address of its contact, where the row carries it"),
)

ACCOUNT = Kind(
    name="account",
    doc="a company, or a project below one, as a vendor knows it",
    columns=(
        _text("name", "display name"),
        _of(Type.LIST, "domains", "web domains, lower case, without www"),
        _text("parent", "vendor id of the parent account in the same connection"),
        _text("owner", "vendor id of the owner in the same connection"),
        _text("type", "the vendor's own type (Customer, Partner, …)"),
        _text("stage", "the vendor's own lifecycle stage"),
        _of(Type.NUMBER, "mrr", "monthly recurring revenue, in `currency`"),
        _text("currency", "ISO 4217 code"),
        _of(Type.DATE, "renewal_date", "date of the next renewal"),
        _text("external_id", "your own product's id of the account"),
        _of(Type.TIME, "created_at", "when the vendor's record was made"),
    ),
)

CONTACT = Kind(
    name="contact",
    doc="a person at an account",
    columns=(
        _text("email", "e-mail address, lower case"),
        _text("name", "display name"),
        _text("role", "job title or role"),
        _text("external_id", "your own product's id of the person"),
        _of(Type.TIME, "last_seen_at", "last activity the vendor knows of"),
        *(column for column in REFERENCES if not column.name.startswith("contact_")),
    ),
    at="last_seen_at",
)

DEAL = Kind(
    name="deal",
    doc="a sale: new business, a renewal or an expansion",
    columns=(
        _text("purpose", "what the deal is for", "new", "renewal", "expansion"),
        _of(Type.NUMBER, "amount", "in `currency`"),
        _text("currency", "ISO 4217 code"),
        _text("stage", "the vendor's own stage"),
        _of(Type.FLAG, "is_closed", "won or lost"),
        _of(Type.FLAG, "is_won", "closed and won"),
        _of(Type.DATE, "close_date", "expected or actual date of closing"),
        *REFERENCES,
    ),
    at="close_date",
)

TICKET = Kind(
    name="ticket",
    doc="a support case or conversation",
    columns=(
        _text("channel", "how it came in (email, chat, phone, …)"),
        _of(Type.FLAG, "is_open", "not yet closed"),
        _text("priority", "how urgent", "low", "normal", "high", "urgent"),
        _of(Type.TIME, "opened_at", "when it was opened"),
        _of(Type.TIME, "closed_at", "when it was closed last"),
        _of(Type.NUMBER, "first_reply_s", "seconds until the first human reply"),
        _of(Type.NUMBER, "rating", "the customer's rating of the help"),
        *REFERENCES,
    ),
    at="opened_at",
)

RESPONSE = Kind(
    name="response",
    doc="an answer to a survey",
    columns=(
        _text("metric", "what was asked", "nps", "csat", "ces", "csi"),
        _of(Type.NUMBER, "value", "the answer on the survey's own scale"),
        _of(Type.TIME, "answered_at", "when it was answered"),
        *REFERENCES,
    ),
    at="answered_at",
)

EVENT = Kind(
    name="event",
    doc="something that happened: a call, a login, a day of usage",
    columns=(
        _text("name", "what happened"),
        _of(Type.TIME, "at", "when"),
        _of(Type.NUMBER, "value", "how much, in the event's own unit"),
        *REFERENCES,
    ),
    at="at",
)

OWNER = Kind(
    name="owner",
    doc="a colleague who owns accounts in a vendor's tool",
    columns=(_text("email", "e-mail address, lower case"), _text("name", "display name")),
)

ASSOCIATION = Kind(
    name="association",
    doc="a vendor's own link between two of its records",
    columns=(
        _text("from_kind", "kind of the record it starts at", "account", "contact", "deal", "ticket"),
        _text("from_id", "vendor id of that record"),
        _text("to_kind", "kind of the record it leads to", "account", "contact", "deal", "ticket"),
        _text("to_id", "vendor id of that record"),
        _text("label", "the vendor's label, if any"),
        _of(Type.FLAG, "is_primary", "the main one of its sort"),
    ),
)

KINDS: Mapping[str, Kind] = {
    kind.name: kind for kind in (ACCOUNT, CONTACT, DEAL, TICKET, RESPONSE, EVENT, OWNER, ASSOCIATION)
}
#: Kinds whose rows belong to a customer, in the order `link` takes them: each may lean on those before it.
LINKED_KINDS: tuple[str, ...] = ("account", "contact", "deal", "ticket", "response", "event")
#: Columns every stored row has besides its kind's own; they may be used in `where:` as well.
ROW_COLUMNS: tuple[Column, ...] = (
    _text("connection", "name of the connection it came through"),
    _text("id", "the vendor's id"),
    _of(Type.TIME, "changed_at", "the vendor's time of change"),
    _of(Type.TIME, "observed_at", "when cshub read it"),
)
