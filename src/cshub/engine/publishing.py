"""Publishing to every CRM of the configuration: read back what a crash left open, plan, and apply where that is approved."""

from __future__ import annotations

from collections import Counter
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime

from ..config import STANDARD_FIELDS, Publish, field_spec, published_card
from ..connector import Destination, Source
from ..errors import ConfigError, CshubError, Interrupted, LeaseHeld, StoreError
from ..http import Redactor
from ..http.clock import rest
from ..model import FieldType, TargetField
from ..stages.publish import Applied, Target, applied_since, apply_plan, make_plan, read_back
from ..store.database import Lease
from ..store.plans import Plan
from .connections import DEADLINE_S, OpenConnection, asking_first
from .hub import Hub
from .options import Options
from .settings import target


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What became of one CRM: its plan, if there was something to write, and how it ended where it was applied.

    `waits` says that the plan is left for a person's approval; `remarks` are sentences about fields that could not be written to.
    """

    connection: str
    plan: Plan | None
    applied: Applied | None
    waits: bool = False
    remarks: tuple[str, ...] = ()


def publish(hub: Hub, options: Options, done: list[Published], *, run: int, as_of: datetime, apply: bool) -> list[str]:
    """Plan every CRM and apply what needs no approval; one CRM's failure leaves the others alone.

    What became of each is added to `done`, also of one in which it broke off. Gives a sentence for each CRM that failed. Raises
    LeaseHeld, StoreError and Interrupted.
    """
    errors: list[str] = []
    for wanted in hub.config.publish.values():
        if options.select and wanted.connection not in options.connections:
            continue
        try:
            _publish_one(hub, wanted, options, done, run=run, as_of=as_of, apply=apply)
        except (LeaseHeld, Interrupted, StoreError):
            raise
        except Exception as error:  # noqa: BLE001 - one CRM's failure, a plugin's bug included, never stops the others
            errors.append(f"publish to {wanted.connection}: {_words(hub, error)}")
    return errors


def apply_saved(hub: Hub, plan_id: str, options: Options, done: list[Published], *, run: int) -> None:
    """Apply a plan that was made earlier, and add what became of it to `done`. Raises ConfigError for one that is unknown or superseded."""
    found = hub.store.writes.plan(plan_id)
    if found is None:
        raise ConfigError(f"there is no plan {plan_id!r}", hint="`cshub plan` makes one and prints its id")
    connection = hub.connections.get(found.connection)
    with _lease(hub, found.connection, options) as lease:
        plan = hub.store.writes.plan(plan_id) or found  # by now nobody else makes plans for this CRM
        if plan.state == "superseded":
            reason = f"the plan {plan_id} was superseded by a newer one"
            raise ConfigError(reason, hint="make a new one with `cshub plan`")
        pin_org(hub, connection, lease)
        _settle_open(hub, connection, plan.target, options, lease=lease)
        _apply(hub, connection, plan, options, done, run=run, lease=lease)


def counters(done: list[Published]) -> tuple[dict[str, int], dict[str, int]]:
    """The counters of the stages plan and apply; `waiting` are plans that a person has to approve."""
    applied: Counter[str] = Counter(planned=0, written=0, rejected=0, skipped=0)
    for one in done:
        if one.applied is not None:
            found = one.applied
            applied.update(planned=found.planned, written=found.written, rejected=found.rejected, skipped=found.skipped)
    plans = [one.plan for one in done if one.plan is not None]
    records, fields = (sum(int(str(plan.summary[name])) for plan in plans) for name in ("records", "fields"))
    waiting = sum(one.waits for one in done)
    return {"plans": len(plans), "records": records, "fields": fields, "waiting": waiting}, dict(applied)


def _publish_one(
    hub: Hub, wanted: Publish, options: Options, done: list[Published], *, run: int, as_of: datetime, apply: bool
) -> None:
    connection = hub.connections.get(wanted.connection)
    destination = connection.destination()
    with _lease(hub, wanted.connection, options) as lease:
        goal = target(hub.config, wanted)
        _settle_open(hub, connection, goal.target, options, lease=lease)
        if not hub.store.due_writes.has_due(goal.connection, goal.target, goal.scope, churned=goal.clears_churned):
            return
        goal, remarks = within_reach(hub, goal, destination)
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
            waits = plan is not None and apply
            done.append(Published(connection=wanted.connection, plan=plan, applied=None, waits=waits, remarks=remarks))
            return
        pin_org(hub, connection, lease)
        _apply(hub, connection, plan, options, done, run=run, lease=lease, remarks=remarks)


def unwritten(hub: Hub, plan: Plan) -> tuple[str, ...]:
    """A sentence for each reason why lines of a carried out plan were not written, the most frequent first."""
    reasons = list(hub.store.writes.unwritten(plan.id).items())
    return tuple(
        f"{plan.connection}: {count} fields were {state}: {message or 'without a reason'}"
        for (state, message), count in reasons[:5]
    )


def within_reach(hub: Hub, goal: Target, destination: Destination) -> tuple[Target, tuple[str, ...]]:
    """The target with the fields that can be written to now, and a sentence for each that cannot."""
    there = {field.name: field for field in destination.describe(goal.target)}
    remarks = []
    kept = {}
    for standard, mapped in goal.fields.items():
        trouble = _trouble(hub, goal, standard, there.get(mapped.name))
        if trouble is None:
            kept[standard] = mapped
        else:
            remarks.append(f"{goal.connection}: the field {mapped.name} of {goal.target} {trouble}")
    return replace(goal, fields=kept), tuple(remarks)


def _trouble(hub: Hub, goal: Target, standard: str, found: TargetField | None) -> str | None:
    """Why a field of the CRM is left out, and the remedy; None when nothing is wrong with it."""
    if found is None:
        return f"does not exist and is left out; `cshub setup {goal.connection} --apply` creates it"
    if not found.writable:
        return "cannot be written to and is left out; ask the CRM's administrator"
    card = published_card(hub.config.scorecards)
    if card is not None and found.type is FieldType.PICKLIST:
        wanted = dict(field_spec(STANDARD_FIELDS[standard], found.name, card).options)
        if lacking := [value for value in wanted if value not in found.options]:
            return f"does not offer {', '.join(lacking)} and is left out; add what is missing to its options in the CRM"
    return None


def _apply(
    hub: Hub,
    connection: OpenConnection,
    plan: Plan,
    options: Options,
    done: list[Published],
    *,
    run: int,
    lease: Lease,
    remarks: tuple[str, ...] = (),
) -> None:
    """Carry a plan out and add what became of it to `done`, also when it breaks off."""
    before = hub.store.writes.counts(plan.id)
    try:
        # A CRM knows no leases, so the last look at ours is right before each call.
        with asking_first(lambda: hub.store.leases.check(lease)):
            apply_plan(
                hub.store,
                connection.destination(),
                plan,
                run=run,
                clock=hub.now,
                lease=lease,
                stopping=hub.surroundings.stopping,
                limit=options.limit,
            )
    finally:
        applied = applied_since(hub.store, plan, before)
        remarks = (*remarks, *unwritten(hub, plan))
        done.append(Published(connection=plan.connection, plan=plan, applied=applied, remarks=remarks))


def _settle_open(hub: Hub, connection: OpenConnection, target: str, options: Options, *, lease: Lease) -> None:
    """Read back the writes whose outcome is unknown."""
    around = hub.surroundings

    def wait() -> None:
        """One who lost the lease alive may have a call under way: its deadline passes first."""
        if options.takeover:
            rest(around.clock, DEADLINE_S, around.stopping, connection.name)

    destination = connection.destination()
    read_back(hub.store, destination, connection.name, target, clock=hub.now, lease=lease, wait=wait)


def pin_org(hub: Hub, connection: OpenConnection, lease: Lease) -> None:
    """Before the first write, remember which vendor account this is, and write to no other one ever. Raises ConfigError for another."""
    if not isinstance(connection.adapter, Source) or connection.name in hub.connections.known_orgs:
        return
    found = connection.adapter.check()
    hub.store.writes.pin_org(connection.name, found.org, found.account, hub.now(), lease=lease)
    pinned = hub.store.writes.pinned_org(connection.name)
    if pinned != found.org:
        raise ConfigError(
            f"these credentials are of the account {found.org} ({found.account}), but {pinned} was written to until now",
            where=f"connections.{connection.name}",
            hint="use the credentials of that account, or another store for this one",
        )
    hub.connections.known_orgs.add(connection.name)


def _words(hub: Hub, error: Exception) -> str:
    """What went wrong, in one line without secrets; of a plugin's bug the kind is said as well."""
    text = str(error) if isinstance(error, CshubError) else f"{type(error).__name__}: {error}"
    return Redactor(hub.config.secrets).clean(text)


def _lease(hub: Hub, connection: str, options: Options) -> AbstractContextManager[Lease]:
    return hub.store.leases.take(
        f"publish {connection}",
        wait_s=options.wait_s,
        clock=hub.surroundings.clock,
        takeover=options.takeover,
        stopping=hub.surroundings.stopping,
    )
