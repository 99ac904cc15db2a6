"""What can be told to a SatisMeter sandbox when it is made: everything the vendor does not document, both ways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias, TypedDict

Bounds: TypeAlias = Literal["inclusive", "exclusive", "half_open"]
Order: TypeAlias = Literal["newest", "oldest", "mixed"]
LastPage: TypeAlias = Literal["null", "missing", "cursor", "promise"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """The switches of a sandbox.

    `bounds`: whether `startDate` and `endDate` themselves belong to the window; `half_open` takes the start alone.
    `order`: of the response lists. `cursors`: a page begins at a place in the list, so that answers coming in meanwhile
    repeat some, or after the last answer seen. `last_page`: the cursor of the last page is null or missing, still there
    beside `hasNextPage: false`, or missing beside `hasNextPage: true`. `no_metric`: how an answer without metric says so.
    `bad_page_size`: a size outside 1–100 falls back to 20, or is refused. `v3_user`: the documented fields of a
    respondent alone, or name, e-mail address and groups too, as in webhooks. `project_answer`: under `data`, or bare.
    `error_bodies`: with titles, or empty. `calls_per_second`: no limit is published; None has none.
    """

    bounds: Bounds = "inclusive"
    order: Order = "newest"
    cursors: Literal["place", "key"] = "place"
    last_page: LastPage = "null"
    no_metric: Literal["null", "missing", "both"] = "both"
    bad_page_size: Literal["default", "refused"] = "default"
    v3_user: Literal["documented", "full"] = "documented"
    project_answer: Literal["wrapped", "bare"] = "wrapped"
    error_bodies: Literal["titles", "empty"] = "titles"
    calls_per_second: int | None = None


class Switches(TypedDict, total=False):
    """The switches as keyword arguments of `create`; see `Behaviour`."""

    bounds: Bounds
    order: Order
    cursors: Literal["place", "key"]
    last_page: LastPage
    no_metric: Literal["null", "missing", "both"]
    bad_page_size: Literal["default", "refused"]
    v3_user: Literal["documented", "full"]
    project_answer: Literal["wrapped", "bare"]
    error_bodies: Literal["titles", "empty"]
    calls_per_second: int | None
