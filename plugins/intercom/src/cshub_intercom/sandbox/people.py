"""Who works in the workspace, and what is stuck on its records: teammates, teams, tags and segments."""

from __future__ import annotations

from dataclasses import dataclass, field

from cshub.testing.sandbox import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Admin:
    """A teammate; one who left is no longer listed."""

    id: str
    name: str
    email: str
    team_ids: tuple[int, ...] = ()
    left: bool = False

    def as_json(self) -> dict[str, JSON]:
        """The teammate as `GET /admins` shows it."""
        return {
            "type": "admin",
            "id": self.id,
            "name": self.name,
            "email": self.email,
            "away_mode_enabled": False,
            "away_mode_reassign": False,
            "has_inbox_seat": True,
            "team_ids": list(self.team_ids),
        }

    def as_author(self) -> dict[str, JSON]:
        """The teammate as the author of something."""
        return {"type": "admin", "id": self.id, "name": self.name, "email": self.email}


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Some teammates."""

    id: str
    name: str
    admin_ids: tuple[int, ...]

    def as_json(self) -> dict[str, JSON]:
        """The team as `GET /teams` shows it."""
        return {"type": "team", "id": self.id, "name": self.name, "admin_ids": list(self.admin_ids)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A word to stick on records."""

    id: str
    name: str

    def as_json(self) -> dict[str, JSON]:
        """The tag."""
        return {"type": "tag", "id": self.id, "name": self.name}


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A group of contacts or companies; `members` are ids of companies."""

    id: str
    name: str
    created_at: int
    members: frozenset[str] = field(default_factory=frozenset)

    def as_json(self, *, counted: bool = False) -> dict[str, JSON]:
        """The segment, with its count when asked for."""
        shown: dict[str, JSON] = {
            "type": "segment",
            "id": self.id,
            "name": self.name,
            "created_at": self.created_at,
            "updated_at": self.created_at,
            "person_type": "user",
        }
        return shown | ({"count": len(self.members)} if counted else {})
