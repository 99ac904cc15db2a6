"""The association types HubSpot defines between two object types, their numbers and their names."""

from __future__ import annotations

from dataclasses import dataclass

from .generations import SINGULAR


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationType:
    """One direction of an association; `mirror` is the number of the other direction."""

    id: int
    mirror: int
    source: str
    target: str
    label: str | None = None

    @property
    def name(self) -> str:
        """The name inlined associations carry: `contact_to_company`, with `_unlabeled` beside a primary type."""
        name = f"{SINGULAR[self.source]}_to_{SINGULAR[self.target]}"
        return name + ("_unlabeled" if self.label is None and (self.source, self.target) in PRIMARY else "")


#: source · target · number · number of the way back · label
ROWS: tuple[tuple[str, str, int, int, str | None], ...] = (
    ("contacts", "companies", 279, 280, None),
    ("contacts", "companies", 1, 2, "Primary"),
    ("deals", "companies", 341, 342, None),
    ("deals", "companies", 5, 6, "Primary"),
    ("tickets", "companies", 339, 340, None),
    ("tickets", "companies", 26, 25, "Primary"),
    ("companies", "companies", 13, 14, "Child Company"),
    ("companies", "companies", 14, 13, "Parent Company"),
    ("deals", "contacts", 3, 4, None),
    ("contacts", "tickets", 15, 16, None),
    ("deals", "tickets", 27, 28, None),
    ("tasks", "companies", 192, 191, None),
    ("tasks", "contacts", 204, 203, None),
    ("tasks", "deals", 216, 215, None),
    ("tasks", "tickets", 230, 229, None),
    ("notes", "companies", 190, 189, None),
    ("notes", "contacts", 202, 201, None),
    ("notes", "deals", 214, 213, None),
    ("notes", "tickets", 228, 227, None),
    ("contacts", "feedback_submissions", 97, 98, None),
    ("tickets", "feedback_submissions", 99, 100, None),
    ("companies", "feedback_submissions", 929, 930, None),
)
PARENT_TO_CHILD, CHILD_TO_PARENT = 13, 14
PRIMARY = {(a, b) for a, b, _, _, label in ROWS if label == "Primary"}
PRIMARY |= {(b, a) for a, b in PRIMARY}


def _types() -> dict[int, AssociationType]:
    types = {}
    for source, target, number, mirror, label in ROWS:
        types[number] = AssociationType(id=number, mirror=mirror, source=source, target=target, label=label)
        if source != target:
            types[mirror] = AssociationType(id=mirror, mirror=number, source=target, target=source, label=label)
    return types


TYPES = _types()


def types_between(source: str, target: str) -> list[AssociationType]:
    """The types from `source` to `target`, the unlabelled one first."""
    found = [kind for kind in TYPES.values() if (kind.source, kind.target) == (source, target)]
    return sorted(found, key=lambda kind: (kind.label is not None, kind.id))


def default_type(source: str, target: str) -> AssociationType | None:
    """The type of an association made without saying which."""
    found = types_between(source, target)
    return found[0] if found else None


def primary_type(source: str, target: str) -> AssociationType | None:
    """The type that marks the first of several, where HubSpot has one."""
    return next((kind for kind in types_between(source, target) if kind.label == "Primary"), None)
