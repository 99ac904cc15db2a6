"""One API call on its way to the function that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from cshub.testing.sandbox import JSON, Request, Response

from .records import Record
from .refusals import Refused, company_not_found, contact_merged, not_found
from .versions import Version
from .workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What an endpoint gets: the workspace, the request, the parts of its path and the version it speaks."""

    workspace: Workspace
    request: Request
    params: Mapping[str, str]
    version: Version

    def body(self) -> dict[str, JSON]:
        """The JSON object that was sent; nothing is an empty one. Raises Refused."""
        if not self.request.body:
            return {}
        try:
            body = self.request.json()
        except ValueError:
            raise Refused(400, "parameter_invalid", "The body is no JSON") from None
        if not isinstance(body, dict):
            raise Refused(400, "parameter_invalid", "The body is no object")
        return body

    def asks_history(self) -> bool:
        """Whether contacts are to carry what was merged into them."""
        return self.request.arg("include_merge_history") == "true"

    def contact(self) -> Record:
        """The contact in the path. Raises Refused, with 410 for one that was merged."""
        return find_contact(self.workspace, self.params["id"])

    def company(self) -> Record:
        """The company in the path. Raises Refused."""
        return find_company(self.workspace, self.params["id"])


Endpoint: TypeAlias = Callable[[Call], Response]


def find_contact(workspace: Workspace, record_id: str) -> Record:
    """A contact. Raises Refused, for a merged one with 410 or, as another passage has it, 404."""
    contact = workspace.contacts.known(record_id)
    if contact is not None:
        return contact
    if record_id in workspace.contacts.merged and workspace.behaviour.merged_answer == "410":
        raise contact_merged(workspace.contacts.target(record_id))
    raise not_found("Contact")


def find_company(workspace: Workspace, record_id: str) -> Record:
    """A company by Intercom's id. Raises Refused."""
    company = workspace.companies.live.get(record_id)
    if company is None:
        raise company_not_found()
    return company
