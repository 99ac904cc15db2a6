"""One call on its way to an endpoint, and the parts of the org's site that endpoints work with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from cshub.testing.sandbox import JSON, Request, Response

from .access import Access
from .ingest_jobs import IngestJobs
from .jobs import Jobs
from .limits import Meter
from .locators import Locators
from .org import Org
from .records import Table
from .refusals import bad
from .sight import Sight

Answer: TypeAlias = Callable[[Request], Response]


@dataclass(slots=True, kw_only=True)
class Site:
    """What stands behind the API: the org, who may call, what was asked before, and the way to call once more."""

    org: Org
    sight: Sight
    tooling: Sight
    access: Access
    meter: Meter
    locators: Locators
    jobs: Jobs
    ingest: IngestJobs
    #: Carries out a call inside another one; it counts against no limit.
    again: Answer = field(default=lambda request: Response(status=500))


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call whose caller is known: `params` are the parts of its path, `version` is that of the API it names."""

    site: Site
    request: Request
    params: dict[str, str]
    version: str

    @property
    def org(self) -> Org:
        """The org's state."""
        return self.site.org

    @property
    def sight(self) -> Sight:
        """The org as the caller sees it."""
        return self.site.sight

    @property
    def base(self) -> str:
        """The path before every resource."""
        return f"/services/data/v{self.version}"

    def table(self) -> Table:
        """The table of the object in the path. Raises Refused with 404."""
        return self.sight.table_there(self.params["type"])

    def body(self) -> dict[str, JSON]:
        """The JSON object that was sent. Raises Refused with 400."""
        try:
            body = self.request.json()
        except ValueError:
            raise bad("JSON_PARSER_ERROR", "Unexpected end-of-input at [line:1, column:0]") from None
        if not isinstance(body, dict):
            raise bad("JSON_PARSER_ERROR", "The HTTP entity body must be a JSON object at [line:1, column:1]")
        return body

    def header_says(self, name: str, word: str) -> bool:
        """Whether a header of options such as `allowSave=true, batchSize=500` holds this word."""
        options = self.request.headers.get(name, "").replace(" ", "").lower().split(",")
        return word.lower() in options


Endpoint: TypeAlias = Callable[[Call], Response]
