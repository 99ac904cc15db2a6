"""The one client of a vendor connection: every request goes through `Client.send`, whatever may go wrong on the way."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self, Unpack

import httpx
from pydantic import SecretStr

from ..errors import VendorError
from .answer import Answer
from .auth import Auth
from .body import ACCEPT_ENCODING
from .budget import Budget
from .clock import SYSTEM_CLOCK, Clock, rest
from .deadline import DeadlineTransport
from .exchange import Exchange
from .origin import Origin
from .redact import Redactor, silence_loggers
from .request import Ask, Call, called
from .retry import Again, Retry, retrying
from .verdict import Explain, Wait, again, judge

_HEADERS = {"Accept": "application/json", "Accept-Encoding": ACCEPT_ENCODING, "User-Agent": "cshub"}
_CONNECTIONS = 16


class Client:
    """Talks to one origin with one set of credentials, and never to anything else; safe to share between threads.

    `deadline_s` is for one sending, headers and body; `max_bytes` for a body, packed and unpacked. `explain` says what
    the vendor's errors mean, `observer` is called with the label before each sending, `stopping` ends any waiting.
    """

    def __init__(
        self,
        *,
        name: str,
        origin: str,
        auth: Auth | None,
        budget: Budget,
        explain: Explain | None = None,
        retry: Retry = Retry(),  # noqa: B008 - frozen, so one default serves all
        deadline_s: float = 60,
        max_bytes: int = 64 * 2**20,
        transport: httpx.BaseTransport | None = None,
        clock: Clock = SYSTEM_CLOCK,
        secrets: Sequence[SecretStr | str] = (),
        headers: Mapping[str, str] | None = None,
        stopping: Callable[[], bool] | None = None,
        observer: Callable[[str], None] | None = None,
        request_id_of: Callable[[Answer], str | None] | None = None,
    ) -> None:
        silence_loggers()
        pinned = Origin.parse(origin, where=name)
        self.name = name
        self.origin = pinned
        self.redactor = Redactor(secrets)
        self._exchange = Exchange(
            name=name,
            origin=pinned,
            transport=transport or DeadlineTransport(pinned, clock, connections=budget.concurrency or _CONNECTIONS),
            clock=clock,
            deadline_s=deadline_s,
            max_bytes=max_bytes,
            redactor=self.redactor,
            request_id_of=request_id_of,
        )
        self._auth = auth
        self._budget = budget
        self._explain = explain
        self._headers = {**_HEADERS, **(headers or {})}
        self._stopping = stopping
        self._observer = observer
        self._retrying = retrying(retry, lambda seconds: rest(clock, seconds, stopping, name))
        self._lock = threading.Lock()
        self._calls: Counter[str] = Counter()

    def send(self, method: str, path: str, **ask: Unpack[Ask]) -> Answer:
        """The vendor's answer, complete, with a 2xx status or one in `accept`; everything else is a VendorError.

        `path` is a path, or an absolute URL of this origin; another host is an AnswerError before anything is sent.
        """
        target = self.origin.target(path, where=f"{self.name}: {ask['label']}")
        return self._retrying(self._attempt, called(method, target, ask))

    def get(self, path: str, **ask: Unpack[Ask]) -> Answer:
        """`send("GET", …)`."""
        return self.send("GET", path, **ask)

    def post(self, path: str, **ask: Unpack[Ask]) -> Answer:
        """`send("POST", …)`; say `repeatable=False` for what creates something."""
        return self.send("POST", path, **ask)

    @property
    def calls(self) -> Mapping[str, int]:
        """How many requests were sent so far, by the first word of their label, and as `total`."""
        with self._lock:
            return dict(self._calls)

    def close(self) -> None:
        """Close the connections."""
        self._exchange.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _attempt(self, call: Call) -> Answer:
        """One answer that is welcome, or Again, or the final error."""
        answer = self._sent(call)
        if answer.status == 401 and not call.welcomes(401) and self._renews(call):
            answer = self._sent(call)
        if call.welcomes(answer.status):
            return answer
        verdict = judge(answer, self._explain)
        if isinstance(verdict, VendorError):
            raise verdict
        raise self._again(call, answer, verdict)

    def _renews(self, call: Call) -> bool:
        """Whether there are newer credentials to try, which happens once in a request's life."""
        if call.renewed or self._auth is None:
            return False
        call.renewed = True
        return self._auth.refresh("401")

    def _again(self, call: Call, answer: Answer, wait: Wait) -> Again:
        """One more try; if the vendor named a time, all threads leave that group alone until then."""
        failure = again(answer, wait, repeatable=call.repeatable)
        if failure.wait_s is not None and answer.status < 500:
            self._budget.pause(wait.group or call.group, failure.wait_s)
        return failure

    def _sent(self, call: Call) -> Answer:
        """Send once, in turn, with the credentials of the moment."""
        where = self._exchange.place(call)
        self._budget.take(call.group, stopping=self._stopping, where=where)
        headers = {**self._headers, **call.headers, **self._credentials()}
        with self._budget.slot(stopping=self._stopping, where=where):
            self._count(call.label)
            return self._exchange.run(call, headers)

    def _credentials(self) -> dict[str, str]:
        """The headers that show who sends this; their values are secrets from now on."""
        stamped: dict[str, str] = {}
        if self._auth is not None:
            self._auth.stamp(stamped)
            for value in stamped.values():
                self.redactor.add(value.rpartition(" ")[2])
        return stamped

    def _count(self, label: str) -> None:
        with self._lock:
            self._calls.update(("total", label.partition(" ")[0]))
        if self._observer is not None:
            self._observer(label)
