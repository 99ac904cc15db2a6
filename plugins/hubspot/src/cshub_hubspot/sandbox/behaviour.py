"""What can be told to a HubSpot sandbox when it is made: its limits, its lag and the quirks it shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypedDict

Answers: TypeAlias = Literal["official", "recorded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Calls allowed; None means no limit. The daily count starts anew at midnight UTC of the sandbox's clock."""

    ten_secondly: int | None = 190
    search_secondly: int | None = 5
    daily: int | None = 625_000
    oauth_ten_secondly: int | None = 110


#: `limits="vendor"` are those of a professional account, `limits="off"` has none.
NO_LIMITS = Limits(ten_secondly=None, search_secondly=None, daily=None, oauth_ten_secondly=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The switches of a sandbox.

    `search_lag_s`: a change shows in searches after half to all of it. `stray_results`: searches find by the index but
    show the live row, so a result may lie outside the window asked for. `restless`: a fresh company's stamp moves once
    by itself. `merge_ids`: a merge keeps the primary's id or makes a new one. `restored`: a record
    that comes back from the archive has a new stamp, or the one it left with. `batch_errors`: one bad input gives 207
    when it carries a trace id, or fails its whole call always. `no_associations`: records without any are listed in
    `errors`, or left out. `answers`: `official` fits the published files in every key; `recorded` shows what was seen
    in real answers instead: numbers for ids, null labels, error bodies without a category.
    """

    limits: Limits = Limits()
    scopes: frozenset[str] | None = None
    search_lag_s: float = 2.0
    stray_results: bool = False
    restless: bool = False
    merge_ids: Literal["new", "same"] = "new"
    restored: Literal["stamped", "unstamped"] = "unstamped"
    batch_errors: Literal["partial", "whole"] = "partial"
    no_associations: Literal["errors", "left_out"] = "errors"
    association_page: int = 500
    inline_page: int = 100
    search_cap: int = 10_000
    answers: Answers = "official"


class Switches(TypedDict, total=False):
    """The switches as keyword arguments of `create`; see `Behaviour`."""

    limits: Limits | Literal["vendor", "off"]
    scopes: Collection[str] | None
    search_lag_s: float
    stray_results: bool
    restless: bool
    merge_ids: Literal["new", "same"]
    restored: Literal["stamped", "unstamped"]
    batch_errors: Literal["partial", "whole"]
    no_associations: Literal["errors", "left_out"]
    association_page: int
    inline_page: int
    search_cap: int
    answers: Answers


def behaviour(switches: Switches) -> Behaviour:
    """The behaviour those switches ask for."""
    asked = dict(switches)
    limits = asked.pop("limits", "vendor")
    scopes = switches.get("scopes")
    asked["limits"] = limits if isinstance(limits, Limits) else NO_LIMITS if limits == "off" else Limits()
    asked["scopes"] = None if scopes is None else frozenset(scopes)
    return Behaviour(**asked)  # type: ignore[arg-type]  # the keys are those of Switches, checked at the call
