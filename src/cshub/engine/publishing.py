"""Publishing to every CRM of the configuration: read back what a crash left open, plan, and apply where that is approved."""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime

from ..config import Publish
from ..connector import Destination, Source
from ..errors import ConfigError, CshubError, Interrupted, LeaseHeld
from ..http.clock import rest
from ..stages.publish import Applied, Target, apply_plan, make_plan, read_back
from ..store.database import Lease
from ..store.plans import Plan
from .connections import DEADLINE_S, OpenConnection, asking_first
from .hub import Hub
from .options import Options
from .settings import target


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became of one CRM: its plan, if there was something to write, and how it ended where it was applied.

    `remarks` are sentences about fields that could not be written to.
    """

    connection: str
    plan: Plan | None
    applied: Applied | None
    remarks: tuple[str, ...] = ()


def publish(hub: Hub, options: Options, *, run: int, as_of: datetime, apply: bool) -> tuple[list[Published], list[str]]:
    """Plan every CRM and apply what needs no approval; one CRM's failure leaves the others alone.

    The second list holds a sentence for each CRM that failed. Raises LeaseHeld and Interrupted.
    """
    done: list[Published] = []
    errors: list[str] = []
    for wanted in hub.config.publish.values():
        if options.select and wanted.connection not in options.connections:
            continue
        try:
            done.append(_publish_one(hub, wanted, options, run=run, as_of=as_of, apply=apply))
        except (LeaseHeld, Interrupted):
            raise
        except CshubError as error:
            errors.append(f"publish to {wanted.connection}: {error}")
    return done, errors


def apply_saved(hub: Hub, plan_id: str, options: Options, *, run: int) -> Published:
    """Apply a plan that was made earlier. Raises ConfigError for one that is unknown or was superseded."""
    plan = hub.store.writes.plan(plan_id)
    if plan is None:
        raise ConfigError(f"there is no plan {plan_id!r}", hint="`cshub plan` makes one and prints its id")
    if plan.state == "superseded":
        raise ConfigError(f"the plan {plan_id} was superseded by a newer one", hint="make a new one with `cshub plan`")
    connection = hub.connections.get(plan.connection)
    with _lease(hub, plan.connection, options) as lease:
        pin_org(hub, connection, lease)
        _settle_open(hub, connection, plan.target, options, run=run, lease=lease)
        applied = _apply(hub, connection, plan, options, run=run, lease=lease)
    return Published(connection=plan.connection, plan=plan, applied=applied, remarks=unwritten(hub, plan))


def counters(done: list[Published]) -> tuple[dict[str, int], dict[str, int]]:
    """The counters of the stages plan and apply."""
    applied: Counter[str] = Counter(planned=0, written=0, rejected=0, skipped=0)
    for one in done:
        if one.applied is not None:
            found = one.applied
            applied.update(planned=found.planned, written=found.written, rejected=found.rejected, skipped=found.skipped)
    plans = [one.plan for one in done if one.plan is not None]
    records, fields = (sum(int(str(plan.summary[name])) for plan in plans) for name in ("records", "fields"))
    return {"plans": len(plans), "records": records, "fields": fields}, dict(applied)


def _publish_one(hub: Hub, wanted: Publish, options: Options, *, run: int, as_of: datetime, apply: bool) -> Published:
    connection = hub.connections.get(wanted.connection)
    destination = connection.destination()
    with _lease(hub, wanted.connection, options) as lease:
        goal = target(hub.config, wanted)
        _settle_open(hub, connection, goal.target, options, run=run, lease=lease)
        if not hub.store.writes.has_due(goal.connection, goal.target, goal.scope):
            return Published(connection=wanted.connection, plan=None, applied=None)
        goal, remarks = within_reach(goal, destination)
        plan = make_plan(
            hub.store,
            destination,
            goal,
            run=run,
            as_of=as_of,
            now=hub.now(),
            lease=lease,
            customers=frozenset(options.customers) if options.customers else None,
            limit=options.limit,
        )
        if plan is None or not apply or wanted.approve == "plan":
            return Published(connection=wanted.connection, plan=plan, applied=None, remarks=remarks)
        pin_org(hub, connection, lease)
        applied = _apply(hub, connection, plan, options, run=run, lease=lease)
    return Published(
        connection=wanted.connection, plan=plan, applied=applied, remarks=(*remarks, *unwritten(hub, plan))
    )


def unwritten(hub: Hub, plan: Plan) -> tuple[str, ...]:
    """A sentence for each reason why lines of a carried out plan were not written, the most frequent first."""
    lines = [line for line in hub.store.writes.lines(plan.id) if line.state in ("rejected", "skipped")]
    reasons = Counter((line.state, line.message or "without a reason") for line in lines)
    return tuple(
        f"{plan.connection}: {count} fields were {state}: {message}"
        for (state, message), count in reasons.most_common(5)
    )


def within_reach(goal: Target, destination: Destination) -> tuple[Target, tuple[str, ...]]:
    """The target with the fields that can be written to now, and a sentence for each that cannot."""
    there = {field.name: field for field in destination.describe(goal.target)}
    remarks = []
    kept = {}
    for standard, mapped in goal.fields.items():
        found = there.get(mapped.name)
        if found is not None and found.writable:
            kept[standard] = mapped
            continue
        trouble = "does not exist" if found is None else "cannot be written to"
        fix = f"`cshub setup {goal.connection} --apply` creates it" if found is None else "ask the CRM's administrator"
        remarks.append(f"{goal.connection}: the field {mapped.name} of {goal.target} {trouble} and is left out; {fix}")
    return replace(goal, fields=kept), tuple(remarks)


def _apply(hub: Hub, connection: OpenConnection, plan: Plan, options: Options, *, run: int, lease: Lease) -> Applied:
    # A CRM knows no leases, so the last look at ours is right before each call.
    with asking_first(lambda: hub.store.leases.check(lease)):
        return apply_plan(
            hub.store,
            connection.destination(),
            plan,
            run=run,
            clock=hub.now,
            lease=lease,
            stopping=hub.surroundings.stopping,
            limit=options.limit,
        )


def _settle_open(
    hub: Hub, connection: OpenConnection, target: str, options: Options, *, run: int, lease: Lease
) -> None:
    """Read back the writes whose outcome is unknown."""
    around = hub.surroundings

    def wait() -> None:
        """One who lost the lease alive may have a call under way: its deadline passes first."""
        if options.takeover:
            rest(around.clock, DEADLINE_S, around.stopping, connection.name)

    read_back(
        hub.store, connection.destination(), connection.name, target, run=run, clock=hub.now, lease=lease, wait=wait
    )


def pin_org(hub: Hub, connection: OpenConnection, lease: Lease) -> None:
    """Before the first write, remember which vendor account this is."""
    if hub.store.writes.pinned_org(connection.name) is None and isinstance(connection.adapter, Source):
        found = connection.adapter.check()
        hub.store.writes.pin_org(connection.name, found.org, found.account, hub.now(), lease=lease)


def _lease(hub: Hub, connection: str, options: Options) -> AbstractContextManager[Lease]:
    return hub.store.leases.take(
        f"publish {connection}",
        wait_s=options.wait_s,
        clock=hub.surroundings.clock,
        takeover=options.takeover,
        stopping=hub.surroundings.stopping,
    )
