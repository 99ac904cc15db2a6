"""What follows from a write: fields derived from others of the record, and roll-ups on the parent."""

from __future__ import annotations

from collections.abc import Callable

from .catalog import STAGES
from .fields import Row, Value
from .formulas import forecast, full_name
from .org import Org
from .records import Record, Table

CLOSED_STAGES = STAGES[-2:]
WON_STAGE = STAGES[-2]


def derive(org: Org, object_type: str, row: Row) -> Row:
    """The fields of a row that follow from its others."""
    derivation = _DERIVATIONS.get(object_type)
    return derivation(org, row) if derivation else {}


def roll_up(org: Org, table: Table, *rows: Row) -> None:
    """Bring the won amount of the accounts of these opportunities up to date; a parent that changes gets a new stamp."""
    if table.name != "Opportunity":
        return
    for account_id in sorted({str(row["AccountId"]) for row in rows if row.get("AccountId")}):
        account = org.tables["Account"].get(account_id)
        if account is None:
            continue
        amount = won_amount(org, account_id)
        if account.values.get("Won_Amount__c") != amount:
            stamps: Row = {"Won_Amount__c": amount, "SystemModstamp": org.now_ms, "LastModifiedDate": org.now_ms}
            org.put(org.tables["Account"], account, account.values | stamps, "api")


def won_amount(org: Org, account_id: str) -> float:
    """The sum of an account's won opportunities."""
    rows = org.tables["Opportunity"].with_value("AccountId", account_id)
    return sum(_amount(each) for each in rows if each.values.get("IsWon"))


def _amount(record: Record) -> float:
    amount = record.values.get("Amount")
    return float(amount) if isinstance(amount, int | float) else 0.0


def _contact(org: Org, row: Row) -> Row:
    return {"Name": full_name(row)}


def _opportunity(org: Org, row: Row) -> Row:
    stage = row.get("StageName")
    closed: Row = {"IsClosed": stage in CLOSED_STAGES, "IsWon": stage == WON_STAGE}
    return {**closed, "ForecastCategory": forecast(closed)}


def _case(org: Org, row: Row) -> Row:
    closed = row.get("Status") == "Closed"
    return {"IsClosed": closed, "ClosedDate": (row.get("ClosedDate") or org.now_ms) if closed else None}


def _task(org: Org, row: Row) -> Row:
    return {"IsClosed": row.get("Status") == "Completed", "AccountId": _account_of(org, row)}


def _account_of(org: Org, row: Row) -> Value:
    what = row.get("WhatId")
    if isinstance(what, str) and what.startswith("001"):
        return what
    for name in ("WhatId", "WhoId"):
        found = org.find(row.get(name))
        if found and found.values.get("AccountId"):
            return found.values["AccountId"]
    return None


def _account(org: Org, row: Row) -> Row:
    return {"Name": full_name(row)} if row.get("IsPersonAccount") else {}


_DERIVATIONS: dict[str, Callable[[Org, Row], Row]] = {
    "Account": _account,
    "Contact": _contact,
    "User": _contact,
    "Opportunity": _opportunity,
    "Case": _case,
    "Task": _task,
}
