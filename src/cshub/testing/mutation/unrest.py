"""A vendor that changes while it is asked."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence

from ..sandbox.front import StartResponse
from .history import Move

App = Callable[[dict[str, object], StartResponse], Iterable[bytes]]


class Unrest:
    """A WSGI application that lets one of the waiting moves happen after every so many answers."""

    def __init__(self, app: App, make: Callable[[Move], None]) -> None:
        self._app = app
        self._make = make
        self._waiting: deque[Move] = deque()
        self._every = 1
        self._asked = 0

    def __call__(self, environ: dict[str, object], start_response: StartResponse) -> Iterable[bytes]:
        """The application's own answer; what changes then is not in it."""
        answer = list(self._app(environ, start_response))
        self._asked += 1
        if self._waiting and self._asked % self._every == 0:
            self._make(self._waiting.popleft())
        return answer

    def plan(self, moves: Sequence[Move], *, every: int) -> None:
        """From now on one of these after every `every`-th request."""
        self._waiting.extend(moves)
        self._every, self._asked = every, 0

    def finish(self) -> None:
        """Make the moves that found no request to follow."""
        while self._waiting:
            self._make(self._waiting.popleft())
