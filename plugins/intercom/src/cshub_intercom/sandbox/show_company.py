"""A company as Intercom shows it: what it does not have is missing, not null."""

from __future__ import annotations

from cshub.testing.sandbox import JSON

from .records import Record
from .workspace import Workspace

#: Left out while nobody filled them.
MISSING_KEYS = ("size", "website", "industry", "last_request_at", "remote_created_at")


def show_company(workspace: Workspace, company: Record) -> dict[str, JSON]:
    """The company."""
    tags: list[JSON] = [workspace.tags[tag].as_json() for tag in company.tags]
    segments: list[JSON] = [group.as_json() for group in workspace.segments if company.id in group.members]
    shown: dict[str, JSON] = {
        "type": "company",
        "company_id": company.text("company_id"),
        "id": company.id,
        "app_id": workspace.id_code,
        "name": company.text("name"),
        "created_at": company.created_at,
        "updated_at": company.updated_at,
        "monthly_spend": company.number("monthly_spend"),
        "session_count": company.number("session_count"),
        "user_count": len(workspace.users(company.id)),
        "tags": {"type": "tag.list", "tags": tags},
        "segments": {"type": "segment.list", "segments": segments},
        "plan": _plan(company),
        "custom_attributes": {name: value for name, value in company.custom.items() if value is not None},
    }
    return shown | {name: company.values[name] for name in MISSING_KEYS if company.values.get(name) is not None}


def _plan(company: Record) -> dict[str, JSON]:
    name = company.text("plan")
    return {"type": "plan", "id": str(1_000 + sum(name.encode())), "name": name} if name else {}
