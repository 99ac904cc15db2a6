"""Looking around without changing anything: whose org it is, what may be read, which fields the YAML names wrongly, clock and calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cshub import JSON, Answer, Check, CredentialsError, Finding, PermissionMissing, RequestRefused

from .api import Api
from .asked import wanted
from .catalog import Catalog, SObject
from .explain import word
from .lookup import everything
from .objects import OBJECTS, STAMPS, ObjectType
from .pull import told_time
from .selection import cursor_field, mapped, unmapped
from .settings import SalesforceSettings
from .soql import select

_LOW_SHARE = 0.1
_MOST_NAMES = 10
#: Clocks this close are the same: the Date header is cut to seconds and the answer took its time.
_SAME_CLOCK_S = 60.0
#: What the connector needs of an app; `refresh_token` comes with some flows and gives nothing more.
_NEEDED_SCOPES = frozenset({"api", "refresh_token", "offline_access", "id"})
_OURS = "CSHub_"


def check(api: Api, catalog: Catalog, settings: SalesforceSettings) -> Check:
    """What the credentials open. Raises CredentialsError, PermissionMissing and VendorTrouble."""
    identity = api.identity
    if not identity.org:
        raise CredentialsError("the token's answer does not say whose org this is", hint="check the app and its user")
    versions = api.versions()
    name, organization = _organization(api)
    findings = [
        Finding(check="login", ok=True, message=f"org {identity.org}"),
        _clock(versions),
        _version(versions, settings),
    ]
    findings += organization
    missing: dict[str, tuple[str, ...]] = {}
    for object_type in OBJECTS.values():
        try:
            catalog.forget(object_type.sobject)
            found = catalog.object(object_type.sobject)
        except PermissionMissing:
            found = None
        if found is None or not found.queryable:
            missing[object_type.name] = (f"{object_type.sobject}: read",)
            findings.append(_lacking(object_type))
        else:
            findings += _fields(object_type, settings, found)
    findings += _quota(api)
    return Check(
        org=identity.org,
        account=f"Salesforce {name or identity.org} ({identity.instance.partition('://')[2]})",
        findings=tuple(findings),
        missing_scopes=missing,
        excess_scopes=_excess(identity.scopes),
    )


def _excess(scopes: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """What the app may do besides what is needed; object rights in excess cannot be read from this vendor."""
    return None if scopes is None else tuple(scope for scope in scopes if scope not in _NEEDED_SCOPES)


def _organization(api: Api) -> tuple[str, list[Finding]]:
    """The org's name; not every user may look at it."""
    soql = select(("Id", "Name"), "Organization")
    try:
        found = next(iter(everything(api, soql, label="organization")), None)
    except (PermissionMissing, RequestRefused) as error:
        message = f"its name may not be read: {error.message}"
        return "", [Finding(check="organization", ok=True, message=message)]
    return (word(found, "Name") if isinstance(found, dict) else ""), []


def _clock(answer: Answer) -> Finding:
    theirs, ours = told_time(answer), answer.received_at
    off = (theirs - ours).total_seconds() if theirs and ours else 0.0
    if abs(off) <= _SAME_CLOCK_S:
        return Finding(check="clock", ok=True, message="agrees with Salesforce's")
    ahead = "behind" if off > 0 else "ahead of"
    message = f"this machine is {abs(off):.0f} s {ahead} Salesforce"
    return Finding(check="clock", ok=False, message=message, fix="set the machine's time (NTP)")


def _version(answer: Answer, settings: SalesforceSettings) -> Finding:
    said: JSON = answer.json()
    if not isinstance(said, list):
        raise answer.error("answered without a list of versions")
    listed = [word(each, "version") for each in said if isinstance(each, dict)]
    if settings.api in listed:
        return Finding(check="api version", ok=True, message=f"{settings.api} of {listed[0]} to {listed[-1]}")
    message = (
        f"the org does not list {settings.api}; it has {listed[0]} to {listed[-1]}" if listed else "none is listed"
    )
    return Finding(check="api version", ok=False, message=message, fix="set `api` to a version it lists")


def _lacking(object_type: ObjectType) -> Finding:
    return Finding(
        check=f"scopes of {object_type.name}",
        ok=False,
        message=f"{object_type.name} cannot be read: the integration user may not see {object_type.sobject}",
        fix=f"give the integration user {object_type.sobject}: read, by a permission set",
    )


def _fields(object_type: ObjectType, settings: SalesforceSettings, sobject: SObject) -> Iterator[Finding]:
    """What is to be said about the fields of one object."""
    for each in mapped(object_type, settings, sobject):
        if each.trouble is not None:
            fix = f"did you mean {each.near}?" if each.near else "correct it, or give the integration user the field"
            yield Finding(check=each.place, ok=False, message=each.trouble, fix=fix)
    asked = [name for name in wanted(object_type, settings) if name in sobject.fields]
    calculated = [name for name in asked if sobject.fields[name].calculated]
    if calculated:
        message = f"{', '.join(calculated)} change without a time of change; {object_type.name} are read whole every"
        yield Finding(
            check=f"calculated fields of {object_type.name}", ok=True, message=f"{message} {settings.refresh}"
        )
    yield from _stamp(object_type, sobject)
    yield from _hidden(object_type, settings, sobject)
    yield from _new(object_type, settings, sobject)


def _stamp(object_type: ObjectType, sobject: SObject) -> Iterator[Finding]:
    found = cursor_field(sobject)
    if found != STAMPS[0]:
        how = f"found by {found}" if found else "not found; everything is read again on the schedule of `refresh`"
        message = f"{sobject.name} has no {STAMPS[0]} that can be filtered; changes are {how}"
        yield Finding(check=f"changes of {object_type.name}", ok=True, message=message)


def _hidden(object_type: ObjectType, settings: SalesforceSettings, sobject: SObject) -> Iterator[Finding]:
    """Usual fields the org does not show, those it may do without aside."""
    due = object_type.fields.keys() - settings.fields(object_type.settings).keys() - set(object_type.spare)
    usual = [field for column, field in object_type.fields.items() if column in due]
    hidden = [field for field in usual if field not in sobject.fields]
    if hidden:
        message = f"{', '.join(hidden)} cannot be seen, so what they fill stays empty"
        fix = "give the integration user these fields, by a permission set"
        yield Finding(check=f"fields of {object_type.name}", ok=False, message=message, fix=fix)


def _new(object_type: ObjectType, settings: SalesforceSettings, sobject: SObject) -> Iterator[Finding]:
    """Custom fields nothing asks for, so that a new one is noticed."""
    if object_type.settings is None:
        return
    names = [name for name in unmapped(object_type, settings, sobject) if not name.startswith(_OURS)]
    if names:
        message = f"not mapped: {_some(names)}"
        yield Finding(check=f"custom fields of {object_type.name}", ok=True, message=message)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _quota(api: Api) -> Iterator[Finding]:
    """The calls left of 24 hours, by the newest answer's header."""
    if api.usage is None:
        return
    used, most = api.usage
    ok = most - used >= _LOW_SHARE * most
    fix = None if ok else "the org's other apps share these calls; they come back hour by hour"
    yield Finding(check="daily calls", ok=ok, message=f"{most - used} of {most} left", fix=fix)
