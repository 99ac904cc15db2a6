"""From method and path to whatever answers there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Generic, TypeVar

Handler = TypeVar("Handler")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route(Generic[Handler]):
    """A pattern that matched: its handler and the parts of the path it named."""

    handler: Handler
    params: dict[str, str]


class Router(Generic[Handler]):
    """Patterns such as `/things/{id}/parts`, tried in the order in which they were added."""

    def __init__(self) -> None:
        self._routes: list[tuple[str, re.Pattern[str], Handler]] = []

    def add(self, method: str, pattern: str, handler: Handler) -> None:
        """Let `handler` answer `method` on paths that look like `pattern`."""
        regex = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(pattern))
        self._routes.append((method, re.compile(regex), handler))

    def find(self, method: str, path: str) -> Route[Handler] | None:
        """The first route that fits, None when there is none."""
        for wanted, pattern, handler in self._routes:
            if wanted == method and (match := pattern.fullmatch(path)):
                return Route(handler=handler, params=match.groupdict())
        return None

    def methods(self, path: str) -> set[str]:
        """The methods that `path` knows; empty for an unknown path."""
        return {method for method, pattern, _ in self._routes if pattern.fullmatch(path)}
