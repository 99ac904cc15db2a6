"""One pass of linking as the store sees it: what changed, what it touches, and the writing of decisions. Deciding is the stage's.

Everything happens in the one transaction given; what the pass works on stands in temporary tables (`linking_…`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeAlias, cast

from .database import Cell, Reader, Record, Transaction
from .statements import statements
from .values import to_ms

SQL = statements("linking")
TABLES = statements("linking_tables")
ACCOUNTS = statements("linking_accounts")
CUSTOMERS = statements("linking_customers")
PEOPLE = statements("people")

_MADE = (
    TABLES["make_merged"],
    TABLES["make_merged_index"],
    TABLES["make_fresh"],
    TABLES["make_fresh_key"],
    TABLES["make_moved"],
    TABLES["make_key"],
    TABLES["make_component"],
    TABLES["make_stirred"],
    TABLES["make_pending"],
    TABLES["make_offer"],
    TABLES["make_offer_index"],
    TABLES["make_rival"],
    TABLES["make_decision"],
    TABLES["make_homed"],
    TABLES["make_succession"],
    TABLES["make_word"],
)
_TABLES = (
    "merged", "fresh", "fresh_key", "moved", "key", "component", "stirred", "pending", "offer", "rival", "decision", "homed", "succession",
    "word",
)  # fmt: skip
#: What follows when customers left or became part of others, in an order in which no unique index is in the way.
_SUCCEED = (
    CUSTOMERS["let_customers_go"],
    CUSTOMERS["move_aliases"],
    CUSTOMERS["add_aliases"],
    CUSTOMERS["drop_succeeded"],
    CUSTOMERS["remember_scores"],
    CUSTOMERS["remember_alerts"],
    CUSTOMERS["move_score_history"],
    CUSTOMERS["forget_scores_left_behind"],
    CUSTOMERS["move_scores"],
    CUSTOMERS["drop_scores"],
    CUSTOMERS["close_doubled_alerts"],
    CUSTOMERS["move_alerts"],
    CUSTOMERS["move_due_writes"],
    CUSTOMERS["drop_due_writes"],
)


#: What comes back to customers that stand alone again, and then is forgotten.
_GIVE_BACK = (
    CUSTOMERS["give_back_score_history"],
    CUSTOMERS["give_back_scores"],
    CUSTOMERS["give_back_alerts"],
    CUSTOMERS["forget_followed"],
)
#: What people said about a record (kind, connection, id), as text.
Words: TypeAlias = Mapping[tuple[str, str, str], str]


def is_current(reader: Reader, scope: str, words: Words) -> bool:
    """True when nothing that linking looks at changed since the last pass under this configuration, nor what people say."""
    since = _watermark(reader, scope)
    return since is not None and reader.one(SQL["news"], {"since": since}) is None and _words(reader) == words


class LinkingPass:
    """A pass in its transaction. `is_full` says that everything is linked anew, because this configuration has not linked yet."""

    def __init__(self, tx: Transaction, scope: str, run: int, now: datetime, words: Words) -> None:
        self._tx = tx
        self._scope = scope
        self._words = words
        known = _watermark(tx, scope)
        self.is_full = known is None
        self._since: dict[str, Cell] = {"since": -1 if known is None else known}
        self._stamp: dict[str, Cell] = {"run": run, "now": to_ms(now), "seq": tx.next_seq()}

    def begin(self) -> None:
        """Make and empty the working tables; know the merges, and what they and people's words changed."""
        for statement in _MADE:
            self._tx.run(statement)
        self._clear(*_TABLES)
        self._tx.run(ACCOUNTS["resolve_merges"])
        self._tx.run(ACCOUNTS["stir_merged"])
        self._tx.run(ACCOUNTS["forget_merges"])
        self._tx.run(ACCOUNTS["remember_merges"])
        self._take_words()

    def _take_words(self) -> None:
        """Find the records people say something else about than in the last pass, and remember what they say."""
        known = _words(self._tx)
        changed = sorted({record for record, _ in known.items() ^ self._words.items()})
        self._tx.many(SQL["add_changed_word"], changed)
        self._tx.many(SQL["forget_word"], [record for record in changed if record in known])
        self._tx.many(
            SQL["remember_word"], [(*record, self._words[record]) for record in changed if record in self._words]
        )

    def merged_accounts(self) -> dict[tuple[str, str], tuple[str, str]]:
        """Accounts that live on as others: (connection, id) → the same of the survivor, chains followed to their end."""
        records = cast("Iterator[tuple[str, str, str]]", self._tx.each(ACCOUNTS["merged_accounts"]))
        return {(connection, gone): (connection, survivor) for connection, gone, survivor in records}

    def finish(self) -> None:
        """Everything up to now is linked under this configuration, and under no other."""
        self._tx.run(SQL["forget_watermarks"], {"scope": self._scope})
        self._tx.run(SQL["set_watermark"], {"scope": self._scope, "seq": self._stamp["seq"]})

    # Accounts

    def fresh_accounts(self, columns: Sequence[str]) -> Iterator[Record]:
        """The accounts that changed: connection, id, whether gone, parent, then these columns."""
        self._tx.run(ACCOUNTS["fresh_accounts"], self._since)
        return self._tx.each(ACCOUNTS.fill("account_facts", columns=_listed(columns)))

    def take_account_facts(self, facts: Iterable[tuple[str, str, str, str]]) -> None:
        """Store what they say (connection, id, rule, key) and find every account that has to be decided again because of it."""
        full: dict[str, Cell] = {"full": int(self.is_full)}
        self._tx.many(ACCOUNTS["add_fresh_key"], facts)
        self._tx.run(ACCOUNTS["find_moved"], full)
        self._tx.run(ACCOUNTS["stir_keys"])
        self._tx.run(ACCOUNTS["drop_moved_keys"])
        self._tx.run(ACCOUNTS["keep_fresh_keys"])
        self._tx.run(ACCOUNTS["find_component"], full)

    def component(self) -> Iterator[Record]:
        """Those accounts: connection, id, name, customer, rule, evidence, then the review's rule, key, candidates, reason."""
        return self._tx.each(ACCOUNTS["component"])

    def component_keys(self) -> Iterator[Record]:
        """What they say: connection, id, rule, key."""
        return self._tx.each(ACCOUNTS["component_keys"])

    def component_customers(self) -> Iterator[Record]:
        """Customers so far among them: id, connection, id of the account that lives on, parent, state."""
        return self._tx.each(ACCOUNTS["component_customers"])

    def write_customers(
        self,
        homed: Iterable[tuple[str, str, str, str | None, str | None]],
        successions: Sequence[tuple[str, str | None]],
    ) -> None:
        """Keep customers (id, connection, account, name, parent); let go or hand over those that are none any more."""
        self._tx.many(CUSTOMERS["add_homed"], homed)
        self._tx.many(CUSTOMERS["add_succession"], successions)
        self._run(CUSTOMERS["keep_customers"])
        self._run(CUSTOMERS["name_customers"])
        if self._tx.one(CUSTOMERS["returned"]) is not None:
            for statement in _GIVE_BACK:
                self._run(statement)
        self._run(CUSTOMERS["drop_aliases"])
        if successions:
            for statement in _SUCCEED:
                self._run(statement)

    def owners(self) -> list[tuple[str, str, str | None]] | None:
        """All living owners (connection, id, e-mail); None when they are as they were in the last pass."""
        if not self.is_full and self._tx.one(PEOPLE["owner_news"], self._since) is None:
            return None
        return cast("list[tuple[str, str, str | None]]", self._tx.all(PEOPLE["living_owners"]))

    def write_people(self, people: Iterable[tuple[str, str, str, str]]) -> None:
        """Keep who is which person: connection, id, person, rule."""
        known = set(self._tx.all(PEOPLE["known_people"]))
        wanted = set(people)
        gone = {record[:2] for record in known} - {record[:2] for record in wanted}
        self._tx.many(PEOPLE["forget_owner"], list(gone))
        self._tx.many(PEOPLE["put_owner"], sorted(wanted - known))

    def stir_accounts(self, places: Iterable[tuple[str, str]]) -> None:
        """Rows that lean on these accounts, on moved ones, or on ids merged into either, are looked at again."""
        self._tx.many(ACCOUNTS["add_stirred_account"], places)
        self._tx.run(ACCOUNTS["stir_moved"])
        self._tx.run(ACCOUNTS["stir_gone"], {"kind": "account"})
        self._tx.run(ACCOUNTS["stir_account_keys"])
        if not self.is_full:
            self._tx.run(ACCOUNTS["stir_rivals_of_family"])

    # Rows of the other kinds

    def fresh_rows(self, kind: str, columns: Sequence[str]) -> Iterator[Record]:
        """The rows of a kind that changed and live: connection, id, then these columns. Their old keys are forgotten."""
        self._clear("fresh", "pending", "offer", "rival", "decision")
        self._tx.run(SQL.fill("fresh_rows", kind=kind), self._since | {"kind": kind})
        self._tx.run(SQL["drop_row_keys"], {"kind": kind})
        return self._tx.each(SQL.fill("row_facts", kind=kind, columns=_listed(columns)))

    def take_row_keys(self, keys: Iterable[tuple[str, str, str, str, str]]) -> None:
        """Store keys: kind, connection, id, rule, key."""
        self._tx.many(SQL["add_row_key"], keys)

    def pend(self, kind: str) -> None:
        """Find the rows of a kind to decide, and all that speaks for a customer of each."""
        named: dict[str, Cell] = {"kind": kind}
        self._tx.run(SQL["pend_fresh"])
        if not self.is_full:
            self._tx.run(SQL.fill("pend_by_account", kind=kind))
            self._tx.run(SQL["pend_by_association"], named | self._since)
            self._tx.run(SQL["pend_by_key"], named)
            self._tx.run(SQL["pend_by_person"], named)
        if kind != "contact":
            self._tx.run(SQL.fill("pend_by_contact", kind=kind))
        if self._words:
            self._tx.run(SQL["offer_by_person"], named)
        self._tx.run(SQL.fill("offer_by_account", kind=kind))
        self._tx.run(SQL["offer_by_account_association"], named)
        if kind != "contact":
            self._tx.run(SQL.fill("offer_by_contact", kind=kind))
            self._tx.run(SQL["offer_by_contact_association"], named)
        self._tx.run(SQL["offer_by_key"], named)
        self._tx.run(SQL["offer_by_rival"], named)
        self._tx.run(SQL["find_rivals"])

    def offered_families(self) -> dict[str, str]:
        """The customer above each customer offered, and so on to the top."""
        return {cast(str, id): cast(str, parent) for id, parent in self._tx.each(SQL["offered_families"])}

    def offered_rivals(self) -> dict[tuple[str, str], tuple[str, ...]]:
        """Who outside the customer list gives a key that a customer speaks for: (rule, key) → names of accounts."""
        found: dict[tuple[str, str], list[str]] = {}
        for rule, key, name in cast("Iterator[tuple[str, str, str]]", self._tx.each(SQL["rivals"])):
            found.setdefault((rule, key), []).append(name)
        return {at: tuple(names) for at, names in found.items()}

    def kin_of_rivals(self) -> frozenset[tuple[str, str]]:
        """Each rival with every customer that has an account above it or below it."""
        return frozenset(cast("Iterator[tuple[str, str]]", self._tx.each(SQL["kin_of_rivals"])))

    def pending(self, kind: str) -> Iterator[Record]:
        """The rows to decide in order, once per offer; the columns are those of the statement `pending`."""
        return self._tx.each(SQL.fill("pending", kind=kind))

    # Decisions

    def write_decisions(self, kind: str, decisions: Iterable[Sequence[Cell]]) -> int:
        """Write what is decided otherwise than before, and say how many rows that is.

        A decision is connection, id, customer, rule, evidence, key, candidates (JSON text), reason, outside (0 or 1).
        """
        self._clear("decision")
        count = self._tx.many(SQL["add_decision"], decisions)
        named = self._stamp | {"kind": kind}
        self._tx.run(SQL["supersede_links"], _only(named, "kind", "now", "seq"))
        self._tx.run(SQL["drop_links"], {"kind": kind})
        self._tx.run(SQL["keep_links"], named)
        self._tx.run(SQL.fill("cache_links", kind=kind))
        self._tx.run(SQL["close_reviews"], {"kind": kind})
        self._tx.run(SQL["open_reviews"], named)
        if kind == "contact":
            self._keep_contacts()
        return count

    def _keep_contacts(self) -> None:
        """What leans on contacts has to know which of them are outside, and which are decided otherwise."""
        self._tx.run(SQL["leave_outside"], {"kind": "contact"})
        self._tx.run(SQL["enter_outside"], {"kind": "contact"})
        self._tx.run(SQL["stir_decided"])
        self._tx.run(ACCOUNTS["stir_gone"], {"kind": "contact"})

    def _run(self, statement: str) -> None:
        self._tx.run(statement, self._stamp)

    def _clear(self, *tables: str) -> None:
        for table in tables:
            self._tx.run(TABLES.fill("clear", table=table))


def _watermark(reader: Reader, scope: str) -> int | None:
    found = reader.one(SQL["watermark"], {"scope": scope})
    return None if found is None else cast(int, found[0])


def _words(reader: Reader) -> dict[tuple[str, str, str], str]:
    return {
        (cast(str, kind), cast(str, connection), cast(str, id)): cast(str, word)
        for kind, connection, id, word in reader.all(SQL["words"])
    }


def _listed(columns: Sequence[str]) -> str:
    return ", ".join(f"r.{name}" for name in columns)


def _only(parameters: Mapping[str, Cell], *names: str) -> dict[str, Cell]:
    return {name: parameters[name] for name in names}
