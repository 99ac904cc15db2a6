"""The versions of the API: which there are, which are gone, and what one offers."""

from __future__ import annotations

import re

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .refusals import not_found, refused

OLDEST, NEWEST = 31, 68
#: 31.0 came in Summer '14, and three come a year.
FIRST_SUMMER = 14
SEASONS = ("Summer", "Winter", "Spring")
RESOURCES = ("sobjects", "query", "queryAll", "limits", "composite", "jobs", "tooling")
_PATH = re.compile(r"/services/data/v(\d+\.\d)(/.*)?")


def versions() -> Response:
    """Every version; asked without a login."""
    return json_response([_version(number) for number in range(OLDEST, NEWEST + 1)])


def split(path: str) -> tuple[str, str]:
    """The version of a path and the resource behind it. Raises Refused: 410 for a version that is gone."""
    found = _PATH.fullmatch(path.rstrip("/") or "/")
    if not found:
        raise not_found()
    number = float(found.group(1))
    if number < OLDEST:
        raise refused(410, "UNSUPPORTED_API_VERSION", f"API version {found.group(1)} has been retired.")
    if number > NEWEST or not number.is_integer():
        raise not_found()
    return found.group(1), found.group(2) or "/"


def resources(call: Call) -> Response:
    """What a version offers."""
    listed: dict[str, JSON] = {name: f"{call.base}/{name}" for name in RESOURCES}
    return json_response(listed)


def _version(number: int) -> JSON:
    season = SEASONS[(number - OLDEST) % 3]
    year = FIRST_SUMMER + (number - OLDEST + 2) // 3
    return {"label": f"{season} '{year}", "url": f"/services/data/v{number}.0", "version": f"{number}.0"}
