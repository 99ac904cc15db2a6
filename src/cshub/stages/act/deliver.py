"""Handing alerts to their actions: at least once, under a key that stays the same, one failure never stopping the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from ...config import ActionUse, Trigger, fill
from ...errors import CshubError
from ...hookspecs import ActionContext
from ...model import AlertNotice, SavedScore
from ...store import Lease, Store
from ...store.alerts import Owed
from .watch import text_fields

#: A delivery is given up after so many runs.
ATTEMPTS = 10


def deliver(
    store: Store, triggers: Sequence[Trigger], context: ActionContext, *, now: datetime, lease: Lease
) -> tuple[int, list[str]]:
    """Make every delivery that is owed; how many succeeded, and a sentence for each that did not.

    What fails is tried again at the next run, up to ten times. Raises LeaseLost.
    """
    uses = {(trigger.name, use.action.name): use for trigger in triggers for use in trigger.actions}
    done, failures = 0, []
    for owed in store.alerts.owed(ATTEMPTS):
        use = uses.get((owed.alert.trigger, owed.action))
        if use is None:  # the action was taken out of the configuration
            continue
        failure = _deliver_one(store, use, owed, context, now=now, lease=lease)
        if failure is None:
            done += 1
        else:
            failures.append(failure)
    return done, failures


def _deliver_one(
    store: Store, use: ActionUse, owed: Owed, context: ActionContext, *, now: datetime, lease: Lease
) -> str | None:
    try:
        said = use.action.deliver(_notice(store, use, owed), use.settings, context)
    except CshubError as error:
        message = str(error)
    except Exception as error:  # noqa: BLE001 - a plugin's action may raise anything, and the others still count
        message = f"{type(error).__name__}: {error}"
    else:
        store.alerts.settle(owed, done=True, message=str(said), now=now, lease=lease)
        return None
    store.alerts.settle(owed, done=False, message=message, now=now, lease=lease)
    return f"{owed.action} for {owed.customer_name}: {message}"


def _notice(store: Store, use: ActionUse, owed: Owed) -> AlertNotice:
    score = store.scores.in_force(owed.alert.customer)
    fields = _fields(owed, score)
    return AlertNotice(
        key=f"{owed.alert.trigger}-{owed.alert.number}",
        trigger=owed.alert.trigger,
        customer=owed.alert.customer,
        customer_name=owed.customer_name,
        text=fill(use.text, fields),
        opened_at=owed.alert.opened_at,
        evidence=owed.alert.evidence,
        fields=fields,
    )


def _fields(owed: Owed, score: SavedScore | None) -> Mapping[str, str]:
    if score is None:
        return {"name": owed.customer_name, "customer": owed.alert.customer, "trigger": owed.alert.trigger}
    return text_fields(owed.alert.trigger, owed.customer_name, score)
