"""What a person may ask of one run, beyond the configuration."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """`select` names `connection` or `connection.stream`; `customers` are ids; both empty: all.

    `full` reads streams from the beginning, `everybody` scores all customers, `limit` ends after so many records; `wait_s` is how long
    to wait for a lease somebody else holds, `takeover` takes it away. `sweep` also lists living ids, to find what vanished; `accept_vanished`
    believes it even when it is much. `only_due` leaves out streams whose own pause has not passed. `plan` is the saved plan for the stage `apply`.
    """

    select: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    full: bool = False
    everybody: bool = False
    limit: int | None = None
    dry_run: bool = False
    takeover: bool = False
    wait_s: float = 60.0
    sweep: bool = False
    accept_vanished: bool = False
    only_due: bool = True
    plan: str | None = None

    @property
    def connections(self) -> frozenset[str]:
        """The connections that `select` names."""
        return frozenset(name.split(".", 1)[0] for name in self.select)

    def selects(self, connection: str, stream: str) -> bool:
        """Whether a stream is meant."""
        return not self.select or connection in self.select or f"{connection}.{stream}" in self.select
