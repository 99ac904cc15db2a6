"""What an account looks like: its properties and its ticket stages. Asked once per run, and only when something needs it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from cshub import JSON, Answer

from .api import Api, results

#: A property's definition as HubSpot gives it.
Definition: TypeAlias = Mapping[str, JSON]


class Catalog:
    """Properties and stages, fetched at first use; safe to share between streams. `forget` after something was created."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._lock = threading.Lock()
        self._properties: dict[str, Mapping[str, Definition]] = {}
        self._closed: Mapping[tuple[str, str], bool] | None = None

    def properties(self, object_type: str) -> Mapping[str, Definition]:
        """The properties of an object by name."""
        with self._lock:
            if object_type not in self._properties:
                answer = self._api.properties(object_type)
                self._properties[object_type] = {
                    name: found for found in _objects(answer) if isinstance(name := found.get("name"), str)
                }
            return self._properties[object_type]

    def types(self, object_type: str) -> Mapping[str, str]:
        """HubSpot's type of each property by name."""
        return {name: str(found.get("type")) for name, found in self.properties(object_type).items()}

    def closed_stages(self) -> Mapping[tuple[str, str], bool]:
        """Of each (pipeline, stage) of the tickets, whether it means closed."""
        with self._lock:
            if self._closed is None:
                self._closed = dict(_stages(self._api.pipelines("tickets")))
            return self._closed

    def forget(self, object_type: str) -> None:
        """Ask again next time."""
        with self._lock:
            self._properties.pop(object_type, None)


def _objects(answer: Answer) -> list[dict[str, JSON]]:
    return [item for item in results(answer) if isinstance(item, dict)]


def _stages(answer: Answer) -> Iterator[tuple[tuple[str, str], bool]]:
    """Stage ids are unique within their pipeline only; metadata values are text."""
    for pipeline in _objects(answer):
        stages = pipeline.get("stages")
        for stage in stages if isinstance(stages, list) else ():
            metadata = stage.get("metadata") if isinstance(stage, dict) else None
            if isinstance(stage, dict) and isinstance(metadata, dict):
                closed = metadata.get("ticketState") == "CLOSED"
                yield (str(pipeline.get("id")), str(stage.get("id"))), closed
