"""What stopped streams of a run, one cause once: the words for people, whatever they read it in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..errors import CredentialsError
from .writes import StreamReport


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """The streams of one connection that a cause stopped, in the order of the report; `error` is what the first of them says of it."""

    connection: str
    streams: tuple[str, ...]
    state: str
    error: str | None
    code: str | None

    @property
    def name(self) -> str:
        """`crm.deals`, or `crm (companies, deals)`."""
        if len(self.streams) == 1:
            return f"{self.connection}.{self.streams[0]}"
        return f"{self.connection} ({', '.join(self.streams)})"

    @property
    def is_login(self) -> bool:
        """Whether the vendor refused the credentials, which are one for all streams of a connection."""
        return self.code == CredentialsError.code


def failures(streams: Iterable[StreamReport]) -> list[Failure]:
    """The streams that did not end well. Refused credentials are one cause however each stream words them, as is any equal error."""
    causes: dict[tuple[str, str, str | None], list[StreamReport]] = {}
    for stream in streams:
        if stream.error or stream.state != "ok":
            told = stream.error_code if stream.error_code == CredentialsError.code else stream.error
            causes.setdefault((stream.connection, stream.state, told), []).append(stream)
    return [
        Failure(
            connection=connection,
            streams=tuple(one.stream for one in found),
            state=state,
            error=found[0].error,
            code=found[0].error_code,
        )
        for (connection, state, _), found in causes.items()
    ]
