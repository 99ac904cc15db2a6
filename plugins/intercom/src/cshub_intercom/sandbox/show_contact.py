"""A contact as each version shows it."""

from __future__ import annotations

from collections.abc import Sequence

from cshub.testing.sandbox import JSON

from . import merging
from .records import Record
from .versions import V2_16, Version
from .workspace import Workspace

TIMES = (
    "signed_up_at",
    "last_seen_at",
    "last_replied_at",
    "last_contacted_at",
    "last_email_opened_at",
    "last_email_clicked_at",
)
DEVICE = (
    "language_override browser browser_version browser_language os android_app_name android_app_version android_device "
    "android_os_version android_sdk_version android_last_seen_at ios_app_name ios_app_version ios_device ios_os_version "
    "ios_sdk_version ios_last_seen_at"
)
#: Keys no file lists for contacts, seen in real answers.
EXTRA = ("utm_campaign", "utm_content", "utm_medium", "utm_source", "utm_term", "referrer", "enabled_push_messaging")


def show_contact(
    workspace: Workspace, contact: Record, version: Version, *, history: bool = False, whole: bool = False
) -> dict[str, JSON]:
    """The contact; with `history` a user tells what was merged into it (2.16), and `whole` cuts no nested list."""
    values = contact.values
    shown: dict[str, JSON] = {
        "type": "contact",
        "id": contact.id,
        "workspace_id": workspace.id_code,
        "external_id": values.get("external_id"),
        "role": contact.text("role"),
        "email": values.get("email"),
        "phone": values.get("phone"),
        "name": values.get("name"),
        "avatar": _avatar(values.get("avatar")),
        "owner_id": _owner(contact, version),
        "social_profiles": {"type": "list", "data": []},
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
        "location": {"type": "location", "country": values.get("country"), "region": None, "city": None},
        "custom_attributes": {name: value for name, value in contact.custom.items() if value is not None},
        "sms_consent": False,
    }
    if version >= V2_16 and contact.text("email"):
        shown["email_domain"] = contact.text("email").partition("@")[2]
    shown |= {name: bool(values.get(name)) for name in FLAGS}
    shown |= {name: values.get(name) for name in TIMES}
    shown |= dict.fromkeys((*DEVICE.split(), *EXTRA))
    if history and version >= V2_16 and contact.text("role") == "user":
        shown["merge_history"] = merging.history(workspace, contact)
    return shown | _nested(workspace, contact, None if whole else workspace.behaviour.stub_limit)


FLAGS = ("has_hard_bounced", "marked_email_as_spam", "unsubscribed_from_emails")


def stub(contact: Record) -> dict[str, JSON]:
    """The contact as it stands within a conversation or ticket."""
    return {"type": "contact", "id": contact.id, "external_id": contact.values.get("external_id")}


def _nested(workspace: Workspace, contact: Record, limit: int | None) -> dict[str, JSON]:
    path = f"/contacts/{contact.id}"
    tags = [("tag", tag, f"/tags/{tag}") for tag in contact.tags]
    companies = [("company", company, f"/companies/{company}") for company in workspace.links.companies(contact.id)]
    return {
        "tags": _list(workspace, tags, f"{path}/tags", limit),
        "notes": _list(workspace, [], f"{path}/notes", limit),
        "companies": _list(workspace, companies, f"{path}/companies", limit),
        "opted_out_subscription_types": _list(workspace, [], f"{path}/subscriptions", limit),
        "opted_in_subscription_types": _list(workspace, [], f"{path}/subscriptions", limit),
    }


def _list(workspace: Workspace, items: Sequence[tuple[str, str, str]], url: str, limit: int | None) -> dict[str, JSON]:
    # `has_more` was false in what was recorded although there were more than the stubs given.
    return {
        "type": "list",
        "data": [{"type": kind, "id": id, "url": at} for kind, id, at in items[:limit]],
        "url": url,
        "total_count": len(items),
        "has_more": workspace.behaviour.honest_has_more and limit is not None and len(items) > limit,
    }


def _owner(contact: Record, version: Version) -> JSON:
    owner = contact.text("owner_id")
    if not owner:
        return None
    return owner if version >= V2_16 else int(owner)


def _avatar(image: JSON) -> JSON:
    return {"type": "avatar", "image_url": image} if image else None
