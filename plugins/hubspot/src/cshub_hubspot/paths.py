"""Where everything stands at HubSpot: the one place of URLs, for the dated generations and the classic versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import quote

Generation: TypeAlias = Literal["2026-09", "2026-03", "classic"]


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths of one API generation. `classic` is v3 for everything but associations (v4), supported until 2027.

    See https://developers.hubspot.com/docs/api-reference/overview.
    """

    generation: Generation

    def records(self, object_type: str, tail: str = "") -> str:
        """The list of an object, or what `tail` names below it (`search`, `batch/read`)."""
        return self._crm("objects", object_type) + (f"/{tail}" if tail else "")

    def record(self, object_type: str, id: str) -> str:
        """One record."""
        return self._crm("objects", object_type, id)

    def associations(self, from_type: str, to_type: str) -> str:
        """Reading the links of many records at once."""
        return self._crm("associations", from_type, to_type, classic="v4") + "/batch/read"

    def properties(self, object_type: str) -> str:
        """The properties of an object."""
        return self._crm("properties", object_type)

    def groups(self, object_type: str) -> str:
        """The property groups of an object."""
        return self._crm("properties", object_type) + "/groups"

    def pipelines(self, object_type: str) -> str:
        """The pipelines of an object, with their stages."""
        return self._crm("pipelines", object_type)

    def owners(self) -> str:
        """The users who can own records."""
        return self._crm("owners")

    def account(self) -> str:
        """Details of the account behind the token."""
        return f"/account-info/{self._version('v3')}/details"

    def token(self) -> str:
        """Where OAuth tokens come from."""
        return f"/oauth/{self._version('v3')}/token"

    def _version(self, classic: str) -> str:
        return classic if self.generation == "classic" else self.generation

    def _crm(self, family: str, *parts: str, classic: str = "v3") -> str:
        version = self._version(classic)
        head = ("crm", version, family) if self.generation == "classic" else ("crm", family, version)
        return "/" + "/".join(quote(part, safe="") for part in (*head, *parts))
