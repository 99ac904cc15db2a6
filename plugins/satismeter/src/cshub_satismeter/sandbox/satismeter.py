"""The SatisMeter double: state, keys and errors behind one function from request to response."""

from __future__ import annotations

from collections.abc import Mapping

from cshub import ConfigError
from cshub.testing.sandbox import JSON, Fault, FaultKind, PageShape, Request, Response, SandboxClock, WriteLog

from . import people, showing
from .access import check_key
from .behaviour import Behaviour
from .call import Call
from .project import Project
from .refusals import ERRORS, Refused, not_found, rate_limited, unauthorized
from .routes import routes

OBJECTS = ("responses", "users", "campaigns")


class SatisMeter:
    """A SatisMeter project as its API shows it; `project` is the state, `ids` the seeded company's keys → our ids.

    Nothing can be merged, and nothing deleted comes back: SatisMeter knows neither.
    """

    page_shape = PageShape(rows=("data",), cursor=("page", "nextPageCursor"), link=("page", "next"))

    def __init__(self, *, clock: SandboxClock, behaviour: Behaviour, seed: int = 7) -> None:
        self.project = Project(clock=clock, behaviour=behaviour, seed=seed)
        self.ids: dict[str, str] = {}
        self._routes = routes()

    @property
    def writes(self) -> WriteLog:
        """Every field written so far."""
        return self.project.writes

    def answer(self, request: Request) -> Response:
        """Carry out one call."""
        try:
            return self._answer(request)
        except Refused as refused:
            return refused.response(bodies=self.project.behaviour.error_bodies)

    def complain(self, fault: Fault, request: Request) -> Response:
        """SatisMeter's own words for a fault. Raises ConfigError for a name that `ERRORS` does not have."""
        if fault.kind is FaultKind.NAMED and fault.name not in ERRORS:
            raise ConfigError(f"no error named {fault.name!r}", hint=f"there are {', '.join(ERRORS)}")
        said = {
            FaultKind.RATE_LIMITED: rate_limited(fault.retry_after),
            FaultKind.UNAUTHORIZED: unauthorized(),
            FaultKind.MISSING_SCOPE: ERRORS["forbidden"],
            FaultKind.SERVER_ERROR: Refused(fault.status, "Internal Server Error"),
        }
        refused = ERRORS[fault.name] if fault.kind is FaultKind.NAMED else said[fault.kind]
        return refused.response(bodies=self.project.behaviour.error_bodies)

    def objects(self) -> dict[str, int]:
        """Records per object type; people who were deleted do not count."""
        return {name: len(self.dump(name)) for name in OBJECTS}

    def dump(self, object_type: str) -> list[dict[str, JSON]]:
        """Every record of a type as version 3 shows it in full, ordered by id. Raises KeyError for an unknown type."""
        project = self.project
        shown: dict[str, list[dict[str, JSON]]] = {
            "responses": [showing.response(project, one, full_user=True) for one in project.responses.values()],
            "users": [showing.old_user(project, one) for one in project.people.values() if not one.deleted],
            "campaigns": [showing.survey(one) for one in project.campaigns.values()],
        }
        return sorted(shown[object_type], key=lambda one: str(one["id"]))

    def delivery(self, response_id: str) -> dict[str, JSON]:
        """What a webhook would get for a response. Raises KeyError for none, ValueError for a pending one."""
        return showing.delivery(self.project, self.project.responses[response_id])

    def add(self, object_type: str, values: Mapping[str, str]) -> str:
        """Answer a survey, or make a person: see `people`."""
        return people.ADD[object_type](self.project, values)

    def edit(self, object_type: str, record_id: str, values: Mapping[str, str]) -> None:
        """Go on with a response, come back to it, close it; or change a person or a survey."""
        people.EDIT[object_type](self.project, record_id, values)

    def remove(self, object_type: str, record_id: str) -> None:
        """Delete a person, whose responses stay; or a response or a survey, which no call of the vendor can."""
        people.REMOVE[object_type](self.project, record_id)

    def _answer(self, request: Request) -> Response:
        found = self._routes.find(request.method, request.path)
        if found is None:
            raise Refused(405, "Method Not Allowed") if self._routes.methods(request.path) else not_found()
        check_key(self.project, found.handler.gate, request.headers)
        self.project.count()
        # A key is good for one project; the probe with a project of zeros tells a good key by its 404.
        if found.params.get("project", self.project.id) != self.project.id:
            raise not_found()
        return found.handler.endpoint(Call(project=self.project, request=request, params=found.params))
