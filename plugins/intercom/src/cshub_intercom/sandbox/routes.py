"""Every path: who answers, and since which version there is such a thing."""

from __future__ import annotations

from dataclasses import dataclass

from cshub.testing.sandbox import Router

from . import (
    attachments,
    attribute_calls,
    company_calls,
    contact_calls,
    conversation_calls,
    people_calls,
    searches,
)
from .call import Endpoint
from .versions import MODERN, V2_16, Version


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One path. `resource` is what a permission or a plan is about: the first part of the path."""

    endpoint: Endpoint
    resource: str
    since: Version


PATHS: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "/me", people_calls.me),
    ("GET", "/admins", people_calls.list_admins),
    ("GET", "/admins/{id}", people_calls.get_admin),
    ("GET", "/teams", people_calls.list_teams),
    ("GET", "/tags", people_calls.list_tags),
    ("GET", "/segments", people_calls.list_segments),
    ("GET", "/data_attributes", attribute_calls.list_attributes),
    ("POST", "/data_attributes", attribute_calls.create_attribute),
    ("GET", "/contacts", searches.list_contacts),
    ("POST", "/contacts", contact_calls.create_contact),
    ("POST", "/contacts/search", searches.search_contacts),
    ("POST", "/contacts/merge", contact_calls.merge),
    ("GET", "/contacts/find_by_external_id/{external_id}", contact_calls.by_external_id),
    ("GET", "/contacts/{id}", contact_calls.get_contact),
    ("PUT", "/contacts/{id}", contact_calls.update_contact),
    ("DELETE", "/contacts/{id}", contact_calls.delete_contact),
    ("POST", "/contacts/{id}/archive", contact_calls.archive_contact),
    ("POST", "/contacts/{id}/unarchive", contact_calls.unarchive_contact),
    ("GET", "/contacts/{id}/tags", contact_calls.contact_tags),
    ("GET", "/contacts/{id}/companies", attachments.contact_companies),
    ("POST", "/contacts/{id}/companies", attachments.attach),
    ("DELETE", "/contacts/{id}/companies/{company_id}", attachments.detach),
    ("POST", "/companies/list", company_calls.list_companies),
    ("GET", "/companies/scroll", company_calls.scroll),
    ("GET", "/companies", company_calls.find_companies),
    ("POST", "/companies", company_calls.create_company),
    ("GET", "/companies/{id}", company_calls.get_company),
    ("PUT", "/companies/{id}", company_calls.update_company),
    ("DELETE", "/companies/{id}", company_calls.delete_company),
    ("GET", "/companies/{id}/contacts", searches.company_contacts),
    ("GET", "/companies/{id}/segments", company_calls.company_segments),
    ("GET", "/conversations", searches.list_conversations),
    ("POST", "/conversations/search", searches.search_conversations),
    ("GET", "/conversations/{id}", conversation_calls.get_conversation),
    ("POST", "/tickets/search", searches.search_tickets),
    ("GET", "/tickets/{id}", conversation_calls.get_ticket),
)
#: Not in the files before 2.16.
NEW: tuple[tuple[str, str, Endpoint], ...] = (
    ("GET", "/conversations/deleted", conversation_calls.deleted_conversations),
    ("GET", "/contacts/{id}/merge_history", contact_calls.merge_history),
)


def routes() -> Router[Entry]:
    """All paths."""
    router: Router[Entry] = Router()
    for since, rows in ((V2_16, NEW), (MODERN, PATHS)):
        for method, path, endpoint in rows:
            router.add(method, path, Entry(endpoint=endpoint, resource=path.split("/")[1], since=since))
    return router
