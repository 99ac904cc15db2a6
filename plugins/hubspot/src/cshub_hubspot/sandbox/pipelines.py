"""Pipelines of deals and tickets, and what their stages say about a record."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cshub.testing.sandbox import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage; every metadata value is text."""

    id: str
    label: str
    order: int
    metadata: tuple[tuple[str, str], ...]

    def says(self, key: str) -> str:
        """A value of the metadata, empty when there is none."""
        return dict(self.metadata).get(key, "")

    def as_json(self, created: str) -> dict[str, JSON]:
        """The stage as HubSpot shows it."""
        return {
            "id": self.id,
            "label": self.label,
            "displayOrder": self.order,
            "metadata": dict(self.metadata),
            "createdAt": created,
            "updatedAt": created,
            "archived": False,
            "writePermissions": "CRM_PERMISSIONS_ENFORCEMENT",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Pipeline:
    """A pipeline with its stages in order. Stage ids are unique within their pipeline only."""

    id: str
    label: str
    stages: tuple[Stage, ...]

    def stage(self, stage_id: str) -> Stage | None:
        """The stage with this id."""
        return next((stage for stage in self.stages if stage.id == stage_id), None)

    def as_json(self, order: int, created: str) -> dict[str, JSON]:
        """The pipeline as HubSpot shows it."""
        return {
            "id": self.id,
            "label": self.label,
            "displayOrder": order,
            "stages": [stage.as_json(created) for stage in self.stages],
            "createdAt": created,
            "updatedAt": created,
            "archived": False,
        }


def _deal_stages(rows: str) -> Iterator[Stage]:
    for order, row in enumerate(rows.split()):
        stage_id, probability = row.split("=")
        closed = "true" if probability in ("1.0", "0.0") else "false"
        metadata = (("isClosed", closed), ("probability", probability))
        yield Stage(id=stage_id, label=stage_id.capitalize(), order=order, metadata=metadata)


def _ticket_stages(rows: tuple[tuple[str, str, str], ...]) -> Iterator[Stage]:
    for order, (stage_id, label, state) in enumerate(rows):
        yield Stage(
            id=stage_id, label=label, order=order, metadata=(("isClosed", _closed(state)), ("ticketState", state))
        )


def _closed(state: str) -> str:
    return "true" if state == "CLOSED" else "false"


SALES = "appointmentscheduled=0.2 qualifiedtobuy=0.4 contractsent=0.9 closedwon=1.0 closedlost=0.0"
RENEWAL_PIPELINE = "74211835"
RENEWALS = "135001=0.5 135002=0.8 135003=1.0 135004=0.0"
SUPPORT = (
    ("1", "New", "OPEN"),
    ("2", "Waiting on contact", "OPEN"),
    ("3", "Waiting on us", "OPEN"),
    ("4", "Closed", "CLOSED"),
)

PIPELINES: dict[str, tuple[Pipeline, ...]] = {
    "deals": (
        Pipeline(id="default", label="Sales Pipeline", stages=tuple(_deal_stages(SALES))),
        Pipeline(id=RENEWAL_PIPELINE, label="Renewals", stages=tuple(_deal_stages(RENEWALS))),
    ),
    "tickets": (Pipeline(id="0", label="Support Pipeline", stages=tuple(_ticket_stages(SUPPORT))),),
}


def pipeline_of(object_type: str, pipeline_id: str) -> Pipeline | None:
    """The pipeline with this id."""
    return next((line for line in PIPELINES.get(object_type, ()) if line.id == pipeline_id), None)
