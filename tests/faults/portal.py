"""The sandbox as somebody beside cshub sees it: what it holds, what was written to it, and a person's hands in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

import httpx

from cshub.testing.sandbox import Sandbox


@dataclass(frozen=True, slots=True)
class Written:
    """One field of one record that somebody wrote."""

    id: str
    field: str
    old: str | None
    new: str | None
    by: str


@dataclass(frozen=True, slots=True)
class Portal:
    """A sandbox over HTTP, on a port or in process."""

    client: httpx.Client
    credentials: Mapping[str, str]

    @classmethod
    def at(cls, url: str, credentials: Mapping[str, str]) -> Self:
        """The sandbox at an address."""
        return cls(httpx.Client(base_url=url, trust_env=False, timeout=10), credentials)

    @classmethod
    def of(cls, sandbox: Sandbox[Any]) -> Self:
        """A sandbox of this process."""
        transport = httpx.WSGITransport(app=sandbox)
        return cls(httpx.Client(base_url="http://127.0.0.1", transport=transport), sandbox.credentials)

    def records(self, object_type: str) -> dict[str, dict[str, str | None]]:
        """Every living record's properties by its id."""
        found = self._control("GET", f"objects/{object_type}")["results"]
        return {record["id"]: record["properties"] for record in found}

    def written(self) -> list[Written]:
        """Every field somebody wrote, oldest first."""
        found = self._control("GET", "writes")["results"]
        return [Written(one["id"], one["field"], one["old"], one["new"], one["by"]) for one in found]

    def requests(self) -> list[dict[str, Any]]:
        """Every request of a client, oldest first."""
        found: list[dict[str, Any]] = self._control("GET", "log")["results"]
        return found

    def now(self) -> datetime:
        """The sandbox's time."""
        return datetime.fromisoformat(self._control("GET", "clock")["now"]).astimezone(UTC)

    def edit(self, object_type: str, id: str, values: Mapping[str, str]) -> None:
        """Change a record as a person would."""
        self._control("PATCH", f"objects/{object_type}/{id}", {"values": dict(values)})

    def remove(self, object_type: str, id: str) -> None:
        """Delete a record as a person would."""
        self._control("DELETE", f"objects/{object_type}/{id}")

    def strike(self, **fault: object) -> None:
        """Put a fault in force."""
        self._control("POST", "faults", fault)

    def heal(self) -> None:
        """End all faults."""
        self._control("DELETE", "faults")

    def links(self, of: str, to: str, ids: Iterable[str]) -> dict[str, set[str]]:
        """Which records each of these is associated with, asked as any client would."""
        headers = {"Authorization": f"Bearer {self.credentials['HUBSPOT_TOKEN']}"}
        body = {"inputs": [{"id": id} for id in ids]}
        answer = self.client.post(f"/crm/v4/associations/{of}/{to}/batch/read", json=body, headers=headers)
        assert answer.status_code in (200, 207), answer.text
        return {
            str(one["from"]["id"]): {str(other["toObjectId"]) for other in one["to"]}
            for one in answer.json()["results"]
        }

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def _control(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        answer = self.client.request(method, f"/_sandbox/{path}", json=body if body is not None else None)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        return dict(answer.json()) if answer.content else {}
