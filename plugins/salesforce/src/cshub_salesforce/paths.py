"""Where everything stands at Salesforce: the one place of paths. Hosts are `hosts.py`'s part."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

LOGIN = "/services/oauth2/token"
VERSIONS = "/services/data"


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths of one API version (`66.0`).

    See https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/resources_list.htm.
    """

    version: str

    @property
    def root(self) -> str:
        """Everything of this version."""
        return f"{VERSIONS}/v{self.version}"

    def query(self, *, deleted: bool) -> str:
        """A query; with `deleted`, over the recycle bin and archived records as well."""
        return f"{self.root}/{'queryAll' if deleted else 'query'}"

    def more(self, link: str) -> str:
        """Where a `nextRecordsUrl` leads. It is a path; a bare locator is taken for one."""
        return link if link.startswith("/") or "://" in link else f"{self.root}/query/{quote(link, safe='')}"

    def describe(self, sobject: str) -> str:
        """What an object looks like."""
        return f"{self.record(sobject)}/describe"

    def record(self, sobject: str) -> str:
        """The place where records of an object are made."""
        return f"{self.root}/sobjects/{quote(sobject, safe='')}"

    def composite(self) -> str:
        """Several requests in the body of one."""
        return f"{self.root}/composite"

    def collection(self) -> str:
        """Writing up to 200 records."""
        return f"{self.root}/composite/sobjects"

    def tooling(self, sobject: str) -> str:
        """The place where parts of the org's own make-up are made."""
        return f"{self.root}/tooling/sobjects/{quote(sobject, safe='')}"

    def jobs(self, job: str = "", tail: str = "") -> str:
        """Bulk queries, one of them, or what `tail` names below it."""
        return "/".join(filter(None, (f"{self.root}/jobs/query", quote(job, safe=""), tail)))
