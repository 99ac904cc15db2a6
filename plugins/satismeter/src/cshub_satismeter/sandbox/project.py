"""One SatisMeter project: its keys, surveys, people and responses, and the time they live in."""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right, insort
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace

from cshub.testing.sandbox import JSON, SandboxClock, WriteEntry, WriteLog

from .behaviour import Behaviour
from .records import Campaign, Person, Response, Value
from .refusals import rate_limited
from .surveys import make_surveys, new_id

FIRST, LAST = "", "~"
COUNTRIES = (("DE", "Germany", "Berlin"), ("IN", "India", ""), ("US", "United States", "Ohio"))
DEVICES = (("desktop", "Windows"), ("phone", "iOS"), ("tablet", "Android"))


class Project:
    """The state of the project; who may do what and how answers look is decided elsewhere."""

    def __init__(self, *, clock: SandboxClock, behaviour: Behaviour, seed: int) -> None:
        self.clock = clock
        self.behaviour = behaviour
        self.random = random.Random(f"satismeter {seed}")
        self.id = new_id(self.random)
        self.key = f"rk_{self.random.getrandbits(128):032x}"
        self.write_key = f"wk_{self.random.getrandbits(64):016x}"
        self.writes = WriteLog()
        self.surveys = make_surveys(self.random)
        self.campaigns = {survey.id: survey for survey in self.surveys.values()}
        self.people: dict[str, Person] = {}
        self.responses: dict[str, Response] = {}
        self._in_time: list[tuple[int, str]] = []
        self._calls: deque[int] = deque()

    def count(self) -> None:
        """Count one call. Raises Refused with 429 over the limit."""
        limit, now = self.behaviour.calls_per_second, self.clock.now_ms()
        while self._calls and self._calls[0] <= now - 1000:
            self._calls.popleft()
        if limit is not None and len(self._calls) >= limit:
            raise rate_limited()
        self._calls.append(now)

    def new_person(self, **told: object) -> Person:
        """Somebody SatisMeter has not met."""
        person = Person(id=new_id(self.random), created_ms=self.clock.now_ms())
        person = replace(person, **told)  # type: ignore[arg-type]  # the fields of Person, named by our own callers
        self.people[person.id] = person
        return person

    def person_of(self, user_id: str | None, anonymous_id: str | None = None) -> Person | None:
        """Who it is that the customer's page calls so."""
        if user_id:
            return next((person for person in self.people.values() if person.user_id == user_id), None)
        fits = (person for person in self.people.values() if anonymous_id and person.anonymous_id == anonymous_id)
        return next(fits, None)

    def receive(
        self,
        campaign: Campaign,
        person: Person,
        answers: Mapping[str, Value],
        *,
        created_ms: int | None = None,
        method: str = "In-app",
    ) -> Response:
        """A response came in."""
        response = Response(
            id=new_id(self.random),
            campaign=campaign.id,
            person=person.id,
            created_ms=self.clock.now_ms() if created_ms is None else created_ms,
            answers=dict(answers),
            completed=all(question.id in answers for question in campaign.questions),
            method=method,
            about=self._about(),
        )
        self.responses[response.id] = response
        insort(self._in_time, response.key)
        return response

    def drop(self, response_id: str) -> None:
        """A response is gone. Raises KeyError."""
        response = self.responses.pop(response_id)
        del self._in_time[bisect_left(self._in_time, response.key)]

    def within(self, start_ms: int | None, end_ms: int | None) -> list[Response]:
        """The responses recorded in a window, oldest first; which of its ends belong to it is a switch."""
        bounds = self.behaviour.bounds
        low = (start_ms or 0, LAST if bounds == "exclusive" else FIRST)
        high = (end_ms if end_ms is not None else 2**60, LAST if bounds == "inclusive" else FIRST)
        first, last = bisect_left(self._in_time, low), bisect_right(self._in_time, high)
        return [self.responses[number] for _, number in self._in_time[first:last]]

    def log(self, object_type: str, record_id: str, changes: Mapping[str, object], by: str) -> None:
        """Remember what somebody wrote."""
        for entry in self._entries(object_type, record_id, changes, by):
            self.writes.add(entry)

    def _entries(
        self, object_type: str, record_id: str, changes: Mapping[str, object], by: str
    ) -> Iterator[WriteEntry]:
        at = self.clock.now()
        for name, new in changes.items():
            yield WriteEntry(at=at, object=object_type, id=record_id, field=name, old=None, new=str(new), by=by)

    def _about(self) -> Mapping[str, JSON]:
        code, country, region = self.random.choice(COUNTRIES)
        kind, system = self.random.choice(DEVICES)
        return {
            "code": code,
            "country": country,
            "region": region,
            "type": kind,
            "os": system,
            "ip": self.random.choice((None, "203.0.113.7")),
            "language": self.random.choice(("en", "de", None)),
            "referrer": self.random.choice((None, "https://app.customer.example/")),
        }
