"""Looking around without changing anything: whose account it is, which scopes are missing, how the clocks and the daily calls stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cshub import Answer, Check, Finding, PermissionMissing

from .api import Api
from .associations import PAIRS
from .objects import READABLE
from .search import skew

_LOW_SHARE = 0.1
#: What `setup` and `publish` need, and what every OAuth app has.
_WRITING = {"crm.objects.companies.write", "crm.schemas.companies.read", "crm.schemas.companies.write", "oauth"}
_LEFT, _DAILY = "x-hubspot-ratelimit-daily-remaining", "x-hubspot-ratelimit-daily"


def check(api: Api, scopes: Mapping[str, tuple[str, ...]]) -> Check:
    """What the token opens. `scopes` are the rights each stream needs; one record of each is asked for.

    Raises CredentialsError, PermissionMissing (when not even the account may be looked at) and VendorTrouble.
    """
    answer = api.account()
    said = answer.object()
    portal = said.get("portalId")
    if isinstance(portal, bool) or not isinstance(portal, int | str):
        raise answer.error("answered without a portalId")
    missing = _missing(api, scopes)
    findings = [Finding(check="login", ok=True, message=f"portal {portal}"), _clock(answer), *_quota(answer)]
    findings += [_lacking(stream, lacks) for stream, lacks in missing.items()]
    account = str(said.get("uiDomain") or "app.hubspot.com")
    return Check(
        org=str(portal),
        account=f"HubSpot {portal} ({account})",
        findings=tuple(findings),
        missing_scopes=missing,
        excess_scopes=_excess(api, scopes),
    )


def _excess(api: Api, scopes: Mapping[str, tuple[str, ...]]) -> tuple[str, ...] | None:
    """What the token may do and never does; None for a static token, whose scopes stand on its page in HubSpot alone.

    Those of an OAuth app come along with each token.
    """
    granted = api.granted
    needed = {scope for each in scopes.values() for scope in each} | _WRITING
    return None if granted is None else tuple(sorted(granted - needed))


def _missing(api: Api, scopes: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The streams that may not be read, with what HubSpot says they lack, else with what they need."""
    lacks: dict[str, tuple[str, ...]] = {}
    for object_type in (each for each in READABLE.values() if each.name in scopes):
        try:
            api.page(object_type.name, (object_type.changed,), None, limit=1)
        except PermissionMissing as error:
            lacks[object_type.name] = error.scopes or scopes[object_type.name]
    try:
        api.owners(None, archived=False, limit=1)
    except PermissionMissing as error:
        lacks["owners"] = error.scopes or scopes["owners"]
    both = [scope for name in dict.fromkeys((*PAIRS, "companies")) for scope in lacks.get(name, ())]
    return {**lacks, "associations": tuple(dict.fromkeys(both))} if both else lacks


def _clock(answer: Answer) -> Finding:
    off = skew(answer).total_seconds()
    if not off:
        return Finding(check="clock", ok=True, message="agrees with HubSpot's")
    ahead = "behind" if off > 0 else "ahead of"
    message = f"this machine is {abs(off):.0f} s {ahead} HubSpot"
    return Finding(check="clock", ok=False, message=message, fix="set the machine's time (NTP)")


def _quota(answer: Answer) -> Iterator[Finding]:
    """The calls left today; OAuth apps have no daily limit and no such header."""
    left, daily = answer.headers.get(_LEFT, ""), answer.headers.get(_DAILY, "")
    if not (left.isdigit() and daily.isdigit()):
        return
    ok = int(left) >= _LOW_SHARE * int(daily)
    fix = None if ok else "the account's other apps share these calls; they are renewed at its midnight"
    yield Finding(check="daily calls", ok=ok, message=f"{left} of {daily} left", fix=fix)


def _lacking(stream: str, lacks: tuple[str, ...]) -> Finding:
    names = ", ".join(lacks)
    fix = f"add {names} to the app or service key in HubSpot"
    return Finding(check=f"scopes of {stream}", ok=False, message=f"{stream} cannot be read without {names}", fix=fix)
