"""Where everything stands at Intercom: the one place of URLs. The version is a header, not a part of them."""

from __future__ import annotations

from urllib.parse import quote

ME = "/me"
CONTACTS = "/contacts"
CONVERSATIONS = "/conversations"
DELETED_CONVERSATIONS = "/conversations/deleted"
COMPANIES = "/companies/list"
SCROLL = "/companies/scroll"
ADMINS = "/admins"
TAGS = "/tags"


def search(object_type: str) -> str:
    """The search of an object: contacts, conversations or tickets."""
    return f"/{object_type}/search"


def contact(id: str) -> str:
    """One contact."""
    return f"{CONTACTS}/{quote(id, safe='')}"


def part(contact_id: str, name: str) -> str:
    """The whole list of which a contact carries the first ten: its companies or its tags."""
    return f"{contact(contact_id)}/{name}"
