"""One API call on its way to the function that answers it: its window, its page and its body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from cshub.testing.sandbox import JSON, Request, Response

from .project import Project
from .records import Campaign
from .records import Response as Answered
from .refusals import bad_request, not_found
from .times import DAY_MS, parse

HIDDEN_WINDOW_MS = 30 * DAY_MS


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What an endpoint gets: the project, the request and the parts of its path."""

    project: Project
    request: Request
    params: Mapping[str, str]

    @property
    def campaign(self) -> Campaign | None:
        """The survey in the path, None when the path names none. Raises Refused for an unknown one."""
        if "campaign" not in self.params:
            return None
        if self.params["campaign"] not in self.project.campaigns:
            raise not_found()
        return self.project.campaigns[self.params["campaign"]]

    def body(self) -> dict[str, JSON]:
        """The JSON object that was sent. Raises Refused."""
        try:
            body = self.request.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise bad_request("Invalid JSON")
        return body

    def instant(self, name: str) -> int | None:
        """A date parameter, None when it was not sent. Raises Refused for one that is no instant."""
        text = self.request.arg(name)
        try:
            return parse(text) if text else None
        except ValueError:
            raise bad_request(f"Invalid {name}") from None

    def answered(self, *, hidden_window: bool) -> list[Answered]:
        """The responses asked for, oldest first.

        Version 3 shows the last 30 days alone when no `startDate` was sent, and does not say so.
        """
        start, end = self.instant("startDate"), self.instant("endDate")
        if start is None and hidden_window:
            start = self.project.clock.now_ms() - HIDDEN_WINDOW_MS
        campaign = self.campaign
        found = self.project.within(start, end)
        return [one for one in found if campaign is None or one.campaign == campaign.id]


Endpoint: TypeAlias = Callable[[Call], Response]
