"""Looking around without changing anything: whose workspace it is, where it is kept, and what the token may read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from cshub import JSON, Answer, Check, Finding, PermissionMissing

from .api import Api
from .explain import skew
from .lists import query
from .settings import IntercomSettings


def check(api: Api, settings: IntercomSettings, scopes: Mapping[str, tuple[str, ...]]) -> Check:
    """What the token opens. `scopes` are the rights each stream needs; one record of each is asked for.

    Raises CredentialsError and VendorTrouble. Intercom does not tell which rights a token has, so none is called excess.
    """
    answer = api.me()
    app = _app(answer)
    org = app.get("id_code")
    if not isinstance(org, str) or not org:
        raise answer.error("answered without the id of the workspace")
    lacks = {stream: scopes[stream] for stream, ask in _probes(api).items() if _is_refused(ask)}
    findings = [*_findings(answer, app, settings), *(_lacking(stream, missing) for stream, missing in lacks.items())]
    account = f"Intercom {_word(app, 'name') or org} ({_word(app, 'region') or settings.origin})"
    return Check(org=org, account=account, findings=tuple(findings), missing_scopes=lacks)


def _app(answer: Answer) -> Mapping[str, JSON]:
    app = answer.object().get("app")
    if not isinstance(app, dict):
        raise answer.error("answered without a workspace")
    return app


def _probes(api: Api) -> Mapping[str, Callable[[], object]]:
    """The least that has to be read of each stream."""
    return {
        "companies": lambda: api.companies(1, 1),
        "contacts": lambda: api.contacts(None, 1),
        "conversations": lambda: api.conversations(None, 1),
        "tickets": lambda: api.search("tickets", query("tickets", 1, to_the_day=False), None, 1),
        "admins": lambda: api.admins(None),
        "associations": lambda: api.contacts(None, 1),
    }


def _is_refused(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except PermissionMissing:
        return True
    return False


def _findings(answer: Answer, app: Mapping[str, JSON], settings: IntercomSettings) -> Iterator[Finding]:
    yield Finding(check="login", ok=True, message=f"workspace {_word(app, 'name')}")
    yield _region(app, settings)
    zone = _word(app, "timezone") or "not told"
    days = "to the second" if settings.api_version.searches_contacts_to_the_second else f"by day, in zone {zone}"
    yield Finding(check="version", ok=True, message=f"{settings.version}: contacts are searched {days}")
    off = skew(answer).total_seconds()
    if not off:
        yield Finding(check="clock", ok=True, message="agrees with Intercom's")
        return
    message = f"this machine is {abs(off):.0f} s {'behind' if off > 0 else 'ahead of'} Intercom"
    yield Finding(check="clock", ok=False, message=message, fix="set the machine's time (NTP)")


def _region(app: Mapping[str, JSON], settings: IntercomSettings) -> Finding:
    """A workspace lives in one region; with `base_url` whoever set it decides."""
    told = _word(app, "region").lower()
    ok = not told or settings.base_url is not None or told == settings.region
    message = f"the workspace is kept in {told or 'a region it does not name'}"
    return Finding(check="region", ok=ok, message=message, fix=None if ok else f"set `region: {told}`")


def _lacking(stream: str, scopes: tuple[str, ...]) -> Finding:
    names = " and ".join(f'"{scope}"' for scope in scopes)
    fix = f"give the app {names} in Intercom's Developer Hub"
    return Finding(check=f"permission for {stream}", ok=False, message=f"the token may not read {stream}", fix=fix)


def _word(said: Mapping[str, JSON], key: str) -> str:
    value = said.get(key)
    return value if isinstance(value, str) else ""
