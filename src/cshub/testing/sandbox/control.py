"""The control paths under `/_sandbox/`, for tests in other processes: look inside, act as a person, move the clock.

    GET    /_sandbox                       name, credentials, clock, records per type
    GET    /_sandbox/objects/{type}        every live record
    POST   /_sandbox/objects/{type}        make a record as a person: {"values": {…}}
    PATCH  /_sandbox/objects/{type}/{id}   edit one: {"values": {…}}
    DELETE /_sandbox/objects/{type}/{id}   delete one
    GET, POST /_sandbox/clock              {"advance": seconds}
    GET, POST, DELETE /_sandbox/faults     {"kind": …} or {"profile": name}
    GET, DELETE /_sandbox/log              every request
    GET, DELETE /_sandbox/writes           every field written

They answer on loopback alone and are no path of any vendor.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ...errors import ConfigError
from .clock import SandboxClock
from .faults import FaultPlan, fault_from_json
from .logs import RequestLog, WriteLog
from .router import Router
from .vendor import Vendor
from .wire import Request, Response, json_response

CONTROL_PREFIX = "/_sandbox"
LOOPBACK = frozenset({"", "127.0.0.1", "::1"})


class Front(Protocol):
    """What the control paths need of a sandbox."""

    @property
    def vendor(self) -> Vendor:
        """The vendor's state."""
        ...

    name: str
    credentials: dict[str, str]
    clock: SandboxClock
    faults: FaultPlan
    log: RequestLog

    @property
    def writes(self) -> WriteLog:
        """Every field written."""
        ...


Action = Callable[[Front, Request, Mapping[str, str]], Response]


def control(sandbox: Front, request: Request) -> Response:
    """Answer a control request; mistakes are told with their reason."""
    if request.peer not in LOOPBACK:
        return json_response({"error": "control paths answer on loopback only"}, 403)
    route = ROUTES.find(request.method, request.path)
    if route is None:
        return json_response({"error": f"no control path {request.method} {request.path}"}, 404)
    try:
        return route.handler(sandbox, request, route.params)
    except (ConfigError, ValueError, TypeError) as error:
        return json_response({"error": str(error)}, 400)
    except KeyError as error:
        return json_response({"error": f"no such thing: {error.args[0]}"}, 404)


def _overview(sandbox: Front, request: Request, params: Mapping[str, str]) -> Response:
    return json_response(
        {
            "name": sandbox.name,
            "credentials": sandbox.credentials,
            "now": sandbox.clock.now().isoformat(),
            "objects": sandbox.vendor.objects(),
            "requests": len(sandbox.log),
            "writes": len(sandbox.writes),
        }
    )


def _dump(sandbox: Front, request: Request, params: Mapping[str, str]) -> Response:
    return json_response({"results": sandbox.vendor.dump(params["type"])})


def _add(sandbox: Front, request: Request, params: Mapping[str, str]) -> Response:
    return json_response({"id": sandbox.vendor.add(params["type"], _values(request))}, 201)


def _edit(sandbox: Front, request: Request, params: Mapping[str, str]) -> Response:
    sandbox.vendor.edit(params["type"], params["id"], _values(request))
    return json_response({"id": params["id"]})


def _remove(sandbox: Front, request: Request, params: Mapping[str, str]) -> Response:
    sandbox.vendor.remove(params["type"], params["id"])
    return Response(status=204)


def _clock(sandbox: Front, request: Request, params: Mapping[str, str]) -> Response:
    if request.method == "POST":
        sandbox.clock.advance(float(str(_body(request)["advance"])))
    return json_response({"now": sandbox.clock.now().isoformat(), "now_ms": sandbox.clock.now_ms()})


def _faults(sandbox: Front, request: Request, params: Mapping[str, str]) -> Response:
    if request.method == "DELETE":
        sandbox.faults.clear()
    if request.method == "POST":
        sandbox.faults.add(*fault_from_json(request.json()))
    return json_response({"in_force": len(sandbox.faults), "struck": sandbox.faults.struck()})


def _log(sandbox: Front, request: Request, params: Mapping[str, str]) -> Response:
    if request.method == "DELETE":
        sandbox.log.clear()
    return json_response({"results": [entry.as_json() for entry in sandbox.log], "by_path": sandbox.log.by_path()})


def _writes(sandbox: Front, request: Request, params: Mapping[str, str]) -> Response:
    if request.method == "DELETE":
        sandbox.writes.clear()
    return json_response({"results": [entry.as_json() for entry in sandbox.writes]})


def _body(request: Request) -> dict[str, Any]:
    body = request.json()
    if not isinstance(body, dict):
        raise ConfigError("the body must be a JSON object")
    return body


def _values(request: Request) -> dict[str, str]:
    values = _body(request).get("values")
    if not isinstance(values, dict):
        raise ConfigError('the body must be {"values": {…}}')
    return {str(key): str(value) for key, value in values.items()}


def _routes() -> Router[Action]:
    router: Router[Action] = Router()
    router.add("GET", CONTROL_PREFIX, _overview)
    router.add("GET", f"{CONTROL_PREFIX}/objects/{{type}}", _dump)
    router.add("POST", f"{CONTROL_PREFIX}/objects/{{type}}", _add)
    router.add("PATCH", f"{CONTROL_PREFIX}/objects/{{type}}/{{id}}", _edit)
    router.add("DELETE", f"{CONTROL_PREFIX}/objects/{{type}}/{{id}}", _remove)
    for path, action in (("clock", _clock), ("faults", _faults), ("log", _log), ("writes", _writes)):
        for method in ("GET", "POST", "DELETE"):
            router.add(method, f"{CONTROL_PREFIX}/{path}", action)
    return router


ROUTES = _routes()
