"""One API call on its way to the function that answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from cshub.testing.sandbox import JSON, Request, Response

from .generations import ALIASES, Generation
from .portal import Portal
from .records import Table
from .refusals import bad_request, invalid_json, not_found


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a handler gets: the account, the request, the parts of its path and the generation it is written in."""

    portal: Portal
    request: Request
    params: Mapping[str, str]
    generation: Generation

    @property
    def object_type(self) -> str:
        """The plural name of the type in the path. Raises Refused for an unknown one."""
        return plural(self.params["type"])

    @property
    def table(self) -> Table:
        """The table of the type in the path. Raises Refused for an unknown one."""
        return self.portal.tables[self.object_type]

    def body(self) -> dict[str, JSON]:
        """The JSON object that was sent. Raises Refused."""
        try:
            body = self.request.json()
        except ValueError:
            raise invalid_json() from None
        if not isinstance(body, dict):
            raise invalid_json()
        return body

    def inputs(self, limit: int) -> list[dict[str, JSON]]:
        """The `inputs` of a batch body. Raises Refused for more than `limit`."""
        inputs = self.body().get("inputs")
        if not isinstance(inputs, list):
            raise bad_request("Invalid input JSON: inputs is required")
        if len(inputs) > limit:
            raise bad_request(f"The maximum number of inputs supported in a batch request for this API is {limit}.")
        return [item for item in inputs if isinstance(item, dict)]


Endpoint: TypeAlias = Callable[[Call], Response]


def plural(name: str) -> str:
    """The plural name of an object type, by any of its names. Raises Refused."""
    if name not in ALIASES:
        raise bad_request(f"Unable to infer object type from: {name}")
    return ALIASES[name]


def record_id(text: object) -> int:
    """A record id from its text. Raises Refused: such a record cannot exist."""
    if isinstance(text, str | int) and str(text).isdigit():
        return int(text)
    raise not_found(str(text))
