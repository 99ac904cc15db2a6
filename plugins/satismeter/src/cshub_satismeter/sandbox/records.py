"""What a project holds: surveys with their questions, people, and what people answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from cshub.testing.sandbox import JSON

Metric: TypeAlias = Literal["nps", "csat", "ces", "pmf"]
#: A number on a scale, a text, or several choices.
Value: TypeAlias = "int | str | list[str]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of a survey; `id` is a UUID, the name of a custom one is None."""

    id: str
    label: str
    type: str | None
    metric: Metric | None = None
    name: str | None = None


@dataclass(slots=True, kw_only=True)
class Campaign:
    """A survey, which SatisMeter's paths call campaign."""

    id: str
    name: str
    type: str
    state: str
    questions: tuple[Question, ...]

    def question(self, key: str) -> Question | None:
        """The question by its id, its metric, its name, or `comment`."""
        wanted = "SM_comment" if key == "comment" else key
        return next((q for q in self.questions if wanted in (q.id, q.metric, q.name)), None)


@dataclass(slots=True, kw_only=True)
class Person:
    """A respondent; an anonymous one has no `user_id`, a deleted one nothing but its id."""

    id: str
    created_ms: int
    user_id: str | None = None
    anonymous_id: str | None = None
    name: str | None = None
    email: str | None = None
    traits: dict[str, JSON] = field(default_factory=dict)
    groups: dict[str, JSON] = field(default_factory=dict)
    events: list[JSON] = field(default_factory=list)
    deleted: bool = False

    def forget(self) -> None:
        """Lose all personal data."""
        self.user_id = self.anonymous_id = self.name = self.email = None
        self.traits, self.groups, self.events, self.deleted = {}, {}, [], True


@dataclass(slots=True, kw_only=True)
class Response:
    """One response: answers by question id, which come one by one; `created_ms` never moves."""

    id: str
    campaign: str
    person: str
    created_ms: int
    answers: dict[str, Value]
    dismissed: bool = False
    completed: bool = False
    method: str = "In-app"
    about: Mapping[str, JSON] = field(default_factory=dict)

    @property
    def pending(self) -> bool:
        """Whether the person may still go on."""
        return not (self.dismissed or self.completed)

    @property
    def key(self) -> tuple[int, str]:
        """Where it stands in time."""
        return self.created_ms, self.id
