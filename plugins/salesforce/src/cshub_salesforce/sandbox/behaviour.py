"""What can be told to a Salesforce sandbox when it is made: its limits, its lag, its rights and the quirks it shows."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Literal, TypedDict

DuplicateRule = Literal["off", "alert", "block"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Calls allowed in any 24 hours, long ones at once, and Bulk query jobs in 24 hours; None means no limit.

    `used` is what everybody else in the org has used of the calls already; `per_app` is a share of the app's own, which
    is told and not enforced.
    """

    daily: int | None = 15_000
    concurrent: int | None = 25
    bulk_jobs: int | None = 10_000
    used: int = 0
    per_app: int | None = None


#: `limits="vendor"` are those of a developer org, `limits="off"` has none.
NO_LIMITS = Limits(daily=None, concurrent=None, bulk_jobs=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationRule:
    """A rule of the customer's: a write after which `when` (a SOQL condition) holds is refused with `message`."""

    object: str
    when: str
    message: str
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The switches of a sandbox.

    Reading: `page_rows` is the most the server gives a page, `wide_fields` the number of fields from which it gives half.
    `visibility_lag_s`: what people change shows in queries after half to all of it, with the stamp of the change, as long
    transactions do. `locator_s`: life of a query locator. `deleted_days`: how far back the delete log reaches.
    Features: `multi_currency` gives records their `CurrencyIsoCode`; `person_accounts` makes accounts of people possible,
    which are no companies, and seeds one.
    Login: `session_s` is the session timeout; without `my_domain` every address counts as the login host; `run_as` says
    that the app names a user for client credentials, `approved` that the JWT's user may use it.
    Rights: `hidden_objects` cannot be seen, `read_only_objects` not written, `hidden_fields` (`Account.Industry`) not seen;
    `setup_rights` allows making fields and permissions, `view_setup` looking at the limits.
    Writing: `validation_rules`; `lock_share` of written rows meets a lock; `duplicate_rule` looks at names of new accounts;
    `merge_stamps_children` says whether moved children get a new stamp; `undelete_stamps` whether what comes back from the
    recycle bin gets one, `undelete_keeps_master` whether it still names the record it was merged into; `same_id_twice` whether
    a list may name an id twice.
    Bulk: `bulk_work_s` until a job is complete, `bulk_failure` is the message every job fails with, `not_in_bulk` are
    objects it does not know.
    """

    limits: Limits = Limits()
    page_rows: int = 2_000
    wide_fields: int = 60
    visibility_lag_s: float = 2.0
    locator_s: float = 2 * 86_400
    deleted_days: int = 15
    multi_currency: bool = False
    person_accounts: bool = False
    session_s: float = 7_200
    my_domain: bool = True
    run_as: bool = True
    approved: bool = True
    hidden_objects: frozenset[str] = frozenset()
    read_only_objects: frozenset[str] = frozenset()
    hidden_fields: frozenset[str] = frozenset()
    setup_rights: bool = True
    view_setup: bool = True
    validation_rules: tuple[ValidationRule, ...] = ()
    lock_share: float = 0.0
    duplicate_rule: DuplicateRule = "off"
    merge_stamps_children: bool = False
    undelete_stamps: bool = True
    undelete_keeps_master: bool = False
    same_id_twice: Literal["error", "allowed"] = "error"
    bulk_work_s: float = 2.0
    bulk_failure: str = ""
    not_in_bulk: frozenset[str] = frozenset()


class Switches(TypedDict, total=False):
    """The switches as keyword arguments of `create`; see `Behaviour`."""

    limits: Limits | Literal["vendor", "off"]
    page_rows: int
    wide_fields: int
    visibility_lag_s: float
    locator_s: float
    deleted_days: int
    multi_currency: bool
    person_accounts: bool
    session_s: float
    my_domain: bool
    run_as: bool
    approved: bool
    hidden_objects: Collection[str]
    read_only_objects: Collection[str]
    hidden_fields: Collection[str]
    setup_rights: bool
    view_setup: bool
    validation_rules: Iterable[ValidationRule]
    lock_share: float
    duplicate_rule: DuplicateRule
    merge_stamps_children: bool
    undelete_stamps: bool
    undelete_keeps_master: bool
    same_id_twice: Literal["error", "allowed"]
    bulk_work_s: float
    bulk_failure: str
    not_in_bulk: Collection[str]


def behaviour(switches: Switches) -> Behaviour:
    """The behaviour those switches ask for."""
    asked = dict(switches)
    limits = asked.pop("limits", "vendor")
    asked["limits"] = limits if isinstance(limits, Limits) else NO_LIMITS if limits == "off" else Limits()
    for name in ("hidden_objects", "read_only_objects", "hidden_fields", "not_in_bulk"):
        asked[name] = frozenset(switches.get(name, ()))  # type: ignore[call-overload]  # all four are collections of text
    asked["validation_rules"] = tuple(switches.get("validation_rules", ()))
    return Behaviour(**asked)  # type: ignore[arg-type]  # the keys are those of Switches, checked at the call
