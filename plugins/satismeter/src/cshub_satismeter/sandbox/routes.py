"""Every path of the three generations: who answers, and how it wants the key."""

from __future__ import annotations

from dataclasses import dataclass

from cshub.testing.sandbox import Router

from . import inserting, legacy, reading
from .access import Gate
from .call import Endpoint

V3 = "/api/v3/projects/{project}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One path."""

    endpoint: Endpoint
    gate: Gate


ROWS: tuple[tuple[str, str, Endpoint, Gate], ...] = (
    ("GET", V3, reading.project, "v3"),
    ("GET", f"{V3}/campaigns", reading.campaigns, "v3"),
    ("GET", f"{V3}/campaigns/{{campaign}}", reading.campaign, "v3"),
    ("GET", f"{V3}/responses", reading.responses, "v3"),
    ("GET", f"{V3}/campaigns/{{campaign}}/responses", reading.responses, "v3"),
    ("GET", f"{V3}/campaigns/{{campaign}}/statistics", reading.statistics, "v3"),
    ("GET", "/api/v2/response-statistics", legacy.statistics, "v2"),
    ("GET", "/api/responses", legacy.export, "old"),
    ("GET", "/api/responses/{id}", legacy.exported, "old"),
    ("POST", "/api/responses", inserting.insert, "open"),
    ("GET", "/api/users", legacy.people, "old"),
    ("POST", "/api/users", inserting.put_person, "old"),
    ("DELETE", "/api/users/{id}", inserting.delete_person, "old"),
)


def routes() -> Router[Entry]:
    """All paths."""
    router: Router[Entry] = Router()
    for method, path, endpoint, gate in ROWS:
        router.add(method, path, Entry(endpoint=endpoint, gate=gate))
    return router
