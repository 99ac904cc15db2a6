"""Calls about the workspace itself and the short lists: teammates, teams, tags, segments. None of them pages."""

from __future__ import annotations

from cshub.testing.sandbox import JSON, Response, json_response

from .call import Call
from .people import Admin
from .refusals import not_found


def me(call: Call) -> Response:
    """Whose token this is, and the workspace with its region and time zone."""
    workspace = call.workspace
    admins = [admin for admin in workspace.admins if not admin.left]
    owner = admins[0] if admins else Admin(id="991267459", name="Owner", email="owner@ours.example")
    app: dict[str, JSON] = {
        "type": "app",
        "id_code": workspace.id_code,
        "name": "Ours",
        "region": workspace.behaviour.region.upper(),
        "timezone": workspace.behaviour.timezone,
        "created_at": workspace.born,
        "identity_verification": False,
        "secure": False,
    }
    avatar: dict[str, JSON] = {"type": "avatar", "image_url": "https://static.intercomassets.com/avatar.png"}
    return json_response(owner.as_json() | {"email_verified": True, "avatar": avatar, "app": app})


def list_admins(call: Call) -> Response:
    """The teammates who did not leave."""
    rows = [admin.as_json() for admin in call.workspace.admins if not admin.left]
    return json_response({"type": "admin.list", "admins": rows})


def get_admin(call: Call) -> Response:
    """One teammate."""
    for admin in call.workspace.admins:
        if admin.id == call.params["id"] and not admin.left:
            return json_response(admin.as_json())
    raise not_found("Admin")


def list_teams(call: Call) -> Response:
    """The teams."""
    return json_response({"type": "team.list", "teams": [team.as_json() for team in call.workspace.teams]})


def list_tags(call: Call) -> Response:
    """The tags."""
    return json_response({"type": "list", "data": [tag.as_json() for tag in call.workspace.tags.values()]})


def list_segments(call: Call) -> Response:
    """The segments, counted when asked for."""
    counted = call.request.flag("include_count")
    rows = [group.as_json(counted=counted) for group in call.workspace.segments]
    return json_response({"type": "segment.list", "segments": rows})
