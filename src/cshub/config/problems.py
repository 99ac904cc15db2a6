"""Collecting mistakes: every one with its place, in the order of the file, none twice, and no secret in any of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..errors import Problem
from .nodes import Place, Step


def dotted(steps: Iterable[Step]) -> str:
    """`connections.crm.token` for people."""
    return ".".join(map(str, steps))


@dataclass(slots=True)
class Problems:
    """All mistakes and remarks found so far."""

    found: list[Problem] = field(default_factory=list)
    remarks: list[Problem] = field(default_factory=list)

    def add(self, place: Place, steps: Sequence[Step], message: str, hint: str | None = None) -> None:
        """A mistake: the configuration cannot be used before it is mended."""
        self.found.append(_problem(place, steps, message, hint))

    def remark(self, place: Place, steps: Sequence[Step], message: str, hint: str | None = None) -> None:
        """Something that is allowed but is hardly meant."""
        self.remarks.append(_problem(place, steps, message, hint))

    def mistakes(self) -> tuple[Problem, ...]:
        """The mistakes as they stand in the file, each once."""
        return _sorted(self.found)

    def warnings(self) -> tuple[Problem, ...]:
        """The remarks likewise."""
        return _sorted(self.remarks)


def _problem(place: Place, steps: Sequence[Step], message: str, hint: str | None) -> Problem:
    return Problem(
        file=place.file, line=place.line, column=place.column, path=dotted(steps), message=message, hint=hint
    )


def _sorted(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=lambda one: (one.file, one.line, one.column)))
