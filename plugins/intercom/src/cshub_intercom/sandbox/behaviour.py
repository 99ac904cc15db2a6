"""What can be told to an Intercom sandbox when it is made: its limits, its lags, its version and the quirks it shows."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, TypeAlias, TypedDict

Region: TypeAlias = Literal["us", "eu", "au"]
RegionAnswer: TypeAlias = Literal["unauthorized", "redirect"]
MergedAnswer: TypeAlias = Literal["410", "404"]
MergeHistory: TypeAlias = Literal["direct", "inherited"]
LastPage: TypeAlias = Literal["absent", "null"]
ScrollEnd: TypeAlias = Literal["empty", "404"]
ListOrder: TypeAlias = Literal["created_at", "updated_at"]
AttachedKey: TypeAlias = Literal["data", "companies"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Calls allowed in a window of ten seconds; None means no limit and no headers about one."""

    ten_secondly: int | None = 1_667


#: `limits="vendor"` is the default of 10,000 a minute, `limits="off"` has none.
NO_LIMITS = Limits(ten_secondly=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The switches of a sandbox.

    Access: `version` answers requests that name none. `region` is where the workspace lives and `wrong_region` what its token
    gets at the host of another one; hosts that are no Intercom's are not judged. `denied` are resources (the first part of the
    path) for which the token lacks the permission, `restricted` those the plan does not contain.

    Contacts: `search_lag_s` passes until searches see a change. `list_order` sorts the list, newest first. `stub_limit` cuts
    nested lists, and `honest_has_more` says so in their `has_more`. `merged_answer` is what the id of a merged contact gets;
    `merge_history` is what was merged into the contact itself, or into those it was made of as well. `archived_listed` keeps
    archived contacts in lists and searches, `put_aside` archives those that people remove, instead of deleting them for good.
    `attached_key` names the array of a contact's companies.
    `attach_moves_stamp` counts joining a company as a change of the contact. `strict_options` refuses values that are no option.

    Companies: `company_list_cap` ends `POST /companies/list`. `scroll_page` is the page of a scroll, `scroll_end` how it ends,
    `scroll_leaves_out` whether it too hides companies without users, `scroll_freed_by_500` whether a failed one makes room at
    once or after its minute. `detach_lag_s` passes until a deleted company loses its contacts. `company_attributes_made` makes
    unknown company attributes on the fly.

    Conversations: `gt_is_gte` reads `>` as the documentation words it, "greater or equal". `company_on_conversations` fills the
    member `company`, which was null in what was recorded; `null_statistics` leaves them null as the examples of the file do.

    `moving` lets a record move within its list after every page; `last_page` is how the last page says so.
    """

    limits: Limits = Limits()
    version: str = "2.16"
    region: Region = "us"
    wrong_region: RegionAnswer = "unauthorized"
    timezone: str = "America/Los_Angeles"
    denied: frozenset[str] = frozenset()
    restricted: frozenset[str] = frozenset()
    search_lag_s: float = 120.0
    list_order: ListOrder = "created_at"
    stub_limit: int = 10
    honest_has_more: bool = False
    merged_answer: MergedAnswer = "410"
    merge_history: MergeHistory = "direct"
    archived_listed: bool = False
    put_aside: bool = False
    attached_key: AttachedKey = "data"
    attach_moves_stamp: bool = False
    strict_options: bool = True
    company_list_cap: int = 10_000
    scroll_page: int = 100
    scroll_end: ScrollEnd = "empty"
    scroll_leaves_out: bool = False
    scroll_freed_by_500: bool = True
    detach_lag_s: float = 5.0
    company_attributes_made: bool = True
    gt_is_gte: bool = False
    company_on_conversations: bool = False
    null_statistics: bool = False
    moving: bool = False
    last_page: LastPage = "absent"


class Switches(TypedDict, total=False):
    """The switches as keyword arguments of `create`; see `Behaviour`."""

    limits: Limits | Literal["vendor", "off"]
    version: str
    region: Region
    wrong_region: RegionAnswer
    timezone: str
    denied: Collection[str]
    restricted: Collection[str]
    search_lag_s: float
    list_order: ListOrder
    stub_limit: int
    honest_has_more: bool
    merged_answer: MergedAnswer
    merge_history: MergeHistory
    archived_listed: bool
    put_aside: bool
    attached_key: AttachedKey
    attach_moves_stamp: bool
    strict_options: bool
    company_list_cap: int
    scroll_page: int
    scroll_end: ScrollEnd
    scroll_leaves_out: bool
    scroll_freed_by_500: bool
    detach_lag_s: float
    company_attributes_made: bool
    gt_is_gte: bool
    company_on_conversations: bool
    null_statistics: bool
    moving: bool
    last_page: LastPage


def behaviour(switches: Switches) -> Behaviour:
    """The behaviour those switches ask for."""
    asked = dict(switches)
    limits = asked.pop("limits", "vendor")
    asked["limits"] = limits if isinstance(limits, Limits) else NO_LIMITS if limits == "off" else Limits()
    asked["denied"] = frozenset(switches.get("denied", ()))
    asked["restricted"] = frozenset(switches.get("restricted", ()))
    return Behaviour(**asked)  # type: ignore[arg-type]  # the keys are those of Switches, checked at the call
