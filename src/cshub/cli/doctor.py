"""`cshub doctor`: a live look at every connection, at the CRM's fields, and at this machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import click

from ..connector import Finding, Source
from ..engine import Hub
from ..engine.connections import OpenConnection
from ..errors import CshubError, Interrupted, VendorError
from ..http import SYSTEM_CLOCK
from .fields import MISSING, differences, wanted_fields
from .invocation import Command, Invocation, json_option, pass_invocation
from .machine import machine
from .output import heading, show, show_json

#: No vendor is waited for longer, in seconds.
PATIENCE_S = 8.0


@click.command(cls=Command, short_help="Check logins, rights, fields, disk and versions, live.")
@json_option
@pass_invocation
@click.pass_context
def command(context: click.Context, invocation: Invocation, *, as_json: bool) -> None:
    r"""Check everything that only shows live: logins, missing rights, quota, clocks, the CRM's fields, disk, SQLite.

    Changes nothing. Each ✖ comes with its fix; a ! is worth knowing and stops nothing.

    \b
    cshub doctor
    """
    deadline = SYSTEM_CLOCK.monotonic() + PATIENCE_S
    with invocation.hub(stopping=lambda: SYSTEM_CLOCK.monotonic() > deadline) as hub:
        opened = hub.connections.all()
        with ThreadPoolExecutor(max_workers=max(1, len(opened))) as pool:
            looked = list(pool.map(lambda one: (one.name, list(look(hub, one))), opened))
        found = {**dict(looked), "this machine": list(machine(hub))}
    worst = max((_weight(finding) for findings in found.values() for finding in findings), default=0)
    if as_json:
        show_json(ok=worst == 0, findings=found)
    else:
        for place, findings in found.items():
            show(heading(place))
            for finding in findings:
                for line in lines(finding):
                    show(line)
    context.exit(worst)


def look(hub: Hub, opened: OpenConnection) -> Iterator[Finding]:
    """What is found at one connection: its own check, then the fields cshub writes there."""
    found = _guarded("login", lambda: _checked(hub, opened)) if isinstance(opened.adapter, Source) else []
    yield from found
    cannot = any(finding.check == "login" and not finding.ok for finding in found)
    if opened.name in hub.config.publish and not cannot:
        yield from _guarded("fields", lambda: _fields(hub, opened))


def lines(finding: Finding) -> list[str]:
    """A finding for people: a mark, a word, and the fix below it."""
    mark = "✔ ok  " if finding.ok else "! note" if _is_remark(finding) else "✖ no  "
    head = f"  {mark}  {finding.check}: {finding.message}"
    return [head, f"            → {finding.fix}"] if finding.fix and not finding.ok else [head]


def _checked(hub: Hub, opened: OpenConnection) -> list[Finding]:
    assert isinstance(opened.adapter, Source)
    found = opened.adapter.check()
    pinned = hub.store.writes.pinned_org(opened.name)
    findings = list(found.findings)
    if pinned not in (None, found.org):
        message = f"this is account {found.org}, but the store belongs to {pinned}"
        fix = "use a profile with a store of its own for another account"
        findings.append(Finding(check="account", ok=False, message=message, fix=fix))
    told = {stream for finding in findings for stream in found.missing_scopes if stream in finding.check}
    for stream, scopes in found.missing_scopes.items():
        if stream not in told:
            message = f"lacks {', '.join(scopes)}"
            findings.append(Finding(check=stream, ok=False, message=message, fix="grant them to the token's app"))
    if found.excess_scopes is None and any(stream.scopes for stream in hub.config.connections[opened.name].streams):
        findings.append(Finding(check="excess rights", ok=True, message="cannot be read from this vendor"))
    if found.excess_scopes:
        message = f"more rights than needed: {', '.join(found.excess_scopes)}"
        findings.append(Finding(check="remark", ok=False, message=message, fix="take them away from the token's app"))
    return findings


def _fields(hub: Hub, opened: OpenConnection) -> list[Finding]:
    wanted = wanted_fields(hub, opened.name)
    target = hub.config.publish[opened.name].object
    wrong = [(field, why) for field, why in differences(wanted, opened.destination().describe(target)) if why]
    if not wrong:
        return [Finding(check="fields", ok=True, message=f"all {len(wanted)} are there on {target}")]
    missing = [field.name for field, why in wrong if why == MISSING]
    fix = "rename it or delete it in the CRM, then create ours with `cshub setup`; or map ours to another name"
    spoilt = [
        Finding(check=f"field {field.name}", ok=False, message=why, fix=fix) for field, why in wrong if why != MISSING
    ]
    if not missing:
        return spoilt
    message = f"missing on {target}: {', '.join(missing)}"
    made = f"`cshub setup {opened.name} --apply` creates what is missing"
    return [Finding(check="fields", ok=False, message=message, fix=made), *spoilt]


def _guarded(check: str, look: Callable[[], list[Finding]]) -> list[Finding]:
    """What was found, or the error as a finding."""
    try:
        return look()
    except Interrupted:
        message = f"no answer within {PATIENCE_S:.0f} s"
        return [
            Finding(check=check, ok=False, message=message, fix="look at the network and at the vendor's status page")
        ]
    except CshubError as error:
        code = f" [{error.code}]" if isinstance(error, VendorError) else ""
        return [Finding(check=check, ok=False, message=f"{error.message}{code}", fix=error.hint)]


def _is_remark(finding: Finding) -> bool:
    return finding.check.startswith("remark")


def _weight(finding: Finding) -> int:
    """Its part in the exit code: a finding that stops something is 3, as in the run it would spoil."""
    return 0 if finding.ok or _is_remark(finding) else 3
