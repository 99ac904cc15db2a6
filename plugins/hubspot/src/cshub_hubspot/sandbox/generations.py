"""The API generations this sandbox answers, and the names HubSpot has for its object types."""

from __future__ import annotations

from dataclasses import dataclass

OBJECT_TYPES: dict[str, tuple[str, ...]] = {
    "contacts": ("contact", "0-1"),
    "companies": ("company", "0-2"),
    "deals": ("deal", "0-3"),
    "tickets": ("ticket", "0-5"),
    "tasks": ("task", "0-27"),
    "notes": ("note", "0-46"),
    "feedback_submissions": ("feedback_submission", "0-19"),
}
SINGULAR = {plural: names[0] for plural, names in OBJECT_TYPES.items()}
TYPE_ID = {plural: names[1] for plural, names in OBJECT_TYPES.items()}
ALIASES = {alias: plural for plural, names in OBJECT_TYPES.items() for alias in (plural, *names)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """Where one generation keeps its paths, and how it answers where generations differ."""

    name: str
    objects: str
    properties: str
    pipelines: str
    owners: str
    associations: str
    links: str
    labels: str
    account: str
    oauth: str

    @property
    def is_classic(self) -> bool:
        """Whether this is v3 and v4."""
        return self.name == "v3"

    @property
    def knows_207(self) -> bool:
        """Whether its files tell apart batches done in part; from 2026-09 one shape and one status serve both."""
        return self.name < "2026-09" or self.is_classic

    @property
    def created(self) -> int:
        """The status of a batch that made associations or properties."""
        return 201 if self.knows_207 else 200


def _dated(name: str) -> Generation:
    return Generation(
        name=name,
        objects=f"/crm/objects/{name}",
        properties=f"/crm/properties/{name}",
        pipelines=f"/crm/pipelines/{name}",
        owners=f"/crm/owners/{name}",
        associations=f"/crm/associations/{name}",
        links=f"/crm/objects/{name}",
        labels=f"/crm/associations/{name}",
        account=f"/account-info/{name}",
        oauth=f"/oauth/{name}",
    )


CLASSIC = Generation(
    name="v3",
    objects="/crm/v3/objects",
    properties="/crm/v3/properties",
    pipelines="/crm/v3/pipelines",
    owners="/crm/v3/owners",
    associations="/crm/v4/associations",
    links="/crm/v4/objects",
    labels="/crm/associations/v4",
    account="/account-info/v3",
    oauth="/oauth/v3",
)
GENERATIONS = (CLASSIC, _dated("2026-03"), _dated("2026-09"))
