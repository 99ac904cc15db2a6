"""What a vendor's double offers to the front of its sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from .faults import Fault
from .havoc import PageShape
from .logs import WriteLog
from .wire import JSON, Request, Response


class Vendor(Protocol):
    """A vendor's behaviour behind the front. The front calls one method at a time, never two at once."""

    @property
    def page_shape(self) -> PageShape:
        """Where list answers keep their rows and cursors."""
        ...

    @property
    def writes(self) -> WriteLog:
        """Every field written so far."""
        ...

    def answer(self, request: Request) -> Response:
        """Carry out one request of a client."""
        ...

    def complain(self, fault: Fault, request: Request) -> Response:
        """The vendor's own words for a rate limit, a server error, a refused token, a missing right, or an error of its own by name."""
        ...

    def objects(self) -> dict[str, int]:
        """Live records per object type."""
        ...

    def dump(self, object_type: str) -> list[dict[str, JSON]]:
        """Every live record of a type as plain values, ordered by id."""
        ...

    def add(self, object_type: str, values: Mapping[str, str]) -> str:
        """Make a record as a person would, without limits or rights; returns its id."""
        ...

    def edit(self, object_type: str, record_id: str, values: Mapping[str, str]) -> None:
        """Change a record as a person would. Raises KeyError when there is none."""
        ...

    def remove(self, object_type: str, record_id: str) -> None:
        """Delete a record as a person would. Raises KeyError when there is none."""
        ...


@runtime_checkable
class Restless(Protocol):
    """A double whose records can be merged and brought back as well, where its vendor knows that."""

    def merge(self, object_type: str, record_id: str, into: str) -> str:
        """Merge a record into another of its type as a person would; returns the id that lives on.

        Raises KeyError when there is no such record, ValueError where the vendor cannot merge this type.
        """
        ...

    def restore(self, object_type: str, record_id: str) -> None:
        """Bring a deleted record back as a person would. Raises KeyError when there is none to bring back, ValueError where it cannot be."""
        ...
